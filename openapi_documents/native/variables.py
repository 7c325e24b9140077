"""Describe the operations on the variables of contacts and of the business."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from openapi_documents.description import Operation, Parameter, SuccessResponse
from openapi_documents.forms import TEXT, in_path, in_query
from openapi_documents.native.contacts import ETAG, NO_CONTACT, WHICH
from shared.domain import errors
from shared.domain.definitions import VariableType
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.sources import Source

TAG = "Variables"

_NAME = "membership_level"
_NAMED = in_path("name", "The name of the variable", TEXT, _NAME)
_NOT_SET = errors.VariableNotSet(_NAME)
_BAD_QUERY = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must be unset", parameter="include")]
)


class VariableValue(BaseModel):
    """The value of a variable, and where it comes from."""

    value: str | int | float | bool
    type: VariableType
    updated_at: datetime
    version: str = Field(description="Changes with every write of the value")
    source: Source = Field(description="Where the value comes from, by the key and the channel")
    set_by: str | None = Field(
        description="The id of the API key that set the value, null if it is not known"
    )
    confidence: float | None = Field(
        default=None, ge=0, le=1, description="How sure the writer was. Absent if it did not say"
    )


class Variable(VariableValue):
    """A variable with its value."""

    name: str


class UnsetVariable(BaseModel):
    """A variable that has a definition and no value."""

    type: VariableType


class VariableSet(BaseModel):
    """The variables of a contact or of the business."""

    variables: dict[str, VariableValue] = Field(
        description="By name, in the order in which the variables were defined"
    )
    unset: dict[str, UnsetVariable] | None = Field(
        default=None,
        description="Variables without a value, by name. Absent without `include=unset`",
    )


_VALUE: dict[str, Any] = {
    "value": "Gold",
    "type": "select",
    "updated_at": "2026-11-22T05:00:00.000Z",
    "version": "9f2c41d07a55e8b3",
    "source": "human",
    "set_by": "0f3b1c2d4e5f",
}
_LIST: tuple[Parameter, ...] = (
    in_query("fields", "Only these variables: names, separated by commas", example=_NAME),
    in_query(
        "include",
        "`unset` also lists variables without a value",
        {"type": "string", "enum": ["unset"]},
    ),
)


def _reading(noun: str, prefix: str, which: tuple[Parameter, ...]) -> dict[tuple[str, str], Any]:
    missing = (NO_CONTACT,) if which else ()
    return {
        (f"list_{prefix}_variables", "GET"): Operation(
            operation_id=f"list{prefix.capitalize()}Variables",
            summary=f"List the variables of {noun}",
            tag=TAG,
            description=(
                "Returns all variables that have a value and that the key sees, by name. "
                "A variable without a value is not null: it is absent."
            ),
            parameters=(*which, *_LIST),
            response=SuccessResponse(
                description="The variables",
                model=VariableSet,
                example={"variables": {_NAME: _VALUE}},
                headers={"ETag": ETAG},
            ),
            error_responses=(_BAD_QUERY, *missing),
        ),
        (f"get_{prefix}_variable", "GET"): Operation(
            operation_id=f"get{prefix.capitalize()}Variable",
            summary=f"Get a variable of {noun}",
            tag=TAG,
            description="Returns the value of one variable, and where it comes from.",
            parameters=(*which, _NAMED),
            response=SuccessResponse(
                description="The variable",
                model=Variable,
                example={"name": _NAME, **_VALUE},
                headers={"ETag": ETAG},
            ),
            error_responses=(_NOT_SET, *missing),
        ),
    }


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    **_reading("a contact", "contact", (WHICH,)),
    **_reading("the business", "business", ()),
}
