"""Tools that agents call during a call, by the URL of the hook, in the format of the platform."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from shared.domain.contacts import PhoneNumber
from shared.domain.sources import DEFAULT_PRECEDENCE
from shared.services.agents import tools as hook_tools
from shared.services.agents.hook_tokens import hash_token, new_token
from shared.wiring import resolving
from tests.api import Api
from tests.failures import failing
from tests.fixtures import Fixtures

PHONE = "+15550100"
ADVICE = "There are level, visits, city, hours."


@pytest.fixture
def api(fixtures: Fixtures) -> Api:
    """Create a known caller, and an agent with a hook of each platform with tools."""
    fixtures.key("a-person", permissions=("contacts:read", "contacts:write"), source="human")
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    options = {"select_options": ("Silver", "Gold"), "precedence": DEFAULT_PRECEDENCE}
    fixtures.value(fixtures.definition("level", "select", **options), "Gold", 7)
    fixtures.definition("visits", "number")
    fixtures.definition("city", default_value="Lima")
    fixtures.definition("hours", context_type="business")
    fixtures.agent("agent_1", "level", "visits", "city", "business.hours", deadline_ms=10_000)
    return Api(None)


Tool = Callable[[str, Mapping[str, Any]], Any]
"""Calls a tool in the format of a platform. Returns its result, or its error as a text."""

IN_SHAPE: dict[str, Callable[[str, Mapping[str, Any]], tuple[Any, dict[str, str]]]] = {
    "vapi": lambda name, arguments: (
        {
            "message": {
                "type": "tool-calls",
                "toolCallList": [
                    {"id": "1", "function": {"name": name, "arguments": json.dumps(arguments)}}
                ],
                "call": {"id": "c1"},
                "customer": {"number": PHONE},
            }
        },
        {},
    ),
    "retell": lambda name, arguments: (
        {"name": name, "args": arguments, "call": {"call_id": "c1", "from_number": PHONE}},
        {},
    ),
    "elevenlabs": lambda name, arguments: (
        {**arguments, "call_sid": "c1", "caller_id": PHONE},
        {"tool": name},
    ),
}
BEGINS: dict[str, Any] = {
    "vapi": {
        "message": {
            "type": "assistant-request",
            "call": {"id": "c1"},
            "customer": {"number": PHONE},
        }
    },
    "retell": {"call_inbound": {"call_id": "c1", "from_number": PHONE}},
    "elevenlabs": {"call_sid": "c1", "caller_id": PHONE},
}


def token_of(fixtures: Fixtures, platform: str, **facts: Any) -> str:
    token = new_token("acme", platform, "hook_1")
    fixtures.hook(platform=platform, token_hash=hash_token(token), **facts)
    return token


@pytest.fixture(params=IN_SHAPE)
def tool(request: pytest.FixtureRequest, api: Api, fixtures: Fixtures) -> Tool:
    """Return a function that calls a tool during an announced call."""
    token = token_of(fixtures, request.param)
    assert api.call("POST", f"/h/{token}", BEGINS[request.param]).status == 200

    def call(name: str, arguments: Mapping[str, Any]) -> Any:
        body, query = IN_SHAPE[request.param](name, arguments)
        answer = api.call("POST", f"/h/{token}", body, query=query)
        assert answer.status == 200
        return result_of(request.param, answer.document)

    return call


def result_of(platform: str, document: Any) -> Any:
    if platform != "vapi":
        return document["result"] if document["ok"] else document["error"]
    (result,) = document["results"]
    text = result.get("result", result.get("error"))
    return json.loads(text) if text.startswith("{") else text


def test_what_was_set_is_read_in_the_same_call(tool: Tool, api: Api):
    assert tool("look_up", {"variables": ["visits"]}) == {"visits": None}
    assert tool("set_variable", {"variable": "visits", "value": 3}) == "Saved: visits is 3."
    assert tool("set_variables", {"variables": {"city": "Rome"}}) == "Saved: city is Rome."
    read = tool("look_up", {})
    assert read == {"level": "Gold", "visits": 3, "city": "Rome", "hours": None}
    shown = api.call("GET", "/v1/contacts/contact_7/variables/visits", key="a-person").document
    assert (shown["source"], shown["evidence"]["call_id"][:5]) == ("ai", "call_")


def test_setting_reads_no_values_of_the_business(tool: Tool):
    queries: list[str] = []
    with failing(
        {"Query": lambda request: queries.append(str(request["body"]))}, resolving.table()
    ):
        assert tool("set_variable", {"variable": "visits", "value": 3}) == "Saved: visits is 3."
    assert queries
    assert not [each for each in queries if "#BUSINESS" in each]


def test_a_value_of_a_person_stays_and_the_agent_is_told(tool: Tool, api: Api):
    path = "/v1/contacts/contact_7/variables/level"
    api.call("PUT", path, {"value": "Silver"}, key="a-person")
    told = tool("set_variable", {"variable": "level", "value": "Gold"})
    assert told == (
        "Not changed: level has a value that you cannot replace. Gold is suggested to a person."
    )
    assert tool("look_up", {"variables": "level"}) == {"level": "Silver"}
    (one,) = api.call("GET", "/v1/suggestions", key="a-person").document["data"]
    assert (one["value"], one["source"]) == ("Gold", "ai")


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("dance", {}, "There is no such tool. The tools are look_up, set_variable, set_variables."),
        ("look_up", {"variables": ["secret"]}, f"There is no variable secret. {ADVICE}"),
        ("look_up", {"variables": {"a": 1}}, "variables must be a list of names."),
        ("look_up", {"variables": [None]}, f"There is no variable . {ADVICE}"),
        ("set_variable", {"variable": "visits"}, 'Send {"variable": <name>, "value": <value>}.'),
        ("set_variables", {"variables": []}, "Send variables, an object of names and values."),
        ("set_variables", {"variables": {}}, "Send variables, an object of names and values."),
        ("set_variables", {"owner": "x"}, f"There is no variable owner. {ADVICE}"),
        (
            "set_variables",
            {"variables": {f"v{i}": 1 for i in range(21)}},
            "Set at most 20 variables at once.",
        ),
        (
            "set_variable",
            {"variable": "hours", "value": "9-5"},
            "hours belongs to the business and cannot be set in a call.",
        ),
        (
            "set_variables",
            {"variables": {"level": "Iron", "city": None, "visits": "4"}},
            (
                "Not saved: level: it is no select: it must be one of: Silver, Gold. "
                "Not saved: city has no value. Send one. Saved: visits is 4."
            ),
        ),
    ],
)
def test_bad_arguments_get_a_line_to_act_on(
    name: str, arguments: dict[str, Any], told: str, api: Api, fixtures: Fixtures
):
    token = token_of(fixtures, "retell")
    body, _ = IN_SHAPE["retell"](name, arguments)
    assert result_of("retell", api.call("POST", f"/h/{token}", body).document) == told


def test_tools_are_about_the_contact_of_the_call_whatever_number_they_name(
    api: Api, fixtures: Fixtures
):
    fixtures.contact(8, phone_numbers=(PhoneNumber(1, "+15550108"),))
    token = token_of(fixtures, "retell")
    api.call("POST", f"/h/{token}", BEGINS["retell"])
    body = {
        "name": "set_variable",
        "args": {"variable": "city", "value": "Rome", "contact_id": 8},
        "call": {"call_id": "c1", "from_number": "+15550108"},
    }
    assert api.call("POST", f"/h/{token}", body).document["ok"]
    path = "/v1/contacts/contact_{}/variables/city"
    read = [api.call("GET", path.format(each), key="a-person") for each in (7, 8)]
    assert [each.status for each in read] == [200, 404]


def test_an_unknown_caller_reads_defaults_and_sets_nothing(api: Api, fixtures: Fixtures):
    token = token_of(fixtures, "retell")
    call = {"call_id": "c2", "from_number": "+15550199"}
    read = api.call("POST", f"/h/{token}", {"name": "look_up", "args": {}, "call": call}).document
    assert (read["result"]["city"], read["result"]["level"]) == ("Lima", None)
    arguments = {"variable": "city", "value": "Rome"}
    sent = {"name": "set_variable", "args": arguments, "call": call}
    told = api.call("POST", f"/h/{token}", sent).document
    assert told["error"] == "Nothing was saved: the caller is not a known contact."


def test_an_unsigned_request_uses_no_tool(api: Api, fixtures: Fixtures):
    token = token_of(fixtures, "retell", secret="key_test_0123456789")
    before = fixtures.items()
    body, _ = IN_SHAPE["retell"]("set_variable", {"variable": "city", "value": "Rome"})
    told = api.call("POST", f"/h/{token}", body).document
    assert (told["ok"], "signature" in told["error"]) == (False, True)
    assert fixtures.items() == before


def test_tools_of_a_deleted_agent_say_so(api: Api, fixtures: Fixtures):
    token = token_of(fixtures, "retell", agent_id="agent_2")
    for name, arguments in (("look_up", {}), ("set_variable", {"variable": "city", "value": "A"})):
        body, _ = IN_SHAPE["retell"](name, arguments)
        told = result_of("retell", api.call("POST", f"/h/{token}", body).document)
        assert told == "The agent of this hook was deleted."


@pytest.mark.parametrize(
    ("deleted", "told"),
    [
        ("variable", "Not saved: city does not exist any more."),
        ("contact", "Not saved: city: the contact was deleted."),
    ],
)
def test_what_is_deleted_while_it_is_set_is_not_saved(
    deleted: str, told: str, api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    set_variable = hook_tools.set_variable

    def set_late(*arguments: Any) -> Any:
        if deleted == "contact":
            fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 7))
        else:
            found = fixtures.definitions.list("acme")
            fixtures.definitions.delete("acme", *(each for each in found if each.name == "city"))
        return set_variable(*arguments)

    token = token_of(fixtures, "retell")
    monkeypatch.setattr(hook_tools, "set_variable", set_late)
    body, _ = IN_SHAPE["retell"]("set_variable", {"variable": "city", "value": "Rome"})
    assert result_of("retell", api.call("POST", f"/h/{token}", body).document) == told
    assert "Rome" not in str(fixtures.items())
