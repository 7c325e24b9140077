"""Parse `contact.upsert` messages, sent to the queue directly or as events of the bus.

Only the core of pydantic is imported, see `docs/adr/0022-bodies-by-the-core-of-pydantic.md`.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from pydantic_core import SchemaValidator, ValidationError

from shared.domain.accounts import Caller
from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.errors import InvalidField, MissingField
from shared.domain.json_values import JsonObject
from shared.domain.records import dataclass
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

Schema = dict[str, Any]
"""A schema of pydantic-core."""

_STRING: Schema = {"type": "str", "strict": True}


def _text(max_chars: int) -> Schema:
    return {**_STRING, "min_length": 1, "max_length": max_chars}


def _enum(kind: type[StrEnum]) -> Schema:
    return {"type": "enum", "cls": kind, "members": list(kind), "sub_type": "str"}


def _object(values: Schema) -> Schema:
    return {"type": "dict", "keys_schema": _STRING, "values_schema": values}


def _members(schemas: Mapping[str, Schema], required: Collection[str]) -> Schema:
    """Accept an object with these members and no others."""
    fields = {
        name: {"type": "typed-dict-field", "schema": schema, "required": name in required}
        for name, schema in schemas.items()
    }
    return {"type": "typed-dict", "fields": fields, "extra_behavior": "forbid"}


def _nullable(schema: Schema) -> Schema:
    return {"type": "nullable", "schema": schema}


_IDENTIFIER = {"kind": _enum(IdentifierKind), "value": _text(MAX_FIELD_CHARS)}

_MESSAGE = SchemaValidator(
    _members(
        {
            "schema_version": {"type": "int", "strict": True, "ge": 1, "le": 1},
            "id": _nullable(_text(_MAX_ID_CHARS)),
            "account_id": _text(_MAX_ID_CHARS),
            "identifier": _members(_IDENTIFIER, required=_IDENTIFIER),
            "contact": _object(_nullable(_STRING)),
            "variables": _object({"type": "any"}),
            "mode": _enum(UpsertMode),
            "origin_id": _nullable(_text(_MAX_ORIGIN_CHARS)),
        },
        required=("account_id", "identifier"),
    )
)


@dataclass(frozen=True, slots=True)
class ContactUpsertMessage:
    """A contact to create or update.

    Attributes:
        message_id: What makes the message idempotent.
        kind: The kind of the identifier.
        value: The identifier as it was sent.
    """

    message_id: str
    account_id: str
    kind: IdentifierKind
    value: str
    contact: Mapping[str, str | None]
    variables: JsonObject
    mode: UpsertMode
    origin_id: str | None

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
            valid = _MESSAGE.validate_python(document)
        except ValidationError as invalid:
            raise _error_of(invalid) from None
        return cls(
            message_id=str(valid["id"]),
            account_id=valid["account_id"],
            **valid["identifier"],
            contact=valid.get("contact", {}),
            variables=valid.get("variables", {}),
            mode=valid.get("mode", UpsertMode.STRICT),
            origin_id=valid.get("origin_id"),
        )

    def caller(self, message: Message) -> Caller:
        """Return a caller for the account that the message names; IAM restricts who can send."""
        return Caller(
            self.account_id,
            "",
            message.received_at,
            channel=CHANNEL,
            request_id=self.message_id,
            origin_id=self.origin_id,
            value_source=Source.AI,
        )

    @property
    def incoming(self) -> IncomingContact:
        """The contact of the message, with the identifier among its fields."""
        return IncomingContact(
            identifier=Identifier(self.kind, self.value),
            fields={IDENTIFYING_FIELDS[self.kind]: self.value, **self.contact},
            variables=self.variables,
            mode=self.mode,
            message_id=self.message_id,
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
