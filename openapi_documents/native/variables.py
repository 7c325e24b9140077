"""Describe the operations on the variables of contacts and of the business."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from openapi_documents.description import (
    Header,
    JsonObject,
    Model,
    Operation,
    Parameter,
    RequestBody,
    SuccessResponse,
)
from openapi_documents.forms import TEXT, TOO_MUCH, in_path, in_query, variables
from openapi_documents.native.contacts import ETAG, NO_CONTACT, WHICH
from openapi_documents.native.suggestions import SUGGESTED, Evidence
from shared.dialects.native.variable_requests import (
    MAX_IDEMPOTENCY_KEY_CHARS,
    MAX_QUOTE_BYTES,
    OperationList,
    ValueEvidence,
    ValueSetting,
    VariableOperation,
)
from shared.domain import errors
from shared.domain.definitions import VariableType
from shared.domain.disclosure import Withheld
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.sources import Source
from shared.domain.upserts import UpsertMode
from shared.domain.value_changes import Outcome

TAG = "Variables"

_NAME = "membership_level"
_NAMED = in_path("name", "The name of the variable", TEXT, _NAME)
_NOT_SET = errors.VariableNotSet(_NAME)
_BAD_QUERY = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must be unset", parameter="include")]
)


_BAD_VALUE = InvalidRequest.from_faults(
    [
        Fault("invalid_value", "it is no select: it must be one of: Silver, Gold", ("value",)),
        Fault("invalid_value", "Input should be less than or equal to 1", ("confidence",)),
    ]
)
_BAD_CONDITION = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must be * or entity tags", header="If-Match")]
)
_BAD_PATCH = InvalidRequest.from_faults(
    [
        Fault("undefined_variable", "it has no definition", ("level",)),
        Fault("invalid_value", "it is no number: it must be a number", ("account_balance",)),
    ]
)
_BAD_OPERATIONS = InvalidRequest.from_faults(
    [
        Fault(
            "invalid_value",
            "it is no text: only a number can be incremented",
            ("operations", 0),
        )
    ]
)
STALE = errors.PreconditionFailed('"9f2c41d07a55e8b3.4a1c0d9be2f75386"')

_IF_MATCH = Parameter(
    name="If-Match",
    place="header",
    description=(
        "Change only if the current version is that of one of these entity tags. `*` stands for "
        "any version"
    ),
    schema=TEXT,
)
IDEMPOTENCY_KEY = Parameter(
    name="Idempotency-Key",
    place="header",
    description="Any text that is new for each request. A retry with the same text counts once",
    schema={"type": "string", "minLength": 1, "maxLength": MAX_IDEMPOTENCY_KEY_CHARS},
)
REPLAYED = Header(
    description="`true` if an earlier request with this `Idempotency-Key` had these results",
    schema=TEXT,
    required=False,
)
_MODE = in_query(
    "mode",
    "`strict`, the default, accepts exact names and valid values; `coerce` also similar names and "
    "localized values; `auto_create` also defines unknown names",
    {"type": "string", "enum": list(UpsertMode)},
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
    evidence: Evidence | None = Field(
        default=None, description="What the value was taken from. Absent if it is not known"
    )


class UnsetVariable(BaseModel):
    """A variable that has a definition and no value."""

    type: VariableType


class WithheldVariable(BaseModel):
    """A variable whose value the key does not get."""

    type: VariableType
    reason: Withheld = Field(
        description="`purpose`: it may not be read for the purpose of the key; "
        "`sensitivity`: it is too sensitive for the key"
    )


class VariableSet(BaseModel):
    """The variables of a contact or of the business."""

    variables: dict[str, VariableValue] = Field(
        description="By name, in the order in which the variables were defined"
    )
    unset: dict[str, UnsetVariable] | None = Field(
        default=None,
        description="Variables without a value, by name. Absent without `include=unset`",
    )
    withheld: dict[str, WithheldVariable] | None = Field(
        default=None,
        description="Variables whose values the key does not get, by name. Absent without any",
    )


class VariableDeleted(BaseModel):
    """The value of a variable was removed."""

    name: str
    deleted: Literal[True]


class VariablePatch(BaseModel):
    """Values by the names of variables. Null removes a value."""

    model_config = ConfigDict(extra="allow")


class VariableChange(BaseModel):
    """What became of the change of one variable."""

    outcome: Outcome
    version: str | None = Field(
        default=None, description="The version of the value now. Absent if it has none"
    )
    suggestion_id: str | None = Field(
        default=None,
        description="The suggestion that it became, as its source may not replace the value",
    )
    value: str | int | float | bool | None = Field(
        default=None,
        description="The value after an operation. Absent in the replay of a request",
    )


class VariableChanges(BaseModel):
    """What became of each variable of a request, by name."""

    results: dict[str, VariableChange]


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


def _one(noun: str, prefix: str, which: tuple[Parameter, ...]) -> dict[tuple[str, str], Any]:
    missing = (NO_CONTACT,) if which else ()
    return {
        (f"set_{prefix}_variable", "PUT"): Operation(
            operation_id=f"set{prefix.capitalize()}Variable",
            summary=f"Set a variable of {noun}",
            tag=TAG,
            description=(
                "Sets one variable, with the confidence of the writer and the words of a call "
                "that it was taken from."
            ),
            parameters=(*which, _NAMED, _IF_MATCH),
            body=RequestBody(
                model=ValueSetting,
                examples={
                    "a value": {"value": "Gold"},
                    "a value from a call": {
                        "value": "Gold",
                        "confidence": 0.9,
                        "evidence": {"call_id": "CA1", "turn": 4, "quote": "I am a gold member"},
                    },
                },
            ),
            response=SuccessResponse(
                description="The variable as it is stored",
                model=Variable,
                example={"name": _NAME, **_VALUE, "confidence": 0.9},
                headers={"ETag": ETAG},
            ),
            other_responses=(SUGGESTED,),
            error_responses=(
                _BAD_VALUE,
                errors.DefinitionNotFound(_NAME),
                *missing,
                STALE,
                errors.ContextTooLarge(),
            ),
        ),
        (f"delete_{prefix}_variable", "DELETE"): Operation(
            operation_id=f"delete{prefix.capitalize()}Variable",
            summary=f"Remove the value of a variable of {noun}",
            tag=TAG,
            description="Removes the value. The definition of the variable stays.",
            parameters=(*which, _NAMED, _IF_MATCH),
            response=SuccessResponse(
                description="It was removed",
                model=VariableDeleted,
                example={"name": _NAME, "deleted": True},
            ),
            other_responses=(SUGGESTED,),
            error_responses=(_BAD_CONDITION, _NOT_SET, *missing, STALE),
        ),
    }


def _several(noun: str, prefix: str, which: tuple[Parameter, ...]) -> dict[tuple[str, str], Any]:
    missing = (NO_CONTACT,) if which else ()
    terms = (_IF_MATCH, IDEMPOTENCY_KEY)
    conflicts = (STALE, errors.IdempotencyKeyReused(), errors.RequestInProgress())
    return {
        (f"update_{prefix}_variables", "PATCH"): Operation(
            operation_id=f"update{prefix.capitalize()}Variables",
            summary=f"Set or remove variables of {noun}",
            tag=TAG,
            description=(
                "Applies a merge patch (RFC 7396): sets each variable to its value, and removes "
                "the values of variables that are null. All are written or none."
            ),
            parameters=(*which, _MODE, *terms),
            body=RequestBody(
                model=VariablePatch,
                examples={"two variables": {_NAME: "Gold", "account_balance": None}},
            ),
            response=SuccessResponse(
                description="What became of each variable",
                model=VariableChanges,
                example={
                    "results": {
                        _NAME: {"outcome": "set", "version": "9f2c41d07a55e8b3"},
                        "account_balance": {"outcome": "removed"},
                    }
                },
                headers={"Idempotent-Replayed": REPLAYED},
            ),
            error_responses=(_BAD_PATCH, *missing, *conflicts, *TOO_MUCH),
        ),
        (f"apply_{prefix}_operations", "POST"): Operation(
            operation_id=f"apply{prefix.capitalize()}Operations",
            summary=f"Apply operations to variables of {noun}",
            tag=TAG,
            description=(
                "Applies each operation once, all or none, whatever other requests write at the "
                "same time. Send an `Idempotency-Key`, so that a retry counts once too."
            ),
            parameters=(*which, *terms),
            body=RequestBody(
                model=OperationList,
                examples={
                    "count": {"operations": [{"op": "increment", "variable": "visits", "by": 1}]},
                    "note": {
                        "operations": [
                            {"op": "append", "variable": "notes", "value": "Called back"},
                            {"op": "set_once", "variable": "first_contact", "value": "2026-11-22"},
                        ]
                    },
                },
            ),
            response=SuccessResponse(
                description="What became of each variable",
                model=VariableChanges,
                example={
                    "results": {
                        "visits": {"outcome": "set", "version": "9f2c41d07a55e8b3", "value": 4}
                    }
                },
                headers={"Idempotent-Replayed": REPLAYED},
            ),
            error_responses=(_BAD_OPERATIONS, *missing, *conflicts, errors.ContextTooLarge()),
        ),
    }


LIMITS: Mapping[Model, JsonObject] = {
    ValueEvidence: {"properties": {"quote": {"maxLength": MAX_QUOTE_BYTES}}},
    ValueSetting: {"properties": {"value": {"type": ["string", "number", "boolean"]}}},
    VariableOperation: {
        "properties": {
            "by": {"type": "number"},
            "value": {"type": ["string", "number", "boolean"]},
        }
    },
    VariablePatch: variables(),
}

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    key: operation
    for described in (_reading, _one, _several)
    for noun, prefix, which in (
        ("a contact", "contact", (WHICH,)),
        ("the business", "business", ()),
    )
    for key, operation in described(noun, prefix, which).items()
}
