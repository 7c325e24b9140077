"""Bodies of ChatCaptain's requests about contacts.

Sources: ChatCaptain, "Conversation contacts", and the requests of its public n8n nodes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from shared.dialects.chatcaptain.dialect import MAX_BODY_BYTES
from shared.domain.contacts import Address, Contact, ContactDraft
from shared.domain.json_values import JsonValue
from shared.domain.values import VERBATIM_AUTO_CREATE
from shared.gateway.request import Request
from shared.gateway.request_model import (
    OBJECT,
    RequestModel,
    list_of,
    nested,
    optional,
    required,
    text,
)
from shared.validation.contacts import (
    MAX_FIELD_CHARS,
    MAX_ORGANIZATIONS,
    MAX_URL_CHARS,
    split_full_name,
)
from shared.validation.phone_numbers import with_primary_number

RULES = VERBATIM_AUTO_CREATE
"""How `variables` are stored: values of any type, with or without a definition."""

NO_VALUES: Mapping[str, JsonValue] = {}
"""The variables of a new contact."""

_TEXT = text(max_length=MAX_FIELD_CHARS)
Draft = TypeVar("Draft", bound=ContactDraft)

_SAME_MEANING = {
    "email": "email",
    "whatsapp_id": "wa_id",
    "web_id": "webchat_user_id",
    "language": "language",
    "avatar": "avatar",
}
_CHANNELS = {
    "instagram_id": "instagram",
    "facebook_id": "facebook",
    "telegram_id": "telegram",
    "provider_id": "provider",
}
_ADDRESS = {
    "street": "street",
    "house_number": "house_number",
    "zipcode": "zip_code",
    "location": "city",
    "country": "country",
}


class AddressBody(RequestModel, camel=True):
    """An address in a request. Null clears a part."""

    street: str | None = optional(_TEXT)
    house_number: str | None = optional(_TEXT)
    zipcode: str | None = optional(_TEXT)
    location: str | None = optional(_TEXT)
    country: str | None = optional(_TEXT)


class ContactBody(RequestModel, camel=True):
    """The fields of a contact in a request. Null or an empty string clears one."""

    name: str | None = optional(_TEXT)
    language: str | None = optional(_TEXT)
    email: str | None = optional(_TEXT)
    phone_number: str | None = optional(_TEXT)
    whatsapp_id: str | None = optional(_TEXT)
    web_id: str | None = optional(_TEXT)
    instagram_id: str | None = optional(_TEXT)
    facebook_id: str | None = optional(_TEXT)
    telegram_id: str | None = optional(_TEXT)
    provider_id: str | None = optional(_TEXT)
    avatar: str | None = optional(text(max_length=MAX_URL_CHARS))

    def apply_to(self, draft: Draft) -> Draft:
        """Return a new or existing contact with the sent fields changed."""
        given = {name: getattr(self, name) or None for name in self.sent}
        changes: dict[str, Any] = {
            field: given[name] for name, field in _SAME_MEANING.items() if name in given
        }
        if "name" in given:
            changes["full_name"] = given["name"] or ""
            changes["first_name"], changes["last_name"] = split_full_name(changes["full_name"])
        if "phone_number" in given:
            numbers = with_primary_number(draft.phone_numbers, given["phone_number"])
            changes["phone_numbers"] = numbers
        if given.keys() & _CHANNELS.keys():
            changes["channel_ids"] = _channel_ids(draft.channel_ids, given)
        return replace(draft, **changes)


class ContactCreation(ContactBody, camel=True):
    """The body of "Creates a new contact"."""

    language: str = required(text(min_length=1, max_length=MAX_FIELD_CHARS))

    @classmethod
    def draft_of(cls, request: Request) -> ContactDraft:
        """Parse the contact to create."""
        return request.parse(cls, MAX_BODY_BYTES).apply_to(ContactDraft())


class ContactChanges(ContactBody, camel=True):
    """The fields of a contact in an update."""

    address: AddressBody | None = optional(nested(AddressBody))
    organization_ids: list[str] | None = optional(list_of(_TEXT, max_length=MAX_ORGANIZATIONS))
    variables: dict[str, Any] | None = optional(OBJECT)

    def apply_to(self, draft: Draft) -> Draft:
        """Return a contact with the sent fields changed."""
        changed = super().apply_to(draft)
        if "address" in self.sent:
            changed = replace(changed, address=_address(draft.address, self.address))
        if "organization_ids" in self.sent:
            ids = tuple(dict.fromkeys(self.organization_ids or ()))
            changed = replace(changed, organization_ids=ids)
        return changed


class ContactUpdate(RequestModel):
    """The body of the update of a contact."""

    contact: ContactChanges = required(nested(ContactChanges))

    @classmethod
    def of(cls, request: Request) -> "ContactUpdate":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    @property
    def values(self) -> Mapping[str, JsonValue]:
        """The variables to set, by name. Null removes one."""
        return self.contact.variables or NO_VALUES

    def apply(self, contact: Contact) -> Contact:
        """Return the contact with the sent fields changed."""
        return self.contact.apply_to(contact)


def _channel_ids(before: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, str]:
    sent = {channel: given[name] for name, channel in _CHANNELS.items() if name in given}
    return {channel: value for channel, value in {**before, **sent}.items() if value}


def _address(before: Address, body: AddressBody | None) -> Address:
    # The default country belongs to another API. Here, parts that were not sent are empty.
    known = Address(country="") if before == Address() else before
    if body is None:
        return Address()
    sent = {part: getattr(body, name) or "" for name, part in _ADDRESS.items() if name in body.sent}
    return replace(known, **sent)
