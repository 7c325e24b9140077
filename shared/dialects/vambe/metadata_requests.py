"""Bodies of Vambe's requests that set metadata.

Sources: Vambe, "Update metadata to an AI contact", "Add metadata for a webchat contact" and "Update
metadata of a ticket".
"""

from typing import Any

from shared.dialects.vambe.dialect import MAX_BODY_BYTES
from shared.dialects.vambe.fields import custom_fields
from shared.dialects.vambe.references import contact_by_number, contact_by_uuid
from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.errors import InvalidField, MissingField
from shared.domain.json_values import JsonValue
from shared.gateway.request import Request
from shared.gateway.request_model import (
    BOOLEAN,
    OBJECT,
    TEXT,
    RequestModel,
    optional,
    required,
    text,
)
from shared.validation.contacts import MAX_FIELD_CHARS

_TEXT = text(max_length=MAX_FIELD_CHARS)
_TICKET = "ticket_id, ai_contact_id or contact_number"


class WebchatMetadata(RequestModel, camel=True):
    """The body of "Add metadata for a webchat contact"."""

    external_user_id: str = required(text(min_length=1))
    metadata: dict[str, Any] = required(OBJECT)

    @classmethod
    def of(cls, request: Request) -> "WebchatMetadata":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    @property
    def contact(self) -> Identifier:
        """The identifier of the contact."""
        return Identifier(IdentifierKind.WEBCHAT, self.external_user_id)

    @property
    def fields(self) -> dict[str, JsonValue]:
        """The custom fields to set."""
        return custom_fields(self.metadata)


class TicketMetadata(RequestModel):
    """The body of "Update metadata of a ticket".

    `allow_closed_ticket` has no effect, as tickets are never closed here.
    """

    ticket_id: str | None = optional(TEXT)
    ai_contact_id: str | None = optional(_TEXT)
    contact_number: str | None = optional(_TEXT)
    allow_closed_ticket: bool | None = optional(BOOLEAN)
    metadata: dict[str, Any] = required(OBJECT)

    @classmethod
    def of(cls, request: Request) -> "TicketMetadata":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    @property
    def ticket(self) -> str | tuple[Identifier, ...]:
        """The id of the ticket, or the identifiers of the contact whose latest ticket it is.

        Raises:
            MissingField: The body has none of the three references.
            InvalidField: The body has more than one.

        """
        given = [each for each in (self.ticket_id, self.ai_contact_id, self.contact_number) if each]
        if not given:
            raise MissingField(_TICKET)
        if len(given) > 1:
            raise InvalidField(_TICKET, "exactly one of them must be given")
        if self.ai_contact_id:
            return (contact_by_uuid("ai_contact_id", self.ai_contact_id),)
        if self.contact_number:
            return contact_by_number("contact_number", self.contact_number)
        return given[0]

    @property
    def fields(self) -> dict[str, JsonValue]:
        """The custom fields to set."""
        return custom_fields(self.metadata)
