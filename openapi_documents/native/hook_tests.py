"""Describe the test of a hook in the native API, and its report."""

from typing import Annotated

from pydantic import BaseModel

from openapi_documents.description import EVENT, JsonObject, Model, Operation, Success
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from openapi_documents.native.agents import AGENT_ID
from openapi_documents.native.resolving import Question, ResolvedContact, ResolvedState
from shared.dialects.native import hook_test_requests
from shared.domain.disclosure import Assurance
from shared.domain.errors import PermissionDenied
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

    check: str = member("What was checked", example="signature")
    result: CheckResult = member(example="failure")
    fact: str = member(
        "What was found", example="The signature is wrong: of other bytes, or of another key."
    )
    action: str | None = member(
        "What to do about it", example="Create the hook with another secret."
    )


class SampleRequest(BaseModel):
    """A request as the platform sends it, without a signature."""

    method: str = member(example="POST")
    url: str = member(example=_URL)
    headers: dict[str, str] = member(example={"content-type": "application/json"})
    body: str = member(example=_BODY)


class HookAnswer(BaseModel):
    """The response that the platform would get."""

    status: int = member(example=200)
    headers: dict[str, str] = member(example={"content-type": "application/json"})
    body: str = member(example='{"call_inbound": {"dynamic_variables": {"plan": "Gold"}}}')
    bytes: int = member("The size of the body", example=57)


class TestedResolution(BaseModel):
    """What the agent gets, and why."""

    contact: ResolvedContact
    assurance: Assurance = member(example="number_match")
    states: dict[str, ResolvedState] = member(example={"plan": {"state": "fallback"}})
    ask: list[Question]


class TestTime(BaseModel):
    """How long the platform waits, and when it is answered, in milliseconds."""

    deadline_ms: int | None = member("Null without an agent", example=1200)
    platform_waits_ms: int | None = member(
        "Null if the platform does not publish it", example=10000
    )


class PlatformLimits(BaseModel):
    """What the platform takes as variables."""

    value_types: str = member("`text`, `scalars` or `json`", example="text")
    nulls: bool
    max_value_chars: int = member(example=2000)
    max_values_bytes: int = member(example=64000)
    max_variables: int | None = member("Null without a limit")


class ConsoleSetting(BaseModel):
    """A setting to make in the console of the platform."""

    setting: str = member(example=_SETTING)
    value: str = member(example=_URL)
    note: str | None = member(example="`inbound_webhook_url` in the API.")


class HookReport(BaseModel):
    """What a platform would get from a hook, and what to set at the platform."""

    hook: str = member(example="hook_018f9c5b2a40123456789abcdef")
    agent: str = member(example=AGENT_ID)
    platform: Annotated[str, member(example=NAMES[0])]
    result: CheckResult = member("The worst result of a check", example="failure")
    outcome: Outcome = member("What the platform would get", example="answered")
    consequence: str = member(
        "What the call does then", example="Retell gets every variable that the agent declares."
    )
    checks: list[HookCheck]
    request: SampleRequest | None = member("The sample that was made. Null if a request was given")
    answer: HookAnswer | None = member(
        "Null for a tool, which a test does not run, and for another token"
    )
    resolution: TestedResolution | None = member("Null if the agent gets nothing of a contact")
    time: TestTime
    limits: PlatformLimits
    on_failure: str = member(
        "What a call does if the platform gets no success", example="The call ends."
    )
    console: list[ConsoleSetting]
    sources: str = member(
        "The pages of the platform's documentation that this is from",
        example="docs.retellai.com: Inbound Call Webhook",
    )


_BAD_BODY = native.bad_member("a request has its own caller", "contact")

TEST_HOOK = Operation(
    "Answers a request as the hook would, checks it and the answer, and lists what to set in "
    "the platform's console. The request is a sample for a caller, or the one that a platform "
    "sent, with its headers and its body byte for byte. Creates and keeps nothing.",
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
    errors=(_BAD_BODY, PermissionDenied("access to all that the hook reads")),
)
