"""What Setter AI's requests say in their bodies.

Source: Setter AI, "Update Contact".
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, StringConstraints
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
from shared.validation.contacts import MAX_FIELD_CHARS, full_name
from shared.validation.names import NAME_RULE, is_variable_name, snake_case
from shared.validation.reach import check_email, check_phone_number, check_time_zone

MAX_BODY_BYTES = 1_000_000

RULES = SetRules(create_undefined=True, keep_unfit=True)
"""How metadata is taken: as custom pairs of any kind, with or without a definition."""

Text = Annotated[str, StringConstraints(strict=True, max_length=MAX_FIELD_CHARS)]

_EMPTY = {"first_name": "", "last_name": "", "full_name": "", "email": None}


class ContactUpdate(BaseModel):
    """The body of "Update Contact"; null empties a field."""

    model_config = ConfigDict(defer_build=True, alias_generator=to_camel)

    id: StrictInt | None = None
    wa_id: StrictStr | None = None
    sms_phone_number: StrictStr | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    full_name: Text | None = None
    phone_number: Text | None = None
    email: Text | None = None
    default_time_zone: Text | None = None
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
        """The variables to set, under the names they are kept by.

        Raises InvalidField when a key can make no name, or two of them make the same.
        """
        sent = self.metadata or {}
        named = {_name(key): value for key, value in sent.items()}
        if len(named) < len(sent):
            raise InvalidField("metadata", "two of its keys become the same name")
        return named

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
        changed = replace(contact, **changes)
        names = (contact.first_name, contact.last_name)
        if "full_name" in changes or (changed.first_name, changed.last_name) == names:
            return changed
        return replace(changed, full_name=full_name(changed.first_name, changed.last_name))


def _name(key: str) -> str:
    name = key if is_variable_name(key) else snake_case(key)
    if not is_variable_name(name):
        raise InvalidField("metadata", NAME_RULE)
    return name


def _phone_numbers(contact: Contact, number: str | None) -> tuple[PhoneNumber, ...]:
    # The primary number is the one this API knows. Another number of the contact takes its place
    # as it is; a new one takes over its id and type, but not who asked not to be called on it.
    before = contact.primary_phone
    known = [phone for phone in contact.phone_numbers if phone.number == number]
    others = [phone for phone in contact.phone_numbers if phone is not before]
    if known:
        return _with_primary(contact.phone_numbers, known[0])
    if not number:
        return _with_primary(others, others[0] if others else None)
    if before is None:
        return (PhoneNumber(1, number, primary=True),)
    return _with_primary(
        contact.phone_numbers, before, PhoneNumber(before.phone_id, number, before.phone_type)
    )


def _with_primary(
    phones: Sequence[PhoneNumber],
    primary: PhoneNumber | None,
    becomes: PhoneNumber | None = None,
) -> tuple[PhoneNumber, ...]:
    return tuple(
        replace(becomes or phone, primary=True)
        if phone is primary
        else replace(phone, primary=False)
        for phone in phones
    )
