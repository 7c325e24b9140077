"""No call of an agent costs more than its message and what is stored say."""

import json
import time
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

import pytest

from benchmarks.hostile import MAX_RATIO, VALUES, Case, measured
from shared.domain.agents import Agent, DeclaredVariable, Origin
from shared.domain.contacts import PhoneNumber
from shared.domain.definitions import ContextType
from shared.services.agents.hook_tokens import hash_token, new_token
from tests.api import Api
from tests.fixtures import KEY, Fixtures
from tests.platforms.test_any_message import MESSAGES, places, replaced

PHONE = "+15550100"
DECLARED = 500
BODY_BYTES = 200_000
TRIES = 6
MESSAGE_BYTES = 100_000
FAMILIES_AT_ONCE = 2


@pytest.fixture
def api(fixtures: Fixtures) -> Api:
    """An agent of many variables, one of which is large."""
    fixtures.key(KEY, permissions=("*",))
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    names = [f"name_{number}" for number in range(DECLARED)]
    fixtures.definition("name_0")
    fixtures.agent("agent_1", *names, deadline_ms=10_000)
    return Api(KEY)


def seconds(send: Callable[[], Any]) -> float:
    """Return the least CPU that a request takes."""
    times = []
    for _ in range(TRIES):
        before = time.process_time()
        assert send().status == 200
        times.append(time.process_time() - before)
    return min(times)


def tool_calls(platform: str, arguments: list[Any]) -> Any:
    """Return a message with calls of the tool `look_up`, one at least."""
    if platform == "retell":
        call = {"call_id": "c1", "from_number": PHONE}
        return {"name": "look_up", "args": arguments[0], "call": call}
    if platform == "elevenlabs":
        return {**arguments[0], "tool": "look_up", "call_sid": "c1", "caller_id": PHONE}
    calls = [
        {"id": str(number), "function": {"name": "look_up", "arguments": json.dumps(each)}}
        for number, each in enumerate(arguments)
    ]
    message = {"type": "tool-calls", "toolCallList": calls, "call": {"id": "c1"}}
    return {"message": {**message, "customer": {"number": PHONE}}}


@pytest.mark.parametrize("platform", ["retell", "elevenlabs", "vapi"])
def test_many_names_to_look_up_cost_what_their_size_does(
    platform: str, api: Api, fixtures: Fixtures
):
    token = new_token("acme", platform, "hook_1")
    fixtures.hook(platform=platform, token_hash=hash_token(token))
    calls = 8 if platform == "vapi" else 1
    names = ["name_1"] * (BODY_BYTES // calls // 9)

    def sent(given: Any) -> Callable[[], Any]:
        message = tool_calls(platform, [{"variables": given}] * calls)
        return lambda: api.call("POST", f"/h/{token}", message)

    plain = seconds(sent(["name_1" + "x" * (BODY_BYTES // calls)]))
    assert seconds(sent(names)) / plain < MAX_RATIO


def agent_of(fixtures: Fixtures) -> Agent:
    agent = fixtures.agents.find("acme", "agent_1")
    assert agent is not None
    return agent


@pytest.mark.parametrize("value", ["a  b ", "\n", "a"], ids=["spaces", "lines", "letters"])
def test_a_first_message_costs_what_its_length_says_however_long_a_value_is(
    value: str, api: Api, fixtures: Fixtures
):
    path = "/v1/contacts/contact_7/variables/name_0"
    assert api.call("PUT", path, {"value": value * (BODY_BYTES // len(value))}).status == 200
    variables = agent_of(fixtures).variables

    def sent(message: str) -> Callable[[], Any]:
        agent_id = f"agent_of_{message[:9].strip('{}')}"
        facts = {"variables": variables, "first_message": message, "deadline_ms": 10_000}
        fixtures.agent(agent_id, **facts)
        wanted = {"agent": agent_id, "contact": {"id": "contact_7"}, "deadline_ms": 10_000}
        return lambda: api.call("POST", "/v1/resolve", wanted)

    plain = seconds(sent("{{name_1}}" * 200))
    assert seconds(sent("{{name_0}}" * 200)) / plain < MAX_RATIO


@pytest.mark.parametrize("variable_type", ["text", "json"])
@pytest.mark.parametrize("path", ["/v1/resolve", "/v1/resolve/batch"])
def test_a_long_value_under_many_names_costs_what_it_does_under_one(
    path: str, variable_type: str, api: Api, fixtures: Fixtures
):
    fixtures.definition("long", variable_type)
    value: Any = "x" * BODY_BYTES if variable_type == "text" else ["x" * 30_000]
    variable = "/v1/contacts/contact_7/variables/long"
    assert api.call("PUT", variable, {"value": value}).status == 200
    origin = Origin(ContextType.CONTACT, "long")

    def sent(names: int) -> Callable[[], Any]:
        declared = [DeclaredVariable(f"name_{number}", origin) for number in range(names)]
        fixtures.agent(f"agent_of_{names}", variables=tuple(declared), deadline_ms=10_000)
        wanted: dict[str, Any] = {"agent": f"agent_of_{names}", "contact": {"id": "contact_7"}}
        wanted |= {"call_id": "a-call"}
        if path.endswith("batch"):
            contacts = [{"id": "contact_7"}] * (2 if names > 1 else 1)
            wanted = {"agent": f"agent_of_{names}", "contacts": contacts}
        return lambda: api.call("POST", path, {**wanted, "deadline_ms": 10_000})

    plain = seconds(sent(1))
    many = sent(DECLARED)
    # A function that has just started does not know the agent, and so no fallbacks.
    assert many().document["code"] == "answer_too_large"
    assert seconds(many) / plain < MAX_RATIO
    # All of it is more than a response can have, so that there are fallbacks instead.
    (answer, *_) = many().document.get("data", [many().document])
    assert (answer["complete"], answer["variables"]["name_1"]) == (False, None)


URL_MESSAGES = [(name, sent) for name, sent in MESSAGES if name not in ("amazon_connect", "lex_v2")]


@pytest.mark.parametrize(("platform", "sent"), URL_MESSAGES, ids=[each[0] for each in URL_MESSAGES])
def test_a_hostile_message_of_a_platform_costs_what_a_plain_one_does(
    platform: str, sent: Any, api: Api, fixtures: Fixtures
):
    token = new_token("acme", platform, "hook_1")
    fixtures.hook(platform=platform, token_hash=hash_token(token))

    def send(body: bytes) -> float:
        before = time.process_time()
        assert api.call("POST", f"/h/{token}", body=body).status == 200
        return time.process_time() - before

    families = cycle(VALUES.items())
    costs = []
    for path in places(sent):
        hole = json.dumps(replaced(sent, path, "@hole@"))
        plain = hole.replace("@hole@", "x" * MESSAGE_BYTES).encode()
        for family, make in islice(families, FAMILIES_AT_ONCE):
            hostile = hole.replace('"@hole@"', make(MESSAGE_BYTES)).encode()
            costs.append(measured(Case(family, str(path), hostile, plain), send))
    assert [each for each in costs if each.ratio > MAX_RATIO] == []
