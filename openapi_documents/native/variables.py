"""Describe the operations on variables in the native API, and their responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/variable_responses.py`.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from openapi_documents.description import (
    Group,
    JsonObject,
    Key,
    Model,
    Operation,
    Parameter,
    Success,
)
from openapi_documents.examples import EVENT, example_of_model
from openapi_documents.forms import TOO_MUCH, variables
from openapi_documents.native.request_terms import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    MODE,
    REPLAYED,
    VERSION,
)
from openapi_documents.native.responses import ETAG, VariableContent
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
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.sources import Source
from shared.domain.value_changes import Outcome

_NAME = "membership_level"

PATH_PARAMETERS = (Parameter("name", "The name of the variable", example=_NAME),)

LISTING = (
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
        error_responses=(
            InvalidRequest.from_faults(
                [Fault("invalid_value", "it must be unset", parameter="include")]
            ),
        ),
    ),
)
_VALUE: JsonObject = {
    "type": ["string", "number", "boolean", "array", "object"],
    # Generators of clients need the items of an array.
    "items": {},
}


class VariablePatch(BaseModel):
    """Values by the names of variables. Null removes a value."""

    model_config = ConfigDict(extra="allow")


LIMITS: dict[Model, JsonObject] = {
    ValueEvidence: {"properties": {"quote": {"maxLength": MAX_QUOTE_BYTES}}},
    ValueSetting: {"properties": {"value": _VALUE}},
    VariableOperation: {"properties": {"by": {"type": "number"}, "value": _VALUE}},
    VariablePatch: variables(),
}


class VariableValue(BaseModel):
    """The value of a variable, and where it comes from."""

    value: VariableContent = Field(examples=["Gold"])
    type: VariableType = Field(examples=["select"])
    updated_at: datetime = Field(examples=["2026-11-22T05:00:00.000Z"])
    version: str = Field(description="Changes with every write of the value", examples=[VERSION])
    source: Source = Field(
        description="Where the value comes from, by the key and the channel", examples=["human"]
    )
    set_by: str | None = Field(
        description="The id of the API key that set the value, null if it is not known",
        examples=["0f3b1c2d4e5f"],
    )
    confidence: float | None = Field(
        default=None, ge=0, le=1, description="How sure the writer was. Absent if it did not say"
    )


class Variable(VariableValue):
    """A variable with its value."""

    name: str = Field(examples=[_NAME])
    evidence: Evidence | None = Field(
        default=None, description="What the value was taken from. Absent if it is not known"
    )


class UnsetVariable(BaseModel):
    """A variable that has a definition and no value."""

    type: VariableType


class WithheldVariable(BaseModel):
    """A variable whose value the key does not get."""

    type: VariableType
    reason: Literal[Withheld.PURPOSE, Withheld.SENSITIVITY] = Field(
        description="`purpose`: it may not be read for the purpose of the key; "
        "`sensitivity`: it is too sensitive for the key"
    )


class VariableSet(BaseModel):
    """The variables of a contact or of the business."""

    variables: dict[str, VariableValue] = Field(
        description="By name, in the order in which the variables were defined",
        examples=[{_NAME: example_of_model(VariableValue)}],
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

    name: str = Field(examples=[_NAME])
    deleted: Literal[True]


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
    value: VariableContent | None = Field(
        default=None,
        description="The value after an operation. Absent in the replay of a request",
    )


class VariableChanges(BaseModel):
    """What became of each variable of a request, by name."""

    results: dict[str, VariableChange]


_NOT_SET = errors.VariableNotSet(_NAME)
_BAD_VALUE = InvalidRequest.from_faults(
    [
        Fault("invalid_value", "it is no select: it must be one of: Silver, Gold", ("value",)),
        Fault("invalid_value", "Input should be less than or equal to 1", ("confidence",)),
    ]
)
BAD_PATCH = InvalidRequest.from_faults(
    [
        Fault("undefined_variable", "it has no definition", ("level",)),
        Fault("invalid_value", "it is no number: it must be a number", ("account_balance",)),
    ]
)
_BAD_OPERATIONS = InvalidRequest.from_faults(
    [Fault("invalid_value", "it is no text: only a number can be incremented", ("operations", 0))]
)


def _operations(owner: str, noun: str) -> dict[Key, Operation]:
    """Describe the operations on the variables of an owner.

    Args:
        owner: The owner in the names of endpoints, `contact` or `business`.
        noun: The owner in sentences.

    """
    return {
        (f"list_{owner}_variables", "GET"): Operation(
            summary=f"List the variables of {noun}",
            description=(
                "Returns all variables that have a value and that the key sees, by name. "
                "A variable without a value is not null: it is absent."
            ),
            parameters=LISTING,
            response=Success("The variables", VariableSet, headers={"ETag": ETAG}),
        ),
        (f"get_{owner}_variable", "GET"): Operation(
            summary=f"Get a variable of {noun}",
            description=(
                "Returns the value of one variable, and where it comes from. A value that is "
                "withheld from the key is answered with 403 `permission_denied`."
            ),
            response=Success("The variable", Variable, headers={"ETag": ETAG}),
            error_responses=(_NOT_SET,),
        ),
        (f"set_{owner}_variable", "PUT"): Operation(
            summary=f"Set a variable of {noun}",
            description=(
                "Sets one variable, with the confidence of the writer and the words of a call "
                "that it was taken from."
            ),
            headers=(IF_MATCH,),
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
                headers={"ETag": ETAG},
            ),
            other_responses=(SUGGESTED,),
            error_responses=(
                _BAD_VALUE,
                errors.DefinitionNotFound(_NAME),
                errors.ContextTooLarge(),
            ),
        ),
        (f"delete_{owner}_variable", "DELETE"): Operation(
            summary=f"Remove the value of a variable of {noun}",
            description="Removes the value. The definition of the variable stays.",
            headers=(IF_MATCH,),
            response=Success("It was removed", VariableDeleted),
            other_responses=(SUGGESTED,),
            error_responses=(_NOT_SET,),
        ),
        (f"update_{owner}_variables", "PATCH"): Operation(
            summary=f"Set or remove variables of {noun}",
            description=(
                "Applies a merge patch (RFC 7396): sets each variable to its value, and removes "
                "the values of variables that are null. All are written or none."
            ),
            parameters=(MODE,),
            headers=(IF_MATCH, IDEMPOTENCY_KEY),
            body=VariablePatch,
            examples={"values": EVENT},
            response=Success(
                "What became of each variable",
                VariableChanges,
                example={
                    "results": {
                        _NAME: {"outcome": "set", "version": VERSION},
                        "account_balance": {"outcome": "removed"},
                    }
                },
                headers={"Idempotent-Replayed": REPLAYED},
            ),
            error_responses=(BAD_PATCH, *TOO_MUCH),
        ),
        (f"apply_{owner}_operations", "POST"): Operation(
            summary=f"Apply operations to variables of {noun}",
            description=(
                "Applies each operation once, all or none, whatever other requests write at the "
                "same time. Send an `Idempotency-Key`, so that a retry counts once too. "
                "`increment`, `append` and `remove` of a value that is withheld from the key are "
                "answered with 403 `permission_denied`."
            ),
            headers=(IF_MATCH, IDEMPOTENCY_KEY),
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
                        "account_balance": {"outcome": "set", "version": VERSION, "value": 4}
                    }
                },
                headers={"Idempotent-Replayed": REPLAYED},
            ),
            error_responses=(_BAD_OPERATIONS, errors.ContextTooLarge()),
        ),
    }


GROUP = Group(
    "Variables",
    "What is known about a contact or the business, who said so, and how sure.",
    {**_operations("contact", "a contact"), **_operations("business", "the business")},
)
