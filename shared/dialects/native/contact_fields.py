"""The fields of a contact in request bodies, applied as a merge patch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from shared.domain.contacts import Address, ContactDraft, IdentifierKind, PhoneNumber, digits_in
from shared.domain.errors import InvalidField
from shared.domain.json_values import JsonObject
from shared.gateway.request_model import (
    ANY,
    BOOLEAN,
    INTEGER,
    TEXT,
    RequestModel,
    Schema,
    after_validator,
    as_integer,
    before_validator,
    defaulted,
    list_of,
    nested,
    nullable,
    object_of,
    optional,
    required,
    text,
)
from shared.validation.contact_fields import with_fields
from shared.validation.contact_formats import check_email, check_phone_number, check_time_zone
from shared.validation.contacts import (
    IDENTIFIER_RULE,
    MAX_CHANNELS,
    MAX_FIELD_CHARS,
    MAX_FULL_NAME_CHARS,
    MAX_ORGANIZATIONS,
    MAX_PHONE_NUMBERS,
    MAX_TAG_CHARS,
    MAX_TAGS,
    MAX_URL_CHARS,
    is_possible_identifier,
)
from shared.validation.merge_patch import apply_merge_patch

Draft = TypeVar("Draft", bound=ContactDraft)

_UNSENT: Any = None
"""The placeholder of a field that was not sent. It is never read."""

MAX_TEAM = 10**9
"""The highest number of a team."""


def _format_fault(check: Callable[[str, str], None], given: str) -> str | None:
    if not is_possible_identifier(given):
        return IDENTIFIER_RULE
    try:
        check("", given)
    except InvalidField as invalid:
        return invalid.reason
    return None


def _identifier_fault(given: str) -> str | None:
    return None if is_possible_identifier(given) else IDENTIFIER_RULE


_EMAIL = after_validator(partial(_format_fault, check_email), TEXT)
_PHONE = after_validator(partial(_format_fault, check_phone_number), TEXT)
_TIME_ZONE = after_validator(partial(_format_fault, check_time_zone), TEXT)
_ID = after_validator(_identifier_fault, text(min_length=1))
_FIELD = text(max_length=MAX_FIELD_CHARS)
_WORD = text(min_length=1, max_length=MAX_FIELD_CHARS)
_TAG = text(min_length=1, max_length=MAX_TAG_CHARS)

IDENTIFIER_SCHEMAS: Mapping[IdentifierKind, Schema] = {
    IdentifierKind.UUID: _ID,
    IdentifierKind.EXTERNAL_ID: _ID,
    IdentifierKind.EMAIL: _EMAIL,
    IdentifierKind.PHONE: _PHONE,
    IdentifierKind.WHATSAPP: _PHONE,
    IdentifierKind.SMS: _PHONE,
    IdentifierKind.WEBCHAT: _ID,
}
"""What the identifiers of each kind look like."""

_INDUSTRY_CONTEXT = object_of(TEXT, ANY, max_length=2000)
"""More members than its text has room for, so that they are not converted in vain."""


class ContactPhoneNumber(RequestModel, closed=True):
    """A phone number of a contact."""

    number: str = required(_PHONE)
    type: str = defaulted(_WORD, "mobile")
    is_primary: bool = defaulted(BOOLEAN, default=False)
    do_not_call: bool = defaulted(BOOLEAN, default=False)


class ContactAddress(RequestModel, closed=True):
    """The parts of an address that change. Null empties a part."""

    street: str | None = optional(_FIELD)
    city: str | None = optional(_FIELD)
    state: str | None = optional(_FIELD)
    zip_code: str | None = optional(_FIELD)
    country: str | None = optional(_FIELD)


class ContactFields(RequestModel, closed=True):
    """Fields of a contact. Null empties a field; fields that are not sent keep their values."""

    uuid: str = defaulted(_ID, _UNSENT)
    external_id: str = defaulted(_ID, _UNSENT)
    first_name: str | None = optional(_FIELD)
    last_name: str | None = optional(_FIELD)
    full_name: str | None = optional(text(max_length=MAX_FULL_NAME_CHARS))
    email: str | None = optional(_EMAIL)
    phone_numbers: list[ContactPhoneNumber] | None = optional(
        list_of(nested(ContactPhoneNumber), max_length=MAX_PHONE_NUMBERS)
    )
    wa_id: str | None = optional(_PHONE)
    sms_phone_number: str | None = optional(_PHONE)
    webchat_user_id: str | None = optional(_ID)
    channel_ids: dict[str, str | None] | None = optional(
        object_of(_WORD, nullable(_WORD), max_length=MAX_CHANNELS)
    )
    company: str | None = optional(_FIELD)
    website: str | None = optional(_FIELD)
    avatar: str | None = optional(text(max_length=MAX_URL_CHARS))
    platform: str | None = optional(_FIELD)
    stage: str | None = optional(_WORD)
    status: str | None = optional(_WORD)
    language: str | None = optional(_FIELD)
    time_zone: str | None = optional(_TIME_ZONE)
    address: ContactAddress | None = optional(nested(ContactAddress))
    organization_ids: list[str] | None = optional(list_of(_WORD, max_length=MAX_ORGANIZATIONS))
    industry_context: JsonObject | None = optional(_INDUSTRY_CONTEXT)
    tags: list[str] | None = optional(list_of(_TAG, max_length=MAX_TAGS))
    owner: str | None = optional(_WORD)
    team: int | None = optional(before_validator(as_integer, {**INTEGER, "ge": 0, "le": MAX_TEAM}))

    def apply(self, contact: Draft) -> Draft:
        """Return a contact with the sent fields changed."""
        changes: dict[str, Any] = {
            name: getattr(self, name) for name in ("owner", "team") if name in self.sent
        }
        for name in ("avatar", "platform"):
            if name in self.sent:
                changes[name] = getattr(self, name) or None
        for name in ("channel_ids", "industry_context"):
            if name in self.sent:
                patch = getattr(self, name) or {}
                before = getattr(contact, name) if getattr(self, name) is not None else {}
                changes[name] = apply_merge_patch(before, patch)
        for name in ("organization_ids", "tags"):
            if name in self.sent:
                changes[name] = tuple(dict.fromkeys(getattr(self, name) or ()))
        if "phone_numbers" in self.sent:
            changes["phone_numbers"] = _phone_numbers(
                contact.phone_numbers, self.phone_numbers or ()
            )
        if "address" in self.sent and self.address is None:
            changes["address"] = Address()
        return with_fields(replace(contact, **changes), self._texts())

    def _texts(self) -> dict[str, str | None]:
        """Return the fields that are texts, with the parts of the address, by name."""
        texts = {name: getattr(self, name) for name in _TEXTS if name in self.sent}
        address = self.address
        if address is not None:
            texts |= {name: getattr(address, name) for name in address.sent}
            if "street" in address.sent:
                # The street of a response has the number of the house.
                texts["house_number"] = None
        return texts


_TEXTS = (
    *("uuid", "external_id", "first_name", "last_name", "full_name", "email", "company"),
    *("website", "stage", "status", "language", "time_zone"),
    *("wa_id", "sms_phone_number", "webchat_user_id"),
)
"""The fields that `with_fields` sets."""


def _phone_numbers(
    before: Sequence[PhoneNumber], given: Sequence[ContactPhoneNumber]
) -> tuple[PhoneNumber, ...]:
    """Return the new phone numbers of a contact. A number that stays keeps its id."""
    known = {digits_in(each.number): each for each in before}
    next_id = max((each.phone_id for each in before), default=0) + 1
    numbers: dict[str, PhoneNumber] = {}
    for each in given:
        digits = digits_in(each.number)
        stored = known.get(digits)
        if stored is None:
            stored = PhoneNumber(next_id, each.number)
            next_id += 1
        if not each.do_not_call:
            stored = replace(stored, dnc_date=None, dnc_reason=None)
        numbers[digits] = replace(
            stored,
            number=each.number,
            phone_type=each.type,
            primary=each.is_primary,
            do_not_call=each.do_not_call,
        )
    return tuple(numbers.values())
