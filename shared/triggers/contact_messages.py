"""Parse `contact.upsert` messages, sent to the queue directly or as events of the bus."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
    StringConstraints,
    ValidationError,
)

from shared.domain.accounts import Caller
from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.errors import InvalidField, MissingField
from shared.domain.json_values import JsonObject
from shared.domain.sources import Source
from shared.domain.upserts import IncomingContact, UpsertMode
from shared.triggers.queue import Message
from shared.validation.contact_fields import CONTACT_FIELDS, IDENTIFYING_FIELDS
from shared.validation.contacts import MAX_FIELD_CHARS
from shared.validation.json_text import json_object

CHANNEL = "inbound"
"""The channel of changes that a message makes."""

_MAX_ID_CHARS = 100
_MAX_ORIGIN_CHARS = 128

Text = Annotated[StrictStr, StringConstraints(min_length=1, max_length=MAX_FIELD_CHARS)]
Id = Annotated[StrictStr, StringConstraints(min_length=1, max_length=_MAX_ID_CHARS)]
Origin = Annotated[StrictStr, StringConstraints(min_length=1, max_length=_MAX_ORIGIN_CHARS)]


class ContactIdentifier(BaseModel):
    """The identifier of a contact."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    kind: IdentifierKind
    value: Text


class ContactUpsertMessage(BaseModel):
    """A contact to create or update; unknown members are errors."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    schema_version: Annotated[StrictInt, Field(ge=1, le=1)] = 1
    id: Id | None = None
    account_id: Id
    identifier: ContactIdentifier
    contact: dict[StrictStr, StrictStr | None] = {}
    variables: dict[StrictStr, Any] = {}
    mode: UpsertMode = UpsertMode.STRICT
    origin_id: Origin | None = None

    @classmethod
    def of(cls, message: Message) -> "ContactUpsertMessage":
        """Parse and validate a queue message.

        The id that makes the message idempotent is its own, else the id of the bus event, else the
        id of the SQS message.

        Raises:
            MalformedBody: The body is not a JSON object.
            MissingField: A required member is missing.
            InvalidField: A member is unknown or has an invalid value.

        """
        document = json_object(message.body.encode(errors="surrogatepass"))
        message_id: Any = message.message_id
        if "detail-type" in document:
            message_id = document.get("id") or message_id
            document = _detail(document)
        contact = document.get("contact")
        if isinstance(contact, dict) and len(contact) > len(CONTACT_FIELDS):
            raise InvalidField("contact", f"it has at most {len(CONTACT_FIELDS)} fields")
        if document.get("id") is None:
            document = {**document, "id": message_id}
        try:
            return cls.model_validate(document)
        except ValidationError as invalid:
            raise _error_of(invalid) from None

    def caller(self, message: Message) -> Caller:
        """Return a caller for the account that the message names; IAM restricts who can send."""
        return Caller(
            self.account_id,
            "",
            message.received_at,
            channel=CHANNEL,
            request_id=str(self.id),
            origin_id=self.origin_id,
            value_source=Source.AI,
        )

    @property
    def incoming(self) -> IncomingContact:
        """The contact of the message, with the identifier among its fields."""
        kind = self.identifier.kind
        return IncomingContact(
            identifier=Identifier(kind, self.identifier.value),
            fields={IDENTIFYING_FIELDS[kind]: self.identifier.value, **self.contact},
            variables=self.variables,
            mode=self.mode,
            message_id=str(self.id),
        )


def _detail(event: JsonObject) -> JsonObject:
    detail = event.get("detail")
    if not isinstance(detail, dict):
        raise InvalidField("detail", "it must be an object")
    return detail


def _error_of(invalid: ValidationError) -> MissingField | InvalidField:
    # The log shows the first invalid member only.
    first = invalid.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(map(str, first["loc"]))
    return MissingField(field) if first["type"] == "missing" else InvalidField(field, first["msg"])
