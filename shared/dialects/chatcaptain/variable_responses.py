"""Responses of ChatCaptain's API about variables.

Sources: ChatCaptain, "Contact variables", "Chatbot variables" and "Conversation variables".
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from shared.domain.definitions import Category, ContextType, Definition, VariableType
from shared.domain.json_values import Value
from shared.domain.values import StoredValue
from shared.gateway.response import Response
from shared.validation.instants import to_the_millisecond
from shared.validation.value_forms import plain_form
from shared.validation.value_text import to_text

_TYPES = {VariableType.NUMBER: "number", VariableType.BOOLEAN: "boolean"}


def variable_list(found: Iterable[tuple[Definition, StoredValue]]) -> Response:
    """Build the response to a list of values."""
    return Response(200, {"variables": [_stored_variable(*each) for each in found]})


def variable_details(found: tuple[Definition, StoredValue]) -> Response:
    """Build the response to a request for the value of one variable."""
    return Response(200, {"variable": _stored_variable(*found)})


def variable_set(definition: Definition, value: str, at: datetime) -> Response:
    """Build the response to a set of one variable."""
    return Response(200, {"variable": _variable(definition, value, at)})


def deleted() -> Response:
    """Build the response to every deletion."""
    return Response(200, {"deleted": True})


def global_variable_list(
    definitions: Iterable[Definition], categories: Collection[Category]
) -> Response:
    """Build the response to a list of the definitions of some categories."""
    variables = [_global_variable(each) for each in definitions if each.category in categories]
    return Response(200, {"variables": variables})


def global_variable_created(definition: Definition) -> Response:
    """Build the response to the creation of a definition."""
    return Response(201, {"variable": _global_variable(definition)})


def global_variable_updated(definition: Definition) -> Response:
    """Build the response to the change of a definition."""
    return Response(200, {"variable": _global_variable(definition)})


def _stored_variable(definition: Definition, stored: StoredValue) -> dict[str, str]:
    value = plain_form(stored.variable_type, stored.value)
    return _variable(definition, value, stored.updated_at)


def _variable(definition: Definition, value: Value, at: datetime) -> dict[str, str]:
    return {
        "id": definition.external_id,
        "name": definition.name,
        "type": _type(definition),
        "value": to_text(value),
        "updated": to_the_millisecond(at),
    }


def _global_variable(definition: Definition) -> dict[str, Any]:
    document = {
        "id": definition.external_id,
        "name": definition.name,
        "defaultValue": definition.default_value,
        "category": definition.category,
        "label": definition.display_name,
        "type": _type(definition),
        "structureJson": definition.structure or None,
        "subCategory": int(definition.context_type is ContextType.CONTACT),
    }
    return {name: value for name, value in document.items() if value is not None}


def _type(definition: Definition) -> str:
    if definition.variable_type is VariableType.JSON:
        return "object"
    if definition.variable_type is VariableType.TEXT and definition.structure is not None:
        return "object"
    return _TYPES.get(definition.variable_type, "string")
