"""What ChatCaptain's requests about variables say in their bodies.

Source: ChatCaptain, "Contact variables", "Chatbot variables" and "Conversation variables".
"""

import json
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr
from pydantic.alias_generators import to_camel

from shared.dialects.chatcaptain.dialect import MAX_BODY_BYTES
from shared.dialects.chatcaptain.parameters import contact_named
from shared.domain.errors import InvalidField
from shared.domain.model import (
    ContextType,
    Definition,
    DefinitionDraft,
    Identifier,
    JsonObject,
    SetRules,
    VariableType,
)
from shared.gateway.request import Request
from shared.validation.definitions import (
    MAX_DEFAULT_VALUE_CHARS,
    MAX_DISPLAY_NAME_CHARS,
    MAX_STRUCTURE_CHARS,
)

RULES = SetRules(keep_unfit=True, keep_form=True)
"""How values are taken: as text, whatever the type, and given back as they were sent."""

CONTACT = (ContextType.CONTACT,)
CONVERSATION = (ContextType.CONVERSATION,)

_TYPES = {
    "string": VariableType.TEXT,
    "number": VariableType.NUMBER,
    "boolean": VariableType.BOOLEAN,
    "object": VariableType.TEXT,
}
_SUB_CATEGORIES = (ContextType.CONVERSATION, ContextType.CONTACT)


def _as_integer(given: object) -> object:
    # To JSON, 1.0 is as much an integer as 1.
    return int(given) if isinstance(given, float) and given.is_integer() else given


class ValueAssignment(BaseModel):
    """The body of "Sets or updates the value of a variable in a conversation"."""

    model_config = ConfigDict(defer_build=True)

    value: StrictStr

    @classmethod
    def of(cls, request: Request) -> "ValueAssignment":
        """The value that a request assigns."""
        return request.parse(cls, MAX_BODY_BYTES)

    def values(self, definition: Definition) -> JsonObject:
        """The variable to set, by its name."""
        return {definition.name: self.value}


class ContactValueAssignment(ValueAssignment):
    """The body of "Sets or updates the value of a custom variable of a contact".

    The page calls `contactId` optional, but nothing else in the request names the contact.
    """

    model_config = ConfigDict(defer_build=True, alias_generator=to_camel)

    contact_id: StrictStr

    @classmethod
    def of(cls, request: Request) -> "ContactValueAssignment":
        """The value that a request assigns, and to which contact."""
        return request.parse(cls, MAX_BODY_BYTES)

    @property
    def contact(self) -> Identifier:
        """The contact that is meant."""
        return contact_named(self.contact_id)


class VariableCreation(BaseModel):
    """The body of "Creates a new global variable"."""

    model_config = ConfigDict(defer_build=True, alias_generator=to_camel)

    category: Literal["custom"]
    label: StrictStr = Field(min_length=1, max_length=MAX_DISPLAY_NAME_CHARS)
    type: Literal["string", "number", "boolean", "object"]
    name: StrictStr
    default_value: StrictStr | None = Field(None, max_length=MAX_DEFAULT_VALUE_CHARS)
    structure_json: StrictStr | None = Field(None, max_length=MAX_STRUCTURE_CHARS)
    sub_category: Annotated[StrictInt, BeforeValidator(_as_integer)] = Field(0, ge=0, le=1)

    @classmethod
    def draft_of(cls, request: Request) -> DefinitionDraft:
        """The definition that a request asks for; raises InvalidField for a bad structure."""
        body = request.parse(cls, MAX_BODY_BYTES)
        return DefinitionDraft(
            name=body.name,
            display_name=body.label,
            variable_type=_TYPES[body.type],
            context_type=_SUB_CATEGORIES[body.sub_category],
            default_value=body.default_value,
            structure=_structure(body.structure_json) if body.type == "object" else None,
        )


class VariableUpdate(BaseModel):
    """The body of the update of a global variable; null takes the default value away."""

    model_config = ConfigDict(defer_build=True, alias_generator=to_camel)

    default_value: StrictStr | None = Field(None, max_length=MAX_DEFAULT_VALUE_CHARS)
    label: StrictStr | None = Field(None, min_length=1, max_length=MAX_DISPLAY_NAME_CHARS)
    name: StrictStr | None = None

    @classmethod
    def of(cls, request: Request) -> "VariableUpdate":
        """The update that a request asks for."""
        return request.parse(cls, MAX_BODY_BYTES)

    def apply(self, definition: Definition) -> Definition:
        """The definition with the fields that were sent."""
        changes: dict[str, Any] = {"name": self.name, "display_name": self.label}
        given = {name: value for name, value in changes.items() if value is not None}
        if "default_value" in self.model_fields_set:
            given["default_value"] = self.default_value
        return replace(definition, **given)


def _structure(text: str | None) -> str:
    if not text:
        return ""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidField("structureJson", "it is no JSON") from None
    return text
