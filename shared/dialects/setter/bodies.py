"""What Setter AI's requests say in their bodies.

Source: Setter AI, "Update Contact".
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr
from pydantic.alias_generators import to_camel

from shared.domain.errors import InvalidField, MissingField
from shared.domain.model import (
    Contact,
    Identifier,
    IdentifierKind,
    JsonValue,
    PhoneNumber,
    SetRules,
)
from shared.gateway.request import Request
from shared.validation.contacts import full_name
from shared.validation.names import NAME_RULE, is_variable_name, snake_case
from shared.validation.reach import check_email, check_phone_number, check_time_zone

MAX_BODY_BYTES = 1_000_000

RULES = SetRules(create_undefined=True, keep_unfit=True)
"""How metadata is taken: as custom pairs of any kind, with or without a definition."""

_EMPTY = {"first_name": "", "last_name": "", "full_name": "", "email": None}


class ContactUpdate(BaseModel):
    """The body of "Update Contact"; null empties a field."""

    model_config = ConfigDict(defer_build=True, alias_generator=to_camel)

    id: StrictInt | None = None
    wa_id: StrictStr | None = None
    sms_phone_number: StrictStr | None = None
    first_name: StrictStr | None = None
    last_name: StrictStr | None = None
    full_name: StrictStr | None = None
    phone_number: StrictStr | None = None
    email: StrictStr | None = None
    default_time_zone: StrictStr | None = None
    metadata: dict[StrictStr, Any] | None = None

    @classmethod
    def of(cls, request: Request) -> "ContactUpdate":
        """The update that a request asks for, its fields held against their formats."""
        update = request.parse(cls, MAX_BODY_BYTES)
        if update.email:
            check_email("email", update.email)
        if update.phone_number:
            check_phone_number("phoneNumber", update.phone_number)
        if update.default_time_zone:
            check_time_zone("defaultTimeZone", update.default_time_zone)
        return update

    @property
    def reference(self) -> int | Identifier:
        """The contact that is meant: by `id`, else by `waId`, else by `smsPhoneNumber`."""
        if self.id is not None:
            return self.id
        if self.wa_id:
            return Identifier(IdentifierKind.WHATSAPP, self.wa_id)
        if self.sms_phone_number:
            return Identifier(IdentifierKind.SMS, self.sms_phone_number)
        raise MissingField("id, waId or smsPhoneNumber")

    @property
    def values(self) -> Mapping[str, JsonValue]:
        """The variables to set, under the names they are kept by."""
        return {_name(key): value for key, value in (self.metadata or {}).items()}

    def apply(self, contact: Contact) -> Contact:
        """The contact with the fields that were sent."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        changes: dict[str, Any] = {
            name: given[name] or empty for name, empty in _EMPTY.items() if name in given
        }
        if "default_time_zone" in given:
            changes["time_zone"] = given["default_time_zone"] or None
        if "phone_number" in given:
            changes["phone_numbers"] = _phone_numbers(contact, given["phone_number"])
        if changes.keys() & {"first_name", "last_name"} and "full_name" not in changes:
            named = {"first_name": contact.first_name, "last_name": contact.last_name, **changes}
            changes["full_name"] = full_name(named["first_name"], named["last_name"])
        return replace(contact, **changes)


def _name(key: str) -> str:
    name = key if is_variable_name(key) else snake_case(key)
    if not is_variable_name(name):
        raise InvalidField("metadata", NAME_RULE)
    return name


def _phone_numbers(contact: Contact, number: str | None) -> tuple[PhoneNumber, ...]:
    # The primary number is the one this API knows; it is changed in place, with its flags.
    primary = contact.primary_phone
    others = tuple(phone for phone in contact.phone_numbers if phone is not primary)
    if not number:
        return others
    next_id = max((phone.phone_id for phone in contact.phone_numbers), default=0) + 1
    changed = replace(primary or PhoneNumber(next_id, number), number=number, primary=True)
    return (changed, *others)
