"""What Setter AI's requests say in their bodies.

Source: Setter AI, "Update Contact" and "Send Message".
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from shared.dialects.setter.dialect import MAX_BODY_BYTES
from shared.domain.contacts import (
    Contact,
    ContactDraft,
    Cooldown,
    Identifier,
    IdentifierKind,
    PhoneNumber,
)
from shared.domain.errors import InvalidField, MissingField, TooManyVariables
from shared.domain.variables import JsonValue, SetRules
from shared.gateway.request import Request
from shared.gateway.request_model import (
    INTEGER,
    OBJECT,
    TEXT,
    RequestModel,
    optional,
    required,
    text,
)
from shared.validation.contact_formats import (
    check_email,
    check_phone_number,
    check_time_zone,
    dialed_digits,
)
from shared.validation.contacts import MAX_FIELD_CHARS, full_name
from shared.validation.names import NAME_RULE, is_variable_name, snake_case
from shared.validation.phone_numbers import with_primary_number
from shared.validation.values import MAX_VARIABLES_PER_REQUEST

RULES = SetRules(create_undefined=True, keep_invalid=True)
"""How metadata is taken: as custom pairs of any kind, with or without a definition."""

REPEAT_LIMIT = timedelta(minutes=30)
"""How long no second message goes to a number; source: "Send Message", Rate Limiting."""

_TEXT = text(max_length=MAX_FIELD_CHARS)

_EMPTY = {"first_name": "", "last_name": "", "full_name": "", "email": None}

_Named = TypeVar("_Named", bound=ContactDraft)


class _ContactFields(RequestModel, camel=True):
    """What every request can say of a contact."""

    first_name: str | None = optional(_TEXT)
    last_name: str | None = optional(_TEXT)
    full_name: str | None = optional(_TEXT)
    email: str | None = optional(_TEXT)
    metadata: dict[str, Any] | None = optional(OBJECT)

    @property
    def values(self) -> Mapping[str, JsonValue]:
        """The variables to set, under the names they are kept by.

        Raises TooManyVariables before any key is looked at, or InvalidField when one can make no
        name, or two of them make the same.
        """
        sent = self.metadata or {}
        if len(sent) > MAX_VARIABLES_PER_REQUEST:
            raise TooManyVariables(MAX_VARIABLES_PER_REQUEST)
        named = {_name(key): value for key, value in sent.items()}
        if len(named) < len(sent):
            raise InvalidField("metadata", "two of its keys become the same name")
        return named


class ContactUpdate(_ContactFields, camel=True):
    """The body of "Update Contact"; null empties a field."""

    id: int | None = optional(INTEGER)
    wa_id: str | None = optional(TEXT)
    sms_phone_number: str | None = optional(TEXT)
    phone_number: str | None = optional(_TEXT)
    default_time_zone: str | None = optional(_TEXT)

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

    def apply(self, contact: Contact) -> Contact:
        """The contact with the fields that were sent."""
        given = {name: getattr(self, name) for name in self.sent}
        changes: dict[str, Any] = {
            name: given[name] or empty for name, empty in _EMPTY.items() if name in given
        }
        if "default_time_zone" in given:
            changes["time_zone"] = given["default_time_zone"] or None
        if "phone_number" in given:
            numbers = with_primary_number(contact.phone_numbers, given["phone_number"])
            changes["phone_numbers"] = numbers
        return _with_changes(contact, changes)


class Message(_ContactFields, camel=True):
    """The body of "Send Message": whom it goes to, and what is known of them.

    What the message would say is not looked at. Null and empty text change nothing.
    """

    phone_number: str = required(_TEXT)
    time_zone: str | None = optional(_TEXT)

    @classmethod
    def of(cls, request: Request) -> "Message":
        """The message that a request is about, all but its number held against their formats."""
        message = request.parse(cls, MAX_BODY_BYTES)
        if message.email:
            check_email("email", message.email)
        if message.time_zone:
            check_time_zone("timeZone", message.time_zone)
        return message

    @cached_property
    def digits(self) -> str:
        """The number in the form in which WhatsApp and SMS name its holder.

        Raises InvalidField for one that no message reaches.
        """
        return dialed_digits("phoneNumber", self.phone_number)

    def cooldown(self, at: datetime) -> Cooldown:
        """The time in which no second message goes to the number, however it is spelled."""
        return Cooldown(f"message#{self.digits}", at, at + REPEAT_LIMIT)

    @property
    def recipient(self) -> tuple[Identifier, ...]:
        """Who holds the number, the surest way first; source: "Create Booking", lookup order."""
        kinds = (IdentifierKind.WHATSAPP, IdentifierKind.SMS, IdentifierKind.PHONE)
        return tuple(Identifier(kind, self.digits) for kind in kinds)

    def apply(self, contact: _Named) -> _Named:
        """The contact with the fields that were sent, found by this number from now on.

        A number that it has is not taken from it.
        """
        sent = {name: getattr(self, name) for name in (*_EMPTY, "time_zone")}
        numbers = {
            "wa_id": contact.wa_id or self.digits,
            "sms_phone_number": contact.sms_phone_number or self.digits,
            "phone_numbers": contact.phone_numbers
            or (PhoneNumber(1, self.phone_number, primary=True),),
        }
        changes = {name: value for name, value in sent.items() if value}
        return _with_changes(contact, {**changes, **numbers})


def _with_changes(contact: _Named, changes: Mapping[str, Any]) -> _Named:
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
