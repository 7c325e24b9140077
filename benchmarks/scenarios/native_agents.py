"""The scenarios of agents, their calls and hooks."""

from collections.abc import Mapping
from typing import Any

from benchmarks.scenario import Data, Prepare, on, prepares, scenarios
from benchmarks.stage import AGENT_ID, CALL_ID, CONTACT_ID, HOOK_ID, Stage, names
from shared.domain.definitions import ContextType
from shared.domain.disclosure import Purpose

_PHONE = f"+1555{CONTACT_ID:07d}"
_UNKNOWN = "+15559999999"
_PHONES = [{"phone": f"+1555{contact_id:07d}"} for contact_id in range(1, 11)]
_AGENT = f"/{AGENT_ID}"
_HOOK = f"/{HOOK_ID}"
_NEW_HOOK = {"agent": AGENT_ID, "platform": "retell"}

_OF_LIST = {"name": "Reception", "variables": [{"from": name} for name in names(20)]}
_OF_PURPOSE = {"name": "Reception", "variables": {"purpose": "prompt"}}
_SET_ONE = {"variable": f"c_{names(1)[0]}", "value": "a new value"}


def _ten_agents(stage: Stage) -> None:
    """Add ten agents of 20 variables."""
    stage.add_agents(10, stage.define(20))


@prepares
def _caller(stage: Stage, count: int, of_business: int = 0) -> None:
    """Add an agent, and a contact and a business with a value of each of its variables."""
    defined = stage.define(count)
    stage.add_contact(defined)
    if of_business:
        more = stage.define(of_business, ContextType.BUSINESS)
        stage.set_business(more)
        defined += more
    stage.add_agents(1, defined)


def _caller_of_purpose(stage: Stage) -> None:
    """Add an agent of a purpose to an account where no definition has changed."""
    stage.add_contact(stage.define(200))
    stage.add_agents(1, (), purpose=Purpose.PROMPT)


def _callers(stage: Stage) -> None:
    defined = stage.define(20)
    stage.add_agents(1, defined)
    for contact_id in range(1, 11):
        stage.add_contact(defined, contact_id)


def _on_call(stage: Stage) -> None:
    """Add a call of 20 variables, with an activity of 100 changes."""
    defined = stage.define(20)
    stage.add_contact(defined)
    stage.add_agents(1, defined)
    stage.add_activity(defined, 100)
    stage.add_call(defined)


def _agent_with_hook(stage: Stage) -> None:
    """Add a hook for an agent of 20 variables."""
    stage.add_agents(1, stage.define(20))
    stage.add_hook()


@prepares
def _caller_of_hook(stage: Stage, count: int) -> str:
    """Add a hook, and a contact with a value of each variable; return the token of the hook."""
    defined = stage.define(count)
    stage.add_contact(defined)
    stage.add_agents(1, defined)
    return stage.add_hook()


_agents = on(_ten_agents, "/v1/agents")
_hooks = on(_agent_with_hook, "/v1/hooks")
_call = on(_on_call, f"/v1/calls/{CALL_ID}")


def _resolve(data: Data, phone: str = _PHONE, **more: str) -> Prepare:
    body = {"agent": AGENT_ID, "contact": {"phone": phone}, **more}
    return on(data)("POST", "/v1/resolve", body)


def _ring(count: int, **more: str) -> Prepare:
    inbound = {"from_number": _PHONE, **more}
    return on(_caller_of_hook(count))("POST", "/h/{}", {"call_inbound": inbound})


def _tool(name: str, arguments: Mapping[str, Any]) -> Prepare:
    body = {"name": name, "args": arguments, "call": {"call_id": "CA1", "from_number": _PHONE}}
    return on(_caller_of_hook(20))("POST", "/h/{}", body)


SCENARIOS = (
    *scenarios(
        "native",
        {
            "Create an agent": {
                "of 20 variables": _agents("POST", document=_OF_LIST),
                "of a purpose of 20 variables": _agents("POST", document=_OF_PURPOSE),
            },
            "List agents: 10 of 20 variables": _agents("GET"),
            "Get an agent: of 20 variables": _agents("GET", _AGENT),
            "Change an agent: its voice": _agents("PATCH", _AGENT, {"voice": "v_1"}),
            "Delete an agent: one": _agents("DELETE", _AGENT),
            "Resolve variables": {
                "20 by phone": _resolve(_caller(20)),
                "200 by phone": _resolve(_caller(200)),
                "200 by phone, 20 of the business": _resolve(_caller(200, 20)),
                "200 of a purpose by phone": _resolve(_caller_of_purpose),
                "20 of a call": _resolve(_caller(20), call_id="CA1"),
                "200 of a call": _resolve(_caller(200), call_id="CA1"),
                "20 of a call by an unknown caller": _resolve(_caller(20), _UNKNOWN, call_id="CA1"),
            },
            "Resolve variables without a body: 200 by id": on(_caller(200))(
                "GET", "/v1/resolve", query=f"agent={AGENT_ID}&id=contact_{CONTACT_ID}"
            ),
            "Resolve variables of several callers: 20 of 10 callers": on(_callers)(
                "POST", "/v1/resolve/batch", {"agent": AGENT_ID, "contacts": _PHONES}
            ),
            "Create a hook: one": _hooks("POST", document=_NEW_HOOK),
            "List hooks: one": _hooks("GET"),
            "Get a hook: one": _hooks("GET", _HOOK),
            "Give a hook a new token: one": _hooks("POST", f"{_HOOK}/rotate"),
            "Test a hook: of 20 variables": on(_caller_of_hook(20))(
                "POST", f"/v1/hooks{_HOOK}/test", {"contact": {"phone": _PHONE}}
            ),
            "Delete a hook: one": _hooks("DELETE", _HOOK),
            "Get a call: of 20 variables": _call("GET"),
            "Raise the assurance of a call: of 20 variables": _call(
                "POST", "/assurance", {"assurance": "otp"}
            ),
            "Say why a call had a value: of 100 changes": _call(
                "GET", "/why", query=f"variable={names(1)[0]}"
            ),
        },
    ),
    *scenarios(
        "hooks",
        {
            "Answer a call": {
                "20 variables": _ring(20),
                "200 variables": _ring(200),
                "200 variables, with an id": _ring(200, call_id="CA1"),
            },
            "Run a tool": {
                "look 20 variables up": _tool("look_up", {}),
                "set a variable": _tool("set_variable", _SET_ONE),
            },
        },
    ),
)
"""All scenarios in the order of the report."""
