"""The contact fields that messages and imports can set."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from shared.domain.contacts import Address, ContactDraft, IdentifierKind
from shared.domain.errors import InvalidField
from shared.validation.contact_formats import check_email, check_phone_number, check_time_zone
from shared.validation.contacts import MAX_FIELD_CHARS, MAX_FULL_NAME_CHARS, full_name
from shared.validation.phone_numbers import with_primary_number

Draft = TypeVar("Draft", bound=ContactDraft)

IDENTIFYING_FIELDS = {
    IdentifierKind.UUID: "uuid",
    IdentifierKind.EXTERNAL_ID: "external_id",
    IdentifierKind.EMAIL: "email",
    IdentifierKind.PHONE: "phone_number",
    IdentifierKind.WHATSAPP: "wa_id",
    IdentifierKind.SMS: "sms_phone_number",
    IdentifierKind.WEBCHAT: "webchat_user_id",
}
"""The field that holds an identifier of each kind."""

_EMPTY: dict[str, str | None] = {
    "first_name": "",
    "last_name": "",
    "full_name": "",
    "email": None,
    "company": "",
    "website": "",
    "stage": "lead",
    "status": "not_contacted",
    "time_zone": None,
    "language": None,
    "wa_id": None,
    "sms_phone_number": None,
    "webchat_user_id": None,
}
"""The fields that are stored as sent, with their empty values."""

_NOT_CLEARABLE = frozenset({"uuid", "external_id"})
_ADDRESS = {spec.name: str(spec.default) for spec in fields(Address)}
_PHONE = "phone_number"
_CHECKS = {
    "email": check_email,
    "phone_number": check_phone_number,
    "wa_id": check_phone_number,
    "sms_phone_number": check_phone_number,
    "time_zone": check_time_zone,
}

CONTACT_FIELDS = (*_EMPTY, _PHONE, *_ADDRESS, *sorted(_NOT_CLEARABLE))
"""The names of all fields that can be set."""


def check_fields(given: Mapping[str, str | None]) -> None:
    """Check the names, lengths and formats of fields.

    Raises:
        InvalidField: A field is unknown or invalid. Names the first such field.
    """
    for name, text in given.items():
        if name not in CONTACT_FIELDS:
            raise InvalidField(name, "a contact has no such field")
        if not text and name in _NOT_CLEARABLE:
            raise InvalidField(name, "it cannot be emptied")
        longest = MAX_FULL_NAME_CHARS if name == "full_name" else MAX_FIELD_CHARS
        if text and len(text) > longest:
            raise InvalidField(name, f"it has at most {longest} characters")
        if text and name in _CHECKS:
            _CHECKS[name](name, text)


def with_fields(draft: Draft, given: Mapping[str, str | None]) -> Draft:
    """Return a contact with changed fields.

    If a name changes and no full name is given, the full name is derived from the names.

    Args:
        draft: The contact to change.
        given: Field values by name. None and empty text clear a field.
    """
    changes: dict[str, Any] = {
        name: given[name] or empty for name, empty in _EMPTY.items() if name in given
    }
    changes |= {name: given[name] for name in _NOT_CLEARABLE & given.keys()}
    parts = {name: given[name] or empty for name, empty in _ADDRESS.items() if name in given}
    if parts:
        changes["address"] = replace(draft.address, **parts)
    if _PHONE in given:
        changes["phone_numbers"] = with_primary_number(draft.phone_numbers, given[_PHONE] or None)
    changed = replace(draft, **changes)
    names = (draft.first_name, draft.last_name)
    if "full_name" in given or (changed.first_name, changed.last_name) == names:
        return changed
    return replace(changed, full_name=full_name(changed.first_name, changed.last_name))
