"""Bodies of ChatCaptain's requests about variables.

Sources: ChatCaptain, "Contact variables", "Chatbot variables" and "Conversation variables".
"""

import json
from dataclasses import replace
from typing import Any

from shared.dialects.chatcaptain.dialect import MAX_BODY_BYTES
from shared.dialects.chatcaptain.parameters import contact_named
from shared.domain.contacts import Identifier
from shared.domain.definitions import ContextType, Definition, DefinitionDraft, VariableType
from shared.domain.errors import InvalidField
from shared.domain.json_values import JsonObject
from shared.domain.values import VERBATIM
from shared.gateway.request import Request
from shared.gateway.request_model import (
    INTEGER,
    TEXT,
    RequestModel,
    as_integer,
    before_validator,
    defaulted,
    one_of,
    optional,
    required,
    text,
)
from shared.validation.definitions import (
    MAX_DEFAULT_VALUE_CHARS,
    MAX_DISPLAY_NAME_CHARS,
    MAX_STRUCTURE_CHARS,
)

RULES = VERBATIM
"""How values are stored: as strings of any content, returned as they were sent."""

CONTACT = (ContextType.CONTACT,)
CONVERSATION = (ContextType.CONVERSATION,)

_TYPES = {
    "string": VariableType.TEXT,
    "number": VariableType.NUMBER,
    "boolean": VariableType.BOOLEAN,
    "object": VariableType.TEXT,
}
_SUB_CATEGORIES = (ContextType.CONVERSATION, ContextType.CONTACT)


_SUB_CATEGORY = before_validator(as_integer, {**INTEGER, "ge": 0, "le": 1})


class ValueAssignment(RequestModel):
    """The body of "Sets or updates the value of a variable in a conversation"."""

    value: str = required(TEXT)

    @classmethod
    def of(cls, request: Request) -> "ValueAssignment":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    def values(self, definition: Definition) -> JsonObject:
        """Return the variable to set, by name."""
        return {definition.name: self.value}


class ContactValueAssignment(ValueAssignment, camel=True):
    """The body of "Sets or updates the value of a custom variable of a contact".

    The page calls `contactId` optional, but nothing else in the request names the contact.
    """

    contact_id: str = required(TEXT)

    @classmethod
    def of(cls, request: Request) -> "ContactValueAssignment":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    @property
    def contact(self) -> Identifier:
        """The identifier of the contact."""
        return contact_named(self.contact_id)


class VariableCreation(RequestModel, camel=True):
    """The body of "Creates a new global variable"."""

    category: str = required(one_of("custom"))
    label: str = required(text(min_length=1, max_length=MAX_DISPLAY_NAME_CHARS))
    type: str = required(one_of(*_TYPES))
    name: str = required(TEXT)
    default_value: str | None = optional(text(max_length=MAX_DEFAULT_VALUE_CHARS))
    structure_json: str | None = optional(text(max_length=MAX_STRUCTURE_CHARS))
    sub_category: int = defaulted(_SUB_CATEGORY, 0)

    @classmethod
    def draft_of(cls, request: Request) -> DefinitionDraft:
        """Parse the definition to create. Raises InvalidField if the structure is not JSON."""
        body = request.parse(cls, MAX_BODY_BYTES)
        return DefinitionDraft(
            name=body.name,
            display_name=body.label,
            variable_type=_TYPES[body.type],
            context_type=_SUB_CATEGORIES[body.sub_category],
            default_value=body.default_value,
            structure=_structure(body.structure_json) if body.type == "object" else None,
        )


class VariableUpdate(RequestModel, camel=True):
    """The body of the update of a global variable. Null removes the default value."""

    default_value: str | None = optional(text(max_length=MAX_DEFAULT_VALUE_CHARS))
    label: str | None = optional(text(min_length=1, max_length=MAX_DISPLAY_NAME_CHARS))
    name: str | None = optional(TEXT)

    @classmethod
    def of(cls, request: Request) -> "VariableUpdate":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    def apply(self, definition: Definition) -> Definition:
        """Return the definition with the sent fields changed."""
        changes: dict[str, Any] = {"name": self.name, "display_name": self.label}
        given = {name: value for name, value in changes.items() if value is not None}
        if "default_value" in self.sent:
            given["default_value"] = self.default_value
        return replace(definition, **given)


def _structure(text: str | None) -> str:
    if text is None:
        return ""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidField("structureJson", "it is no JSON") from None
    return text
