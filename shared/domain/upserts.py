"""Contacts that come in from other systems, one by one or as rows of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.contacts import Identifier
from shared.domain.variables import JsonValue


class UpsertMode(StrEnum):
    """How what comes in is held against the definitions of its account.

    Strict takes names and values as they are defined; coerce also what people write for them;
    auto-create does that too, and defines the names that are not known.
    """

    STRICT = "strict"
    COERCE = "coerce"
    AUTO_CREATE = "auto_create"


@dataclass(frozen=True, slots=True)
class IncomingContact:
    """Whom something comes in about, and what: fields of the contact, and variables.

    `message_id` is what it is taken once by.
    """

    identifier: Identifier
    fields: Mapping[str, str | None]
    variables: Mapping[str, JsonValue]
    mode: UpsertMode
    message_id: str
