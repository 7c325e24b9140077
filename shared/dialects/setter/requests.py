"""Bodies of Setter AI's requests.

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
from shared.domain.json_values import JsonValue
from shared.domain.values import LENIENT
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

RULES = LENIENT
"""How metadata is stored: values of any type, with or without a definition."""

REPEAT_LIMIT = timedelta(minutes=30)
"""The interval between two messages to a number. Source: "Send Message", Rate Limiting."""

_TEXT = text(max_length=MAX_FIELD_CHARS)

_EMPTY = {"first_name": "", "last_name": "", "full_name": "", "email": None}

_Draft = TypeVar("_Draft", bound=ContactDraft)


class _ContactFields(RequestModel, camel=True):
    """The contact fields that all requests share."""

    first_name: str | None = optional(_TEXT)
    last_name: str | None = optional(_TEXT)
    full_name: str | None = optional(_TEXT)
    email: str | None = optional(_TEXT)
    metadata: dict[str, Any] | None = optional(OBJECT)

    @property
    def values(self) -> Mapping[str, JsonValue]:
        """The variables to set, by variable name.

        Raises:
            TooManyVariables: There are too many keys. Checked before any key is read.
            InvalidField: A key cannot be converted to a name, or two keys to different names.

        """
        sent = self.metadata or {}
        if len(sent) > MAX_VARIABLES_PER_REQUEST:
            raise TooManyVariables(MAX_VARIABLES_PER_REQUEST)
        named = {_name(key): value for key, value in sent.items()}
        if len(named) < len(sent):
            raise InvalidField("metadata", "two of its keys become the same name")
        return named


class ContactUpdate(_ContactFields, camel=True):
    """The body of "Update Contact". Null clears a field."""

    id: int | None = optional(INTEGER)
    wa_id: str | None = optional(TEXT)
    sms_phone_number: str | None = optional(TEXT)
    phone_number: str | None = optional(_TEXT)
    default_time_zone: str | None = optional(_TEXT)

    @classmethod
    def of(cls, request: Request) -> "ContactUpdate":
        """Parse the body of a request, and validate the formats of its fields."""
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
        """The contact to change: by `id`, else by `waId`, else by `smsPhoneNumber`.

        Raises:
            MissingField: The body has none of them.

        """
        if self.id is not None:
            return self.id
        if self.wa_id:
            return Identifier(IdentifierKind.WHATSAPP, self.wa_id)
        if self.sms_phone_number:
            return Identifier(IdentifierKind.SMS, self.sms_phone_number)
        raise MissingField("id, waId or smsPhoneNumber")

    def apply(self, contact: Contact) -> Contact:
        """Return the contact with the sent fields changed."""
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
    """The body of "Send Message": the recipient and its contact fields.

    The content of the message is ignored. Null and empty strings change nothing.
    """

    phone_number: str = required(_TEXT)
    time_zone: str | None = optional(_TEXT)

    @classmethod
    def of(cls, request: Request) -> "Message":
        """Parse the body of a request, and validate the formats of its fields.

        `digits` validates the phone number.
        """
        message = request.parse(cls, MAX_BODY_BYTES)
        if message.email:
            check_email("email", message.email)
        if message.time_zone:
            check_time_zone("timeZone", message.time_zone)
        return message

    @cached_property
    def digits(self) -> str:
        """The phone number in the format of WhatsApp and SMS ids.

        Raises:
            InvalidField: It is not a possible phone number.

        """
        return dialed_digits("phoneNumber", self.phone_number)

    def cooldown(self, at: datetime) -> Cooldown:
        """Return the interval without a second message to the number, in any notation of it."""
        return Cooldown(f"message#{self.digits}", at, at + REPEAT_LIMIT)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The identifiers to look the contact up by, in this order.

        Source: Setter AI, "Create Booking", lookup order.
        """
        kinds = (IdentifierKind.WHATSAPP, IdentifierKind.SMS, IdentifierKind.PHONE)
        return tuple(Identifier(kind, self.digits) for kind in kinds)

    def apply(self, contact: _Draft) -> _Draft:
        """Return the contact with the sent fields changed and the phone number added.

        Existing numbers of the contact are kept.
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


def _with_changes(contact: _Draft, changes: Mapping[str, Any]) -> _Draft:
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
