"""What a `contact.upsert` message says, on the queue itself or as an event of the bus."""

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
from shared.domain.upserts import IncomingContact, UpsertMode
from shared.domain.variables import JsonObject
from shared.triggers.queue import Message
from shared.validation.contact_fields import CONTACT_FIELDS, IDENTIFYING_FIELDS
from shared.validation.contacts import MAX_FIELD_CHARS
from shared.validation.json_text import json_object

SOURCE = "inbound"
"""Where a change comes from that a message has made."""

_MAX_ID_CHARS = 100
_MAX_ORIGIN_CHARS = 128

Text = Annotated[StrictStr, StringConstraints(min_length=1, max_length=MAX_FIELD_CHARS)]
Id = Annotated[StrictStr, StringConstraints(min_length=1, max_length=_MAX_ID_CHARS)]
Origin = Annotated[StrictStr, StringConstraints(min_length=1, max_length=_MAX_ORIGIN_CHARS)]


class NamedBy(BaseModel):
    """The identifier of a contact."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    kind: IdentifierKind
    value: Text


class ContactUpsertMessage(BaseModel):
    """A contact to create or to change; a member that is not known is a fault."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    schema_version: Annotated[StrictInt, Field(ge=1, le=1)] = 1
    id: Id | None = None
    account_id: Id
    identifier: NamedBy
    contact: dict[StrictStr, StrictStr | None] = {}
    variables: dict[StrictStr, Any] = {}
    mode: UpsertMode = UpsertMode.STRICT
    origin_id: Origin | None = None

    @classmethod
    def of(cls, message: Message) -> "ContactUpsertMessage":
        """The message of a queue.

        Its own id is what it is taken once by, else the bus's, else the queue's.
        Raises MalformedBody, MissingField or InvalidField.
        """
        document = json_object(message.body.encode(errors="surrogatepass"))
        known_as: Any = message.message_id
        if "detail-type" in document:
            known_as = document.get("id") or known_as
            document = _detail(document)
        contact = document.get("contact")
        if isinstance(contact, dict) and len(contact) > len(CONTACT_FIELDS):
            raise InvalidField("contact", f"it has at most {len(CONTACT_FIELDS)} fields")
        if document.get("id") is None:
            document = {**document, "id": known_as}
        try:
            return cls.model_validate(document)
        except ValidationError as invalid:
            raise _fault(invalid) from None

    def caller(self, message: Message) -> Caller:
        """Whom the message speaks for: the account that it names, since IAM guards the queue."""
        return Caller(
            self.account_id,
            "",
            message.received_at,
            source=SOURCE,
            request_id=str(self.id),
            origin_id=self.origin_id,
        )

    @property
    def incoming(self) -> IncomingContact:
        """What comes in."""
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


def _fault(invalid: ValidationError) -> MissingField | InvalidField:
    # Of several the first: whoever reads the log sees which member it is.
    fault = invalid.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(map(str, fault["loc"]))
    return MissingField(field) if fault["type"] == "missing" else InvalidField(field, fault["msg"])
