"""The scenarios of agents, their calls and hooks."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from benchmarks.client import Call
from benchmarks.scenario import Scenario, prepares
from benchmarks.stage import AGENT_ID, CALL_ID, CONTACT_ID, HOOK_ID, Stage, names
from shared.domain.definitions import ContextType
from shared.domain.disclosure import Purpose

_PHONE = f"+1555{CONTACT_ID:07d}"
_UNKNOWN = "+15559999999"
_ONE = f"/v1/agents/{AGENT_ID}"

_Scenario = partial(Scenario, "native")


@prepares
def _of_agents(
    stage: Stage, method: str, path: str, document: Mapping[str, Any] | None = None
) -> Call:
    """Prepare a request on an account with ten agents of 20 variables."""
    stage.add_agents(10, stage.define(20))
    return Call(method, path, document)


@prepares
def _resolve(
    stage: Stage, count: int, phone: str = _PHONE, call_id: str | None = None, business: int = 0
) -> Call:
    """Prepare a request for the variables of a contact that has a value of each."""
    defined = stage.define(count)
    stage.add_contact(defined)
    if business:
        of_business = stage.define(business, ContextType.BUSINESS)
        stage.set_business(of_business)
        defined += of_business
    stage.add_agents(1, defined)
    body = {"agent": AGENT_ID, "contact": {"phone": phone}}
    return Call("POST", "/v1/resolve", {**body, **({"call_id": call_id} if call_id else {})})


def _resolve_purpose(stage: Stage) -> Call:
    """Prepare a resolve of an agent of a purpose, on an account where no definition changed."""
    stage.add_contact(stage.define(200))
    stage.add_agents(1, (), purpose=Purpose.PROMPT)
    return Call("POST", "/v1/resolve", {"agent": AGENT_ID, "contact": {"phone": _PHONE}})


def _get_resolution(stage: Stage) -> Call:
    defined = stage.define(200)
    stage.add_contact(defined)
    stage.add_agents(1, defined)
    return Call("GET", "/v1/resolve", query=f"agent={AGENT_ID}&id=contact_{CONTACT_ID}")


def _resolve_batch(stage: Stage) -> Call:
    defined = stage.define(20)
    stage.add_agents(1, defined)
    for contact_id in range(1, 11):
        stage.add_contact(defined, contact_id)
    contacts = [{"phone": f"+1555{contact_id:07d}"} for contact_id in range(1, 11)]
    return Call("POST", "/v1/resolve/batch", {"agent": AGENT_ID, "contacts": contacts})


@prepares
def _of_call(stage: Stage, path: str = "", query: str = "") -> Call:
    """Prepare a request on a call of 20 variables, with an activity of 100 changes."""
    defined = stage.define(20)
    stage.add_contact(defined)
    stage.add_agents(1, defined)
    stage.add_activity(defined, 100)
    stage.add_call(defined)
    return Call("GET", f"/v1/calls/{CALL_ID}{path}", query=query)


@prepares
def _raise_assurance(stage: Stage) -> Call:
    """Prepare a request to raise the assurance of a call of 20 variables."""
    defined = stage.define(20)
    stage.add_contact(defined)
    stage.add_agents(1, defined)
    stage.add_call(defined)
    return Call("POST", f"/v1/calls/{CALL_ID}/assurance", {"assurance": "otp"})


@prepares
def _of_hook(
    stage: Stage, method: str, path: str, document: Mapping[str, Any] | None = None
) -> Call:
    """Prepare a request on a hook for an agent of 20 variables."""
    stage.add_agents(1, stage.define(20))
    stage.add_hook()
    return Call(method, f"/v1/hooks{path}", document)


@prepares
def _ring(stage: Stage, count: int, call_id: str | None = None) -> Call:
    """Prepare the call of a contact that has a value of each variable."""
    defined = stage.define(count)
    stage.add_contact(defined)
    stage.add_agents(1, defined)
    inbound = {"from_number": _PHONE, **({"call_id": call_id} if call_id else {})}
    return Call("POST", f"/h/{stage.add_hook()}", {"call_inbound": inbound})


@prepares
def _test_hook(stage: Stage) -> Call:
    """Prepare the test of a hook by a contact that has a value of each of 20 variables."""
    defined = stage.define(20)
    stage.add_contact(defined)
    stage.add_agents(1, defined)
    stage.add_hook()
    return Call("POST", f"/v1/hooks/{HOOK_ID}/test", {"contact": {"phone": _PHONE}})


@prepares
def _call_tool(stage: Stage, name: str, arguments: Mapping[str, Any]) -> Call:
    """Prepare a tool call during a call of a contact that has a value of each variable."""
    defined = stage.define(20)
    stage.add_contact(defined)
    stage.add_agents(1, defined)
    call = {"call_id": "CA1", "from_number": _PHONE}
    body = {"name": name, "args": arguments, "call": call}
    return Call("POST", f"/h/{stage.add_hook()}", body)


_SET_ONE = {"variable": f"c_{names(1)[0]}", "value": "a new value"}
_AGENT = {"name": "Reception", "variables": [{"from": name} for name in names(20)]}
_ALL = {"name": "Reception", "variables": {"purpose": "prompt"}}

SCENARIOS = (
    _Scenario("Create an agent", "of 20 variables", _of_agents("POST", "/v1/agents", _AGENT)),
    _Scenario(
        "Create an agent", "of a purpose of 20 variables", _of_agents("POST", "/v1/agents", _ALL)
    ),
    _Scenario("List agents", "10 of 20 variables", _of_agents("GET", "/v1/agents")),
    _Scenario("Get an agent", "of 20 variables", _of_agents("GET", _ONE)),
    _Scenario("Change an agent", "its voice", _of_agents("PATCH", _ONE, {"voice": "v_1"})),
    _Scenario("Delete an agent", "one", _of_agents("DELETE", _ONE)),
    _Scenario("Resolve variables", "20 by phone", _resolve(20)),
    _Scenario("Resolve variables", "200 by phone", _resolve(200)),
    _Scenario("Resolve variables", "200 by phone, 20 of the business", _resolve(200, business=20)),
    _Scenario("Resolve variables", "200 of a purpose by phone", _resolve_purpose),
    _Scenario("Resolve variables", "20 of a call", _resolve(20, call_id="CA1")),
    _Scenario("Resolve variables", "200 of a call", _resolve(200, call_id="CA1")),
    _Scenario(
        "Resolve variables",
        "20 of a call by an unknown caller",
        _resolve(20, phone=_UNKNOWN, call_id="CA1"),
    ),
    _Scenario("Resolve variables without a body", "200 by id", _get_resolution),
    _Scenario("Resolve variables of several callers", "20 of 10 callers", _resolve_batch),
    _Scenario(
        "Create a hook", "one", _of_hook("POST", "", {"agent": AGENT_ID, "platform": "retell"})
    ),
    _Scenario("List hooks", "one", _of_hook("GET", "")),
    _Scenario("Get a hook", "one", _of_hook("GET", f"/{HOOK_ID}")),
    _Scenario("Give a hook a new token", "one", _of_hook("POST", f"/{HOOK_ID}/rotate")),
    _Scenario("Test a hook", "of 20 variables", _test_hook()),
    _Scenario("Delete a hook", "one", _of_hook("DELETE", f"/{HOOK_ID}")),
    Scenario("hooks", "Answer a call", "20 variables", _ring(20)),
    Scenario("hooks", "Answer a call", "200 variables", _ring(200)),
    Scenario("hooks", "Answer a call", "200 variables, with an id", _ring(200, call_id="CA1")),
    Scenario("hooks", "Run a tool", "look 20 variables up", _call_tool("look_up", {})),
    Scenario("hooks", "Run a tool", "set a variable", _call_tool("set_variable", _SET_ONE)),
    _Scenario("Get a call", "of 20 variables", _of_call()),
    _Scenario("Raise the assurance of a call", "of 20 variables", _raise_assurance()),
    _Scenario(
        "Say why a call had a value", "of 100 changes", _of_call("/why", f"variable={names(1)[0]}")
    ),
)
"""All scenarios in the order of the report."""
