"""Describe the operations that resolve variables, and those on calls, and their responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/resolve_responses.py` and `call_responses.py` beside it.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from openapi_documents.description import Group, JsonObject, Model, Operation, Parameter, Success
from openapi_documents.examples import EVENT
from openapi_documents.native.agents import AGENT_ID
from shared.dialects.native import resolve_requests
from shared.dialects.native.call_responses import AssuranceRaise
from shared.domain import errors
from shared.domain.calls import VariableState
from shared.domain.disclosure import Assurance
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.resolutions import UnknownReason
from shared.domain.sources import Source
from shared.validation.agents import MAX_BATCH, MAX_DEADLINE_MS, MIN_DEADLINE_MS

CALL_ID = "call_0123456789abcdef0123456789abcdef"

PATH_PARAMETERS = (
    Parameter(
        "call_id",
        "The id of the call, as a resolve returned it",
        example=CALL_ID,
        error_responses=(errors.CallNotFound(CALL_ID),),
    ),
)

_ONE_CONTACT: JsonObject = {"minProperties": 1, "maxProperties": 1}
LIMITS: dict[Model, JsonObject] = {resolve_requests.ContactReference: _ONE_CONTACT}


class Assured(BaseModel):
    """The assurance of a call."""

    call: str = Field(description="The id of the call", examples=[CALL_ID])
    assurance: Assurance = Field(
        description="How sure it is that the caller is the contact", examples=[Assurance.OTP]
    )
    released: JsonObject = Field(
        description="The values that the first answer withheld, by the names of the agent",
        examples=[{"account_balance": 250.5}],
    )


class ResolvedContact(BaseModel):
    """The contact of a caller."""

    id: str | None = Field(description="Null for an unknown caller", examples=["contact_123"])
    known: bool = Field(description="Whether the contact was there before", examples=[True])
    reason: UnknownReason | None = Field(
        default=None, description="Why the caller is unknown. Absent for a known one"
    )
    language: str | None = Field(examples=["en"])
    time_zone: str | None = Field(examples=["America/New_York"])


class ResolvedState(BaseModel):
    """Why a declared variable has the value that an agent gets."""

    state: VariableState = Field(examples=["set"])
    reason: str | None = Field(default=None, description="Why the value is withheld")
    when_stale: Literal["hedge", "ask", "omit"] | None = Field(
        default=None, description="What the agent does with a stale value. Absent if it uses it"
    )
    updated_at: datetime | None = Field(default=None, examples=["2026-11-22T05:00:00.000Z"])
    source: Source | None = Field(default=None, examples=["human"])


class Question(BaseModel):
    """What an agent asks a caller."""

    variable: str = Field(description="The name that the agent declares", examples=["birthday"])
    question: str = Field(examples=["May I have your date of birth?"])


class Resolution(BaseModel):
    """Every variable that an agent declares, for one caller."""

    contact: ResolvedContact
    variables: dict[str, str | int | float | bool | None] = Field(
        description="The values by the names that the agent declares",
        examples=[{"plan": "Gold", "first_name": "John"}],
    )
    states: dict[str, ResolvedState] = Field(
        examples=[
            {
                "plan": {
                    "state": "set",
                    "updated_at": "2026-11-22T05:00:00.000Z",
                    "source": "human",
                },
                "first_name": {"state": "fallback"},
            }
        ]
    )
    ask: list[Question] = Field(
        description="What the agent asks the caller, in the order of the variables"
    )
    complete: bool = Field(
        description="False if storage was late: states are `unavailable` then", examples=[True]
    )
    call: str | None = Field(
        description="The id of the call, null for a request without one", examples=[CALL_ID]
    )
    as_of: datetime = Field(examples=["2026-11-26T10:00:00.000Z"])
    first_message: str | None = Field(
        default=None, description="What the agent says first", examples=["Hello John"]
    )


class ResolutionList(BaseModel):
    """What an agent gets for each caller, in their order."""

    data: list[Resolution]


class Call(BaseModel):
    """The answer that a call got first, with the variables that the key sees now."""

    id: str = Field(examples=[CALL_ID])
    agent: str = Field(examples=[AGENT_ID])
    contact: ResolvedContact
    assurance: Assurance = Field(examples=["number_match"])
    variables: dict[str, str | int | float | bool | None] = Field(examples=[{"plan": "Gold"}])
    states: dict[str, ResolvedState] = Field(examples=[{"plan": {"state": "fallback"}}])
    first_message: str | None = Field(
        description="Null if the key does not see all variables", examples=["Hello John"]
    )
    has_values: bool = Field(
        description="False for an answer so large that only digests are kept", examples=[True]
    )
    key_id: str = Field(description="The API key that asked", examples=["0f3b1c2d4e5f"])
    request_id: str = Field(examples=["JKJaXmPLvHcESHA="])
    as_of: datetime = Field(examples=["2026-11-26T10:00:00.000Z"])


class CallAnswered(BaseModel):
    """The request that a call was answered for."""

    at: datetime = Field(examples=["2026-11-26T10:00:00.000Z"])
    key_id: str = Field(examples=["0f3b1c2d4e5f"])
    request_id: str = Field(examples=["JKJaXmPLvHcESHA="])


class ExplainedValue(BaseModel):
    """Where a value in the answer of a call comes from."""

    call: str = Field(examples=[CALL_ID])
    variable: str = Field(description="The name that the agent declares", examples=["plan"])
    from_: str = Field(alias="from", examples=["membership_level"])
    value: str | int | float | bool | None = Field(examples=["Gold"])
    state: VariableState = Field(examples=["set"])
    reason: str | None = Field(description="Why the value is withheld", examples=[None])
    source: Source | None = Field(examples=["human"])
    updated_at: datetime | None = Field(examples=["2026-11-22T05:00:00.000Z"])
    set_by: str | None = Field(
        description="The API key that set the value", examples=["0f3b1c2d4e5f"]
    )
    request_id: str | None = Field(
        description="The request that set the value, while it is in the activity",
        examples=["JKJaXmPLvHcESHA="],
    )
    answered: CallAnswered


_NO_AGENT = errors.AgentNotFound(AGENT_ID)
_BAD_BODY = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must have exactly one of: id, phone", ("contact",))]
)
_NO_VARIABLE = InvalidRequest.from_faults(
    [Fault("required", "it is required", parameter="variable")]
)


def _query(name: str, description: str) -> Parameter:
    return Parameter(
        name,
        description,
        {"type": "string", "minLength": 1, "maxLength": 200},
    )


_OPERATIONS = {
    ("resolve_variables", "POST"): Operation(
        summary="Resolve the variables of a caller",
        description=(
            "Returns every variable that the agent declares, each with a state, before the "
            "deadline. A retry with the same `call_id` gets the first answer again. An unknown "
            "phone number becomes a contact, if there is a `call_id` and the key has the "
            "permission `contacts:write`."
        ),
        body=resolve_requests.ResolveRequest,
        examples={"by phone": EVENT},
        response=Success("What the agent gets", Resolution),
        error_responses=(_BAD_BODY, _NO_AGENT),
    ),
    ("get_resolution", "GET"): Operation(
        summary="Resolve the variables of a caller without a body",
        description=(
            "The same for platforms that can only fetch. It creates nothing: no contact, and no "
            "answer of a call is kept. Exactly one parameter names the contact."
        ),
        parameters=(
            Parameter(
                "agent",
                "The id of the agent",
                {"type": "string", "minLength": 1, "maxLength": 100},
                example=AGENT_ID,
                required=True,
            ),
            Parameter(
                "phone",
                "The phone number of the contact, empty if it is withheld",
                {"type": "string", "maxLength": 200},
                example="+15550100",
            ),
            _query("id", "The id of the contact"),
            *(_query(name, "What the contact is found by") for name in resolve_requests.REFERENCES),
            Parameter(
                "deadline_ms",
                "The milliseconds in which to answer, by default those of the agent",
                {"type": "integer", "minimum": MIN_DEADLINE_MS, "maximum": MAX_DEADLINE_MS},
            ),
            Parameter(
                "assurance",
                "How sure it is that the caller is the contact",
                {"type": "string", "enum": list(Assurance)},
            ),
        ),
        response=Success("What the agent gets", Resolution),
        error_responses=(
            InvalidRequest.from_faults([Fault("required", "it is required", parameter="agent")]),
            _NO_AGENT,
        ),
    ),
    ("resolve_batch", "POST"): Operation(
        summary="Resolve the variables of several callers",
        description=(
            f"Returns the variables of up to {MAX_BATCH} callers of one agent, in their order. "
            "It creates nothing."
        ),
        body=resolve_requests.ResolveBatch,
        examples={"two callers": EVENT},
        response=Success("What the agent gets for each", ResolutionList),
        error_responses=(_BAD_BODY, _NO_AGENT),
    ),
    ("get_call", "GET"): Operation(
        summary="Get a call",
        description=(
            "Returns the answer that a call got first. Answers are kept for 30 days, or as the "
            "deployment says. The call of a deleted contact is not found."
        ),
        response=Success("The call", Call),
    ),
    ("raise_assurance", "POST"): Operation(
        summary="Raise the assurance of a call",
        description=(
            "Says that the caller has proved who it is, and returns what that releases. The "
            "assurance is never lowered."
        ),
        body=AssuranceRaise,
        examples={"a code": EVENT},
        response=Success("The assurance of the call, and what it releases", Assured),
        error_responses=(_BAD_BODY,),
    ),
    ("explain_call", "GET"): Operation(
        summary="Say why a call had a value",
        description="Says which value an agent got, from which source, request and API key.",
        parameters=(
            Parameter(
                "variable",
                "The name that the agent declares",
                {"type": "string", "minLength": 1},
                example="plan",
                required=True,
            ),
        ),
        response=Success("Where the value comes from", ExplainedValue),
        error_responses=(_NO_VARIABLE, errors.VariableNotSet("plan")),
    ),
}

GROUP = Group("Calls", "What an agent gets for a caller, and why.", _OPERATIONS)
