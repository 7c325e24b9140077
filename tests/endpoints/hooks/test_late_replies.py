"""The response to a platform when storage does not respond before the deadline."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.agents import CompiledAgent
from shared.domain.calls import MessageKind
from shared.platforms.hook_messages import PlatformHookMessage
from shared.platforms.samples import sample_body
from shared.services.agents.hook_calls import NOT_IN_TIME, caller_of_hook, late_reply
from shared.wiring.endpoints import log
from tests.fixtures import Fixtures

TOOL = {"id": "1", "function": {"name": "look_up", "arguments": "{}"}}
TOOLS = {"message": {"type": "tool-calls", "toolCallList": [TOOL], "call": {"id": "c1"}}}
NOTICE = {"message": {"type": "status-update", "call": {"id": "c1"}}}


def message_of(name: str, body: str | Mapping[str, Any]) -> PlatformHookMessage:
    text = body if isinstance(body, str) else json.dumps(body)
    found = PlatformHookMessage.of(
        name,
        method="POST",
        url="https://api.example.com/h/token",
        headers={"content-type": "application/json"},
        query={},
        body=text.encode(),
    )
    assert found is not None
    return found


@pytest.fixture
def compiled(fixtures: Fixtures) -> CompiledAgent:
    """Create an agent with a default, a fallback and a variable of another team."""
    fixtures.definition("city", default_value="Lima")
    fixtures.definition("secret", default_value="hidden", team=7)
    fixtures.agent("agent_1", "city", "secret", first_message="Hello from {{city}}")
    found = fixtures.agents.find_compiled("acme", "agent_1")
    assert found is not None
    return found


def test_a_known_agent_gets_its_fallbacks(compiled: CompiledAgent, fixtures: Fixtures):
    hook = fixtures.hook()
    caller = caller_of_hook("acme", hook, "a-request", datetime.now(UTC))
    message = message_of("retell", sample_body("retell", "+15550100", "c1"))
    reply = late_reply(log(), message, hook, compiled, caller)
    told = json.loads(reply.body)["call_inbound"]["dynamic_variables"]
    assert (reply.status, told["city"], told["secret"]) == (200, "Lima", "")


def test_an_agent_that_is_not_known_gets_an_answer_in_its_shape():
    message = message_of("retell", sample_body("retell", "+15550100", "c1"))
    reply = late_reply(log(), message, None, None, None)
    told = json.loads(reply.body)["call_inbound"]
    assert reply.status == 200
    assert not any(told.get("dynamic_variables", {}).values())


def test_tools_are_said_to_have_an_unknown_outcome():
    reply = late_reply(log(), message_of("vapi", TOOLS), None, None, None)
    (result,) = json.loads(reply.body)["results"]
    assert (result["toolCallId"], result["error"]) == ("1", NOT_IN_TIME)


def test_a_notice_is_acknowledged():
    message = message_of("vapi", NOTICE)
    assert late_reply(log(), message, None, None, None) == message.acknowledge()


def test_a_platform_that_reads_no_results_of_tools_gets_an_acknowledgement():
    message = message_of("vapi", TOOLS)
    assert message.message.kind is MessageKind.TOOLS
    without = replace(message, platform=replace(message.platform, answer_tools=None))
    assert without.answer_tools([]) == without.acknowledge()
