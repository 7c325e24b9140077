"""Bodies of Klen AI's requests about definitions.

Sources: Klen AI, "Create Context Variable Definition" and "Update Context Variable Definition".
"""

from collections.abc import Sequence
from dataclasses import replace

from shared.dialects.klen.dialect import MAX_BODY_BYTES
from shared.dialects.klen.variable_types import VariableType, changed_type
from shared.domain import definitions
from shared.domain.definitions import (
    TYPES_WITH_OPTIONS,
    ContextType,
    Definition,
    DefinitionDraft,
)
from shared.gateway.request import Request
from shared.gateway.request_model import (
    TEXT,
    RequestModel,
    enum_of,
    list_of,
    one_of,
    optional,
    required,
)


class DefinitionCreation(RequestModel):
    """The body of "Create Context Variable Definition"."""

    name: str = required(TEXT)
    display_name: str = required(TEXT)
    variable_type: VariableType = required(enum_of(VariableType))
    context_type: str = required(one_of("contact", "business"))
    description: str | None = optional(TEXT)
    select_options: list[str] | None = optional(list_of(TEXT))

    @classmethod
    def draft_of(cls, request: Request) -> DefinitionDraft:
        """Parse the definition to create."""
        body = request.parse(cls, MAX_BODY_BYTES)
        return DefinitionDraft(
            name=body.name,
            display_name=body.display_name,
            variable_type=definitions.VariableType(body.variable_type),
            context_type=ContextType(body.context_type),
            description=body.description,
            select_options=_options(body.variable_type, body.select_options),
        )


class DefinitionUpdate(RequestModel):
    """The body of "Update Context Variable Definition". Name and context type are immutable."""

    display_name: str | None = optional(TEXT)
    description: str | None = optional(TEXT)
    variable_type: VariableType | None = optional(enum_of(VariableType))
    select_options: list[str] | None = optional(list_of(TEXT))

    @classmethod
    def of(cls, request: Request) -> "DefinitionUpdate":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    def apply(self, definition: Definition) -> Definition:
        """Return the definition with the sent fields changed."""
        given = {name: getattr(self, name) for name in self.sent}
        variable_type = changed_type(definition.variable_type, self.variable_type)
        return replace(
            definition,
            display_name=_first_given(given.get("display_name"), definition.display_name),
            description=given.get("description", definition.description),
            variable_type=variable_type,
            select_options=self._changed_options(definition, variable_type),
        )

    def _changed_options(
        self, definition: Definition, variable_type: definitions.VariableType
    ) -> tuple[str, ...] | None:
        # The options of other types are not shown to Klen AI's clients.
        if variable_type is definitions.VariableType.SELECT and "select_options" in self.sent:
            return tuple(self.select_options or ())
        return definition.select_options if variable_type in TYPES_WITH_OPTIONS else None


def _first_given(given: str | None, before: str) -> str:
    return before if given is None else given


def _options(variable_type: VariableType, options: Sequence[str] | None) -> tuple[str, ...] | None:
    return tuple(options or ()) if variable_type is VariableType.SELECT else None
