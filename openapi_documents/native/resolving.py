"""Describe the operations that resolve variables, and those on calls, and their responses."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from openapi_documents.description import Group, JsonObject, Operation, Parameter, Success
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from openapi_documents.native.agents import AGENT_ID
from shared.dialects.native import resolve_requests
from shared.dialects.native.call_responses import AssuranceRaise
from shared.domain import errors
from shared.domain.calls import VariableState
from shared.domain.disclosure import Assurance
from shared.domain.resolutions import UnknownReason
from shared.domain.sources import Source
from shared.validation.agents import MAX_BATCH, MAX_DEADLINE_MS, MIN_DEADLINE_MS

CALL_ID = "call_0123456789abcdef0123456789abcdef"

_ONE_CONTACT: JsonObject = {"minProperties": 1, "maxProperties": 1}


class Assured(BaseModel):
    """The assurance of a call."""

    call: str = member("The id of the call", example=CALL_ID)
    assurance: Assurance = member(
        "How sure it is that the caller is the contact", example=Assurance.OTP
    )
    released: JsonObject = member(
        "The values that the first answer withheld, by the names of the agent",
        example={"account_balance": 250.5},
    )


class ResolvedContact(BaseModel):
    """The contact of a caller."""

    id: str | None = member("Null for an unknown caller", example="contact_123")
    known: bool = member("Whether the contact was there before", example=True)
    reason: UnknownReason | None = member(
        "Why the caller is unknown. Absent for a known one", optional=True
    )
    language: str | None = member(example="en")
    time_zone: str | None = member(example="America/New_York")


class ResolvedState(BaseModel):
    """Why a declared variable has the value that an agent gets."""

    state: VariableState = member(example="set")
    reason: str | None = member("Why the value is withheld", optional=True)
    when_stale: Literal["hedge", "ask", "omit"] | None = member(
        "What the agent does with a stale value. Absent if it uses it", optional=True
    )
    updated_at: datetime | None = member(example="2026-11-22T05:00:00.000Z", optional=True)
    source: Source | None = member(example="human", optional=True)


class Question(BaseModel):
    """What an agent asks a caller."""

    variable: str = member("The name that the agent declares", example="birthday")
    question: str = member(example="May I have your date of birth?")


class Resolution(BaseModel):
    """Every variable that an agent declares, for one caller."""

    contact: ResolvedContact
    variables: dict[str, str | int | float | bool | None] = member(
        "The values by the names that the agent declares",
        example={"plan": "Gold", "first_name": "John"},
    )
    states: dict[str, ResolvedState] = member(
        example={
            "plan": {"state": "set", "updated_at": "2026-11-22T05:00:00.000Z", "source": "human"},
            "first_name": {"state": "fallback"},
        }
    )
    ask: list[Question] = member("What the agent asks the caller, in the order of the variables")
    complete: bool = member(
        "False if storage was late: states are `unavailable` then", example=True
    )
    call: str | None = member("The id of the call, null for a request without one", example=CALL_ID)
    as_of: datetime = member(example="2026-11-26T10:00:00.000Z")
    first_message: str | None = member(
        "What the agent says first", example="Hello John", optional=True
    )


class ResolutionList(BaseModel):
    """What an agent gets for each caller, in their order."""

    data: list[Resolution]


class Call(BaseModel):
    """The answer that a call got first, with the variables that the key sees now."""

    id: str = member(example=CALL_ID)
    agent: str = member(example=AGENT_ID)
    contact: ResolvedContact
    assurance: Assurance = member(example="number_match")
    variables: dict[str, str | int | float | bool | None] = member(example={"plan": "Gold"})
    states: dict[str, ResolvedState] = member(example={"plan": {"state": "fallback"}})
    first_message: str | None = member(
        "Null if the key does not see all variables", example="Hello John"
    )
    has_values: bool = member(
        "False for an answer so large that only digests are kept", example=True
    )
    key_id: str = member("The API key that asked", example="0f3b1c2d4e5f")
    request_id: str = member(example="JKJaXmPLvHcESHA=")
    as_of: datetime = member(example="2026-11-26T10:00:00.000Z")


class CallAnswered(BaseModel):
    """The request that a call was answered for."""

    at: datetime = member(example="2026-11-26T10:00:00.000Z")
    key_id: str = member(example="0f3b1c2d4e5f")
    request_id: str = member(example="JKJaXmPLvHcESHA=")


class ExplainedValue(BaseModel):
    """Where a value in the answer of a call comes from."""

    call: str = member(example=CALL_ID)
    variable: str = member("The name that the agent declares", example="plan")
    from_: str = member(example="membership_level", alias="from")
    value: str | int | float | bool | None = member(example="Gold")
    state: VariableState = member(example="set")
    reason: str | None = member("Why the value is withheld")
    source: Source | None = member(example="human")
    updated_at: datetime | None = member(example="2026-11-22T05:00:00.000Z")
    set_by: str | None = member("The API key that set the value", example="0f3b1c2d4e5f")
    request_id: str | None = member(
        "The request that set the value, while it is in the activity", example="JKJaXmPLvHcESHA="
    )
    answered: CallAnswered


_NO_AGENT = errors.AgentNotFound(AGENT_ID)
_BAD_BODY = native.bad_member("it must have exactly one of: id, phone", "contact")
_NO_VARIABLE = native.bad_parameter("variable", "it is required", "required")


def _query(name: str, description: str) -> Parameter:
    return Parameter(name, description, {"type": "string", "minLength": 1, "maxLength": 200})


_OPERATIONS = {
    ("resolve_variables", "POST"): Operation(
        "Returns every variable that the agent declares, each with a state, before the "
        "deadline. A retry with the same `call_id` gets the first answer again. An unknown "
        "phone number becomes a contact, if there is a `call_id` and the key has the "
        "permission `contacts:write`.",
        body=resolve_requests.ResolveRequest,
        response=Success("What the agent gets", Resolution),
        errors=(_BAD_BODY, _NO_AGENT),
    ),
    ("get_resolution", "GET"): Operation(
        "The same for platforms that can only fetch. It creates nothing: no contact, and no "
        "answer of a call is kept. Exactly one parameter names the contact.",
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
        errors=(native.bad_parameter("agent", "it is required", "required"), _NO_AGENT),
    ),
    ("resolve_batch", "POST"): Operation(
        f"Returns the variables of up to {MAX_BATCH} callers of one agent, in their order. "
        "It creates nothing.",
        body=resolve_requests.ResolveBatch,
        response=Success("What the agent gets for each", ResolutionList),
        errors=(_BAD_BODY, _NO_AGENT),
    ),
    ("get_call", "GET"): Operation(
        "Returns the answer that a call got first. Answers are kept for 30 days, or as the "
        "deployment says. The call of a deleted contact is not found.",
        response=Success("The call", Call),
    ),
    ("raise_assurance", "POST"): Operation(
        "Says that the caller has proved who it is, and returns what that releases. The "
        "assurance is never lowered.",
        body=AssuranceRaise,
        response=Success("The assurance of the call, and what it releases", Assured),
        errors=(_BAD_BODY,),
    ),
    ("explain_call", "GET"): Operation(
        "Says which value an agent got, from which source, request and API key.",
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
        errors=(_NO_VARIABLE, errors.VariableNotSet("plan")),
    ),
}

GROUP = Group(
    "Calls",
    "What an agent gets for a caller, and why.",
    _OPERATIONS,
    path_parameters=(
        Parameter(
            "call_id",
            "The id of the call, as a resolve returned it",
            example=CALL_ID,
            errors=(errors.CallNotFound(CALL_ID),),
        ),
    ),
    limits={resolve_requests.ContactReference: _ONE_CONTACT},
)
