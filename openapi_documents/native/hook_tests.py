"""Describe the test of a hook in the native API, and its report.

Serves the promise that every endpoint is described and every response documented. The report is
built by `shared/dialects/native/hook_test_responses.py`.
"""

from typing import Annotated

from pydantic import BaseModel, Field

from openapi_documents.description import JsonObject, Model, Operation, Success
from openapi_documents.examples import EVENT
from openapi_documents.native.agents import AGENT_ID
from openapi_documents.native.resolving import Question, ResolvedContact, ResolvedState
from shared.dialects.native import hook_test_requests
from shared.domain.disclosure import Assurance
from shared.domain.errors import Fault, InvalidRequest, PermissionDenied
from shared.domain.hook_reports import CheckResult, Outcome
from shared.platforms.registry import NAMES

_URL = "https://api.example.com/h/<token>"
_BODY = '{"event": "call_inbound", "call_inbound": {"from_number": "+15550101"}}'
_SETTING = "Phone number: inbound webhook URL"

LIMITS: dict[Model, JsonObject] = {
    hook_test_requests.HookTestBody: {"maxProperties": 1},
    hook_test_requests.PlatformRequest: {"properties": {"received_at": {"format": "date-time"}}},
}


class HookCheck(BaseModel):
    """One check of a hook."""

    check: str = Field(description="What was checked", examples=["signature"])
    result: CheckResult = Field(examples=["failure"])
    fact: str = Field(
        description="What was found",
        examples=["The signature is wrong: of other bytes, or of another key."],
    )
    action: str | None = Field(
        description="What to do about it", examples=["Create the hook with another secret."]
    )


class SampleRequest(BaseModel):
    """A request as the platform sends it, without a signature."""

    method: str = Field(examples=["POST"])
    url: str = Field(examples=[_URL])
    headers: dict[str, str] = Field(examples=[{"content-type": "application/json"}])
    body: str = Field(examples=[_BODY])


class HookAnswer(BaseModel):
    """The response that the platform would get."""

    status: int = Field(examples=[200])
    headers: dict[str, str] = Field(examples=[{"content-type": "application/json"}])
    body: str = Field(examples=['{"call_inbound": {"dynamic_variables": {"plan": "Gold"}}}'])
    bytes: int = Field(description="The size of the body", examples=[57])


class TestedResolution(BaseModel):
    """What the agent gets, and why."""

    contact: ResolvedContact
    assurance: Assurance = Field(examples=["number_match"])
    states: dict[str, ResolvedState] = Field(examples=[{"plan": {"state": "fallback"}}])
    ask: list[Question]


class TestTime(BaseModel):
    """How long the platform waits, and when it is answered, in milliseconds."""

    deadline_ms: int | None = Field(description="Null without an agent", examples=[1200])
    platform_waits_ms: int | None = Field(
        description="Null if the platform does not publish it", examples=[10000]
    )


class PlatformLimits(BaseModel):
    """What the platform takes as variables."""

    value_types: str = Field(description="`text`, `scalars` or `json`", examples=["text"])
    nulls: bool = Field(examples=[False])
    max_value_chars: int = Field(examples=[2000])
    max_values_bytes: int = Field(examples=[64000])
    max_variables: int | None = Field(description="Null without a limit", examples=[None])


class ConsoleSetting(BaseModel):
    """A setting to make in the console of the platform."""

    setting: str = Field(examples=[_SETTING])
    value: str = Field(examples=[_URL])
    note: str | None = Field(examples=["`inbound_webhook_url` in the API."])


class HookReport(BaseModel):
    """What a platform would get from a hook, and what to set at the platform."""

    hook: str = Field(examples=["hook_018f9c5b2a40123456789abcdef"])
    agent: str = Field(examples=[AGENT_ID])
    platform: Annotated[str, Field(examples=[NAMES[0]])]
    result: CheckResult = Field(description="The worst result of a check", examples=["failure"])
    outcome: Outcome = Field(description="What the platform would get", examples=["answered"])
    consequence: str = Field(
        description="What the call does then",
        examples=["Retell gets every variable that the agent declares."],
    )
    checks: list[HookCheck]
    request: SampleRequest | None = Field(
        description="The sample that was made. Null if a request was given"
    )
    answer: HookAnswer | None = Field(
        description="Null for a tool, which a test does not run, and for another token"
    )
    resolution: TestedResolution | None = Field(
        description="Null if the agent gets nothing of a contact"
    )
    time: TestTime
    limits: PlatformLimits
    on_failure: str = Field(
        description="What a call does if the platform gets no success",
        examples=["The call ends."],
    )
    console: list[ConsoleSetting]
    sources: str = Field(
        description="The pages of the platform's documentation that this is from",
        examples=["docs.retellai.com: Inbound Call Webhook"],
    )


_BAD_BODY = InvalidRequest.from_faults(
    [Fault("invalid_value", "a request has its own caller", ("contact",))]
)

TEST_HOOK = Operation(
    summary="Test a hook",
    description=(
        "Answers a request as the hook would, checks it and the answer, and lists what to set in "
        "the platform's console. The request is a sample for a caller, or the one that a platform "
        "sent, with its headers and its body byte for byte. Creates and keeps nothing."
    ),
    body=hook_test_requests.HookTestBody,
    body_is_optional=True,
    examples={
        "a sample": EVENT,
        "a request that was refused": {
            "request": {
                "headers": {"x-retell-signature": "v=1780012672105,d=1859ae14"},
                "body": _BODY,
                "received_at": "2026-05-28T23:57:52+00:00",
            }
        },
    },
    response=Success("What the platform would get", HookReport),
    error_responses=(_BAD_BODY, PermissionDenied("access to all that the hook reads")),
)
