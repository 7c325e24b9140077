"""Klen AI's requests and answers about variables: definitions and values.

Source: Klen AI, the pages under "Context Variables".
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, StrictBool, StrictStr

from shared.domain.errors import ContactNotFound, DefinitionNotFound
from shared.domain.model import ContextType, Definition, DefinitionDraft, VariableType
from shared.gateway.request import Request
from shared.gateway.response import Response

MAX_BODY_BYTES = 1_000_000

_LISTED = {each.value: each for each in (ContextType.CONTACT, ContextType.BUSINESS)}
_NUMBER = re.compile(r"[0-9]{1,18}")


class ContextUpdate(BaseModel):
    """The body of "Set Contact Context Variables" and "Set Business Context Variables"."""

    model_config = ConfigDict(defer_build=True)

    variables: dict[StrictStr, Any]
    auto_create_variables: StrictBool = False

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


def contact_id_of(request: Request) -> int:
    """The contact of the path; what is no number is no contact either."""
    given = request.path("contact_id")
    if not _NUMBER.fullmatch(given):
        raise ContactNotFound(given)
    return int(given)


def variable_id_of(request: Request) -> int:
    """The definition of the path; what is no number is no definition either."""
    given = request.path("variable_id")
    if not _NUMBER.fullmatch(given):
        raise DefinitionNotFound(given)
    return int(given)


def context_types_of(request: Request) -> tuple[ContextType, ...]:
    """The context types to list: all that this API knows, the one asked for, or none."""
    wanted = request.query("context_type")
    if wanted is None:
        return tuple(_LISTED.values())
    return (_LISTED[wanted],) if wanted in _LISTED else ()


def contact_context_set(contact_id: int) -> Response:
    """The answer to a set on a contact."""
    message = "Contact context variables updated successfully"
    return Response(200, {"message": message, "contact_id": contact_id})


def business_context_set() -> Response:
    """The answer to a set on the business."""
    return Response(200, {"message": "Business context variables updated successfully"})


def definition_list(definitions: list[Definition]) -> Response:
    """The answer to a list of definitions."""
    variables = [_definition(definition) for definition in definitions]
    return Response(200, {"count": len(variables), "variables": variables})


def definition_created(definition: Definition) -> Response:
    """The answer to the creation of a definition."""
    return _named(201, definition, "Variable definition created successfully")


def definition_updated(definition: Definition) -> Response:
    """The answer to the change of a definition."""
    return _named(200, definition, "Variable definition updated successfully")


def definition_deleted() -> Response:
    """The answer to the deletion of a definition."""
    return Response(200, {"message": "Variable definition deleted successfully"})


def _first_known(given: str | None, before: str) -> str:
    return before if given is None else given


def _options(variable_type: VariableType, options: Sequence[str] | None) -> tuple[str, ...] | None:
    if variable_type is not VariableType.SELECT:
        return None
    return tuple(options or ())


def _named(status: int, definition: Definition, message: str) -> Response:
    document = {
        "id": definition.definition_id,
        "name": definition.name,
        "display_name": definition.display_name,
        "message": message,
    }
    return Response(status, document)


def _definition(definition: Definition) -> dict[str, Any]:
    options = definition.select_options
    return {
        "id": definition.definition_id,
        "name": definition.name,
        "display_name": definition.display_name,
        "description": definition.description,
        "variable_type": definition.variable_type,
        "context_type": definition.context_type,
        "is_default": definition.is_default,
        "select_options": None if options is None else list(options),
    }
