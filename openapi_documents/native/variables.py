"""Describe the operations on variables in the native API, and their responses."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from openapi_documents.description import (
    EVENT,
    Group,
    JsonObject,
    Key,
    Operation,
    Parameter,
    Success,
)
from openapi_documents.examples import example_of_model
from openapi_documents.forms import TOO_MUCH, member, variables
from openapi_documents.native import conventions as native
from openapi_documents.native.suggestions import SUGGESTED, Evidence
from shared.dialects.native.variable_requests import (
    MAX_QUOTE_BYTES,
    OperationList,
    ValueEvidence,
    ValueSetting,
    VariableOperation,
)
from shared.domain import errors
from shared.domain.definitions import VariableType
from shared.domain.disclosure import Withheld
from shared.domain.errors import Fault
from shared.domain.sources import Source
from shared.domain.value_changes import Outcome

_NAME = "membership_level"

_VALUE: JsonObject = {
    "type": ["string", "number", "boolean", "array", "object"],
    # Generators of clients need the items of an array.
    "items": {},
}


class VariablePatch(BaseModel):
    """Values by the names of variables. Null removes a value."""

    model_config = ConfigDict(extra="allow")


class VariableValue(BaseModel):
    """The value of a variable, and where it comes from."""

    value: native.VariableContent = member(example="Gold")
    type: VariableType = member(example="select")
    updated_at: datetime = member(example="2026-11-22T05:00:00.000Z")
    version: str = member("Changes with every write of the value", example=native.VERSION)
    source: Source = member(
        "Where the value comes from, by the key and the channel", example="human"
    )
    set_by: str | None = member(
        "The id of the API key that set the value, null if it is not known", example="0f3b1c2d4e5f"
    )
    confidence: float | None = member(
        "How sure the writer was. Absent if it did not say", optional=True, ge=0, le=1
    )


class Variable(VariableValue):
    """A variable with its value."""

    name: str = member(example=_NAME)
    evidence: Evidence | None = member(
        "What the value was taken from. Absent if it is not known", optional=True
    )


class UnsetVariable(BaseModel):
    """A variable that has a definition and no value."""

    type: VariableType


class WithheldVariable(BaseModel):
    """A variable whose value the key does not get."""

    type: VariableType
    reason: Literal[Withheld.PURPOSE, Withheld.SENSITIVITY] = member(
        "`purpose`: it may not be read for the purpose of the key; "
        "`sensitivity`: it is too sensitive for the key"
    )


class VariableSet(BaseModel):
    """The variables of a contact or of the business."""

    variables: dict[str, VariableValue] = member(
        "By name, in the order in which the variables were defined",
        example={_NAME: example_of_model(VariableValue)},
    )
    unset: dict[str, UnsetVariable] | None = member(
        "Variables without a value, by name. Absent without `include=unset`", optional=True
    )
    withheld: dict[str, WithheldVariable] | None = member(
        "Variables whose values the key does not get, by name. Absent without any", optional=True
    )


class VariableDeleted(BaseModel):
    """The value of a variable was removed."""

    name: str = member(example=_NAME)
    deleted: Literal[True]


class VariableChange(BaseModel):
    """What became of the change of one variable."""

    outcome: Outcome
    version: str | None = member(
        "The version of the value now. Absent if it has none", optional=True
    )
    suggestion_id: str | None = member(
        "The suggestion that it became, as its source may not replace the value", optional=True
    )
    value: native.VariableContent | None = member(
        "The value after an operation. Absent in the replay of a request", optional=True
    )


class VariableChanges(BaseModel):
    """What became of each variable of a request, by name."""

    results: dict[str, VariableChange]


_NOT_SET = errors.VariableNotSet(_NAME)
_BAD_VALUE = native.invalid(
    Fault("invalid_value", "it is no select: it must be one of: Silver, Gold", ("value",)),
    Fault("invalid_value", "Input should be less than or equal to 1", ("confidence",)),
)
_BAD_PATCH = native.invalid(
    Fault("undefined_variable", "it has no definition", ("level",)),
    Fault("invalid_value", "it is no number: it must be a number", ("account_balance",)),
)
_BAD_OPERATIONS = native.bad_member(
    "it is no text: only a number can be incremented", "operations", 0
)


def operations_on_all(owner: str) -> dict[Key, Operation]:
    """Describe the operations on all variables of an owner, such as `contact`."""
    return {
        (f"list_{owner}_variables", "GET"): Operation(
            "Returns all variables that have a value and that the key sees, by name. "
            "A variable without a value is not null: it is absent.",
            parameters=(
                Parameter(
                    "fields",
                    "Only these variables: names, separated by commas",
                    {"type": "string", "minLength": 1, "format": "variable-names"},
                    example=_NAME,
                ),
                Parameter(
                    "include",
                    "`unset` also lists variables without a value",
                    {"type": "string", "enum": ["unset"]},
                    errors=(native.bad_parameter("include", "it must be unset"),),
                ),
            ),
            response=Success("The variables", VariableSet, headers=native.TAGGED),
        ),
        (f"update_{owner}_variables", "PATCH"): Operation(
            "Applies a merge patch (RFC 7396): sets each variable to its value, and removes "
            "the values of variables that are null. All are written or none.",
            parameters=(native.MODE,),
            headers=(native.IF_MATCH, native.IDEMPOTENCY_KEY),
            body=VariablePatch,
            response=Success(
                "What became of each variable",
                VariableChanges,
                example={
                    "results": {
                        _NAME: {"outcome": "set", "version": native.VERSION},
                        "account_balance": {"outcome": "removed"},
                    }
                },
                headers=native.REPLAYABLE,
            ),
            errors=(_BAD_PATCH, *TOO_MUCH),
        ),
    }


def _operations(owner: str) -> dict[Key, Operation]:
    """Describe all operations on the variables of an owner."""
    return {
        **operations_on_all(owner),
        (f"get_{owner}_variable", "GET"): Operation(
            "Returns the value of one variable, and where it comes from. A value that is "
            "withheld from the key is answered with 403 `permission_denied`.",
            response=Success("The variable", Variable, headers=native.TAGGED),
            errors=(_NOT_SET,),
        ),
        (f"set_{owner}_variable", "PUT"): Operation(
            "Sets one variable, with the confidence of the writer and the words of a call "
            "that it was taken from.",
            headers=(native.IF_MATCH,),
            body=ValueSetting,
            examples={
                "a value": EVENT,
                "a value from a call": {
                    "value": "Gold",
                    "confidence": 0.9,
                    "evidence": {"call_id": "CA1", "turn": 4, "quote": "I am a gold member"},
                },
            },
            response=Success(
                "The variable as it is stored",
                Variable,
                example={"confidence": 0.9},
                headers=native.TAGGED,
            ),
            other_responses=(SUGGESTED,),
            errors=(_BAD_VALUE, errors.DefinitionNotFound(_NAME), errors.ContextTooLarge()),
        ),
        (f"delete_{owner}_variable", "DELETE"): Operation(
            "Removes the value. The definition of the variable stays.",
            headers=(native.IF_MATCH,),
            response=Success("It was removed", VariableDeleted),
            other_responses=(SUGGESTED,),
            errors=(_NOT_SET,),
        ),
        (f"apply_{owner}_operations", "POST"): Operation(
            "Applies each operation once, all or none, whatever other requests write at the "
            "same time. Send an `Idempotency-Key`, so that a retry counts once too. "
            "`increment`, `append` and `remove` of a value that is withheld from the key are "
            "answered with 403 `permission_denied`.",
            headers=(native.IF_MATCH, native.IDEMPOTENCY_KEY),
            body=OperationList,
            examples={
                "one": EVENT,
                "two": {
                    "operations": [
                        {"op": "append", "variable": "notes", "value": "Called back"},
                        {"op": "set_once", "variable": "first_contact", "value": "2026-11-22"},
                    ]
                },
            },
            response=Success(
                "What became of each variable",
                VariableChanges,
                example={
                    "results": {
                        "account_balance": {"outcome": "set", "version": native.VERSION, "value": 4}
                    }
                },
                headers=native.REPLAYABLE,
            ),
            errors=(_BAD_OPERATIONS, errors.ContextTooLarge()),
        ),
    }


GROUP = Group(
    "Variables",
    "What is known about a contact or the business, who said so, and how sure.",
    {**_operations("contact"), **_operations("business")},
    path_parameters=(Parameter("name", "The name of the variable", example=_NAME),),
    limits={
        ValueEvidence: {"properties": {"quote": {"maxLength": MAX_QUOTE_BYTES}}},
        ValueSetting: {"properties": {"value": _VALUE}},
        VariableOperation: {"properties": {"by": {"type": "number"}, "value": _VALUE}},
        VariablePatch: variables(),
    },
)
