"""What Klen AI's requests about variables say in their bodies.

Source: Klen AI, the pages under "Context Variables".
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, StrictBool, StrictStr

from shared.domain.model import ContextType, Definition, DefinitionDraft, SetRules, VariableType
from shared.gateway.request import Request

MAX_BODY_BYTES = 1_000_000


class ContextUpdate(BaseModel):
    """The body of "Set Contact Context Variables" and "Set Business Context Variables"."""

    model_config = ConfigDict(defer_build=True)

    variables: dict[StrictStr, Any]
    auto_create_variables: StrictBool = False

    @property
    def rules(self) -> SetRules:
        """How values are taken that do not hold."""
        return SetRules(create_undefined=self.auto_create_variables)

    @classmethod
    def of(cls, request: Request) -> "ContextUpdate":
        """The update that a request asks for."""
        return request.parse(cls, MAX_BODY_BYTES)


class DefinitionCreation(BaseModel):
    """The body of "Create Context Variable Definition"."""

    model_config = ConfigDict(defer_build=True)

    name: StrictStr
    display_name: StrictStr
    variable_type: VariableType
    context_type: Literal["contact", "business"]
    description: StrictStr | None = None
    select_options: list[StrictStr] | None = None

    @classmethod
    def draft_of(cls, request: Request) -> DefinitionDraft:
        """The definition that a request asks for."""
        body = request.parse(cls, MAX_BODY_BYTES)
        return DefinitionDraft(
            name=body.name,
            display_name=body.display_name,
            variable_type=body.variable_type,
            context_type=ContextType(body.context_type),
            description=body.description,
            select_options=_options(body.variable_type, body.select_options),
        )


class DefinitionUpdate(BaseModel):
    """The body of "Update Context Variable Definition"; name and context type cannot change."""

    model_config = ConfigDict(defer_build=True)

    display_name: StrictStr | None = None
    description: StrictStr | None = None
    variable_type: VariableType | None = None
    select_options: list[StrictStr] | None = None

    @classmethod
    def of(cls, request: Request) -> "DefinitionUpdate":
        """The update that a request asks for."""
        return request.parse(cls, MAX_BODY_BYTES)

    def apply(self, definition: Definition) -> Definition:
        """The definition with the fields that were sent."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        variable_type = given.get("variable_type") or definition.variable_type
        return replace(
            definition,
            display_name=_first_known(given.get("display_name"), definition.display_name),
            description=given.get("description", definition.description),
            variable_type=variable_type,
            select_options=_options(
                variable_type, given.get("select_options", definition.select_options)
            ),
        )


def _first_known(given: str | None, before: str) -> str:
    return before if given is None else given


def _options(variable_type: VariableType, options: Sequence[str] | None) -> tuple[str, ...] | None:
    if variable_type is not VariableType.SELECT:
        return None
    return tuple(options or ())
