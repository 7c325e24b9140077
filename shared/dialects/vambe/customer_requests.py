"""The body of Vambe's request to create or change a customer.

Source: Vambe, "Upsert a contact".
"""

from dataclasses import replace
from typing import Any, TypeVar

from shared.dialects.vambe.dialect import MAX_BODY_BYTES
from shared.dialects.vambe.fields import custom_fields
from shared.dialects.vambe.references import contact_by_number
from shared.domain.contacts import Contact, ContactDraft, Identifier, IdentifierKind, PhoneNumber
from shared.domain.errors import MissingField
from shared.domain.json_values import JsonValue
from shared.gateway.request import Request
from shared.gateway.request_model import (
    ANY,
    OBJECT,
    TEXT,
    RequestModel,
    list_of,
    nested,
    one_of,
    optional,
    required,
    text,
)
from shared.validation.contacts import MAX_FIELD_CHARS, split_full_name
from shared.validation.values import MAX_VARIABLES_PER_REQUEST

_WEBCHAT = "webchat"

Draft = TypeVar("Draft", bound=ContactDraft)
_TEXT = text(max_length=MAX_FIELD_CHARS)


class FieldValue(RequestModel):
    """A custom field, by the key of its definition."""

    key: str = required(TEXT)
    value: Any = required(ANY)


class CustomerUpsert(RequestModel):
    """The body of "Upsert a contact". Null and empty values are ignored.

    `channel_id`, `channel_phone_number`, `stageId` and `agentId` are accepted and not stored:
    channels, stages and agents belong to Vambe's product.
    """

    channel: str = required(one_of("whatsapp", "web-whatsapp", "webchat"))
    channel_id: str | None = optional(_TEXT)
    channel_phone_number: str | None = optional(_TEXT)
    contact_phone_number: str | None = optional(_TEXT)
    external_user_id: str | None = optional(_TEXT)
    contact_name: str | None = optional(_TEXT)
    contact_email: str | None = optional(_TEXT)
    meta_data: dict[str, Any] | None = optional(OBJECT)
    custom_field_values: list[FieldValue] | None = optional(
        list_of(nested(FieldValue), max_length=MAX_VARIABLES_PER_REQUEST, fail_fast=True)
    )
    stage_id: str | None = optional(_TEXT, name="stageId")
    agent_id: str | None = optional(_TEXT, name="agentId")

    @classmethod
    def of(cls, request: Request) -> "CustomerUpsert":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The identifiers to look the contact up by, in this order.

        Raises:
            MissingField: The body lacks the identifier that its channel requires.

        """
        if self.channel == _WEBCHAT:
            if not self.external_user_id:
                raise MissingField("external_user_id")
            return (Identifier(IdentifierKind.WEBCHAT, self.external_user_id),)
        if not self.contact_phone_number:
            raise MissingField("contact_phone_number")
        return contact_by_number("contact_phone_number", self.contact_phone_number)

    @property
    def fields(self) -> dict[str, JsonValue]:
        """The custom fields to set. Those in `custom_field_values` take precedence."""
        keyed = {each.key: each.value for each in self.custom_field_values or ()}
        return custom_fields(self.meta_data or {}, keyed)

    @property
    def draft(self) -> ContactDraft:
        """The contact to create if none is found."""
        found_by = self.identifiers[0].value
        if self.channel == _WEBCHAT:
            known = ContactDraft(webchat_user_id=found_by)
        else:
            phone = PhoneNumber(1, f"+{found_by}", primary=True)
            known = ContactDraft(phone_numbers=(phone,), wa_id=found_by)
        return self._with_details(replace(known, platform=self.channel))

    def apply(self, contact: Contact) -> Contact:
        """Return the contact with the sent name and e-mail address."""
        return self._with_details(contact)

    def _with_details(self, draft: Draft) -> Draft:
        changes: dict[str, Any] = {}
        if self.contact_email:
            changes["email"] = self.contact_email
        if self.contact_name and self.contact_name != draft.full_name:
            changes["full_name"] = self.contact_name
            changes["first_name"], changes["last_name"] = split_full_name(self.contact_name)
        return replace(draft, **changes)
