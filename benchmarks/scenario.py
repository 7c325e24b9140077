"""Scenarios: one request of an endpoint on prepared data, and its cost.

`tests/contract/test_budgets.py` has a budget for each.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from benchmarks.client import Answer, Call, Client
from benchmarks.recorder import RecordedRequest, Recorder
from benchmarks.stage import Stage, forget_definitions
from shared.domain.definitions import ContextType
from shared.table.keys import VALUES_PER_PAGE

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made")

Data: TypeAlias = Callable[[Stage], object]
"""Creates data in an account."""

Prepare: TypeAlias = Callable[[Stage], Call]
"""Creates data in an account and returns a request for it."""

_COUNTING = "UpdateItem"
"""The operation that counts a request of a limited key."""


@dataclass(frozen=True)
class Scenario:
    """A request on prepared data."""

    dialect: str
    group: str
    title: str
    prepare: Prepare
    requests_per_minute: int | None = None

    @property
    def name(self) -> str:
        """The unique name in its dialect."""
        return f"{self.group}: {self.title}"


def scenarios(
    dialect: str, listed: Mapping[str, Prepare | Mapping[str, Prepare]]
) -> tuple[Scenario, ...]:
    """Return the scenarios of a dialect, by group and title.

    A group with one scenario may be given by its name: the group, a colon and the title.
    """
    found: list[Scenario] = []
    for name, given in listed.items():
        group, _, title = name.partition(": ")
        by_title = {title: given} if callable(given) else given
        found += [Scenario(dialect, group, each, by_title[each]) for each in by_title]
    return tuple(found)


def on(data: Data, root: str = "") -> Callable[..., Prepare]:
    """Return a function that makes a call below a path, on data.

    `{}` in the path is replaced by what `data` returns.
    """

    def request(
        method: str,
        path: str = "",
        document: Any = None,
        query: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Prepare:
        def prepare(stage: Stage) -> Call:
            made = data(stage)
            return Call(method, f"{root}{path}".format(made), document, query, headers)

        return prepare

    return request


def prepares(
    function: Callable[Concatenate[Stage, Arguments], Made],
) -> Callable[Arguments, Callable[[Stage], Made]]:
    """Let a function take its arguments when a scenario is listed, and its stage when it runs."""

    def given(*args: Arguments.args, **named: Arguments.kwargs) -> Callable[[Stage], Made]:
        return lambda stage: function(stage, *args, **named)

    return given


@prepares
def contact(
    stage: Stage, /, held: int = VALUES_PER_PAGE, defined: int | None = None, **fields: Any
) -> None:
    """Add a contact with values of `held` definitions, of which `defined` exist or remain."""
    made = stage.define(max(held, defined or 0))
    stage.add_contact(made[:held], **fields)
    stage.delete_definitions(made[defined:] if defined else [])


@prepares
def business(stage: Stage) -> None:
    """Set values of 32 variables of the business."""
    stage.set_business(stage.define(VALUES_PER_PAGE, ContextType.BUSINESS))


@prepares
def definitions(stage: Stage, count: int) -> None:
    """Add definitions."""
    stage.define(count)


@prepares
def contacts(stage: Stage, count: int) -> None:
    """Add contacts without values."""
    stage.add_listed_contacts(count)


@dataclass(frozen=True)
class Cost:
    """The DynamoDB requests of one request of an endpoint."""

    requests: tuple[RecordedRequest, ...]

    @property
    def for_key(self) -> "Cost":
        """The part for the API key: its lookup, and the counter of a limited key."""
        return Cost(self.requests[: self._count_for_key])

    @property
    def after_key(self) -> "Cost":
        """The part after the key lookup."""
        return Cost(self.requests[self._count_for_key :])

    @property
    def _count_for_key(self) -> int:
        """How many requests are for the key; an endpoint that manages keys makes more of them."""
        lookup = self.requests[:1]
        counter = self.requests[1:2] if lookup and lookup[0].is_about_key else ()
        is_counted = any(each.is_about_key and each.operation == _COUNTING for each in counter)
        return sum(each.is_about_key for each in lookup) + is_counted

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations in order."""
        return tuple(each.operation for each in self.requests)

    @property
    def read_units(self) -> float:
        """The read units of all requests."""
        return sum(each.read_units for each in self.requests)

    @property
    def write_units(self) -> int:
        """The write units of all requests, including indexes."""
        return sum(each.write_units for each in self.requests)


class UnexpectedAnswer(Exception):
    """A request failed, so its cost is meaningless."""


def measure(
    scenario: Scenario, stage: Stage, client: Client, recorder: Recorder, *, cold: bool = False
) -> Cost:
    """Measure the request of a scenario in an empty account.

    Args:
        scenario: The scenario.
        stage: The account.
        client: Calls the handlers.
        recorder: Records the requests of the handlers.
        cold: Whether the functions have just started. Otherwise they have the definitions of the
            account in memory, as after earlier requests.

    Raises:
        UnexpectedAnswer: The request failed.
    """
    call, api_key = prepared(scenario, stage)
    forget_definitions()
    if not cold:
        stage.warm_up(api_key)
    return cost_of(call, api_key, client, recorder)


def cost_of(call: Call, api_key: str, client: Client, recorder: Recorder) -> Cost:
    """Measure a request.

    Raises:
        UnexpectedAnswer: The request failed.
    """
    recorder.requests.clear()
    responded(call, client.send(call, api_key))
    return Cost(tuple(recorder.requests))


def prepared(scenario: Scenario, stage: Stage) -> tuple[Call, str]:
    """Create the data of a scenario, and return its request and API key."""
    api_key = stage.open(scenario.requests_per_minute)
    return scenario.prepare(stage), api_key


def responded(call: Call, answer: Answer) -> Answer:
    """Return a successful response.

    Raises:
        UnexpectedAnswer: The response is an error.
    """
    if _is_error(answer):
        raise UnexpectedAnswer(f"{call.method} {call.path}: {answer.status} {answer.body}")
    return answer


def _is_error(answer: Answer) -> bool:
    if not 200 <= answer.status < 300:
        return True
    is_file = not answer.body.startswith(("{", "["))
    if is_file:
        return False
    # One API returns errors with a success status.
    document = json.loads(answer.body)
    return isinstance(document, dict) and "error" in document
