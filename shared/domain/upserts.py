"""Contacts that other systems send, in messages or as rows of a file."""

from collections.abc import Mapping
from enum import StrEnum

from shared.domain.contacts import Identifier
from shared.domain.json_values import JsonValue
from shared.domain.records import dataclass


class UpsertMode(StrEnum):
    """How incoming variables are matched with the definitions of the account.

    Strict accepts exact names and valid values. Coerce also matches similar names and parses
    localized values. Auto-create coerces, and defines unknown names.
    """

    STRICT = "strict"
    COERCE = "coerce"
    AUTO_CREATE = "auto_create"


@dataclass(frozen=True, slots=True)
class IncomingContact:
    """The contact fields and variables of one message or row.

    Attributes:
        identifier: Identifies the contact.
        fields: Contact fields by name. None empties a field.
        variables: Values of variables by key, as sent.
        mode: How variables are matched with definitions.
        message_id: The idempotency key. A message with the same id is processed once.
    """

    identifier: Identifier
    fields: Mapping[str, str | None]
    variables: Mapping[str, JsonValue]
    mode: UpsertMode
    message_id: str
