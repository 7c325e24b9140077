"""Send resolves to a function while its requests to DynamoDB go wrong, and time the answers.

    python -m benchmarks.deadlines --requests 10000

Each request of a resolve goes wrong in turn, once or from there on. The function has answered
before, so it knows what its agent declares: no answer may lack a name or come after the deadline.
"""

import argparse
import json
import random
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count, product
from typing import Any, NamedTuple

from botocore.exceptions import ConnectionClosedError

from benchmarks.client import TEMPLATE, Call, event_of, route_of
from benchmarks.stage import AGENT_ID, CONTACT_ID, Stage, local_table
from local.functions import LambdaContext, load_functions
from local.template import read_template
from shared.wiring import resolving

DEADLINE_MS = 1200
VARIABLES = 20
REQUESTS_OF_A_RESOLVE = 4

_PHONE = f"+1555{CONTACT_ID:07d}"
_STALL_SECONDS = 3
_SLOW_SECONDS = (0.05, 0.6)

Fault = Callable[[], Any]


class _Response(NamedTuple):
    """A response in place of DynamoDB's, with the attributes that the client reads."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


@dataclass
class Plan:
    """Which request of one resolve goes wrong, and how."""

    fault: Fault
    at: int
    lasting: bool
    numbers: Iterator[int] = field(default_factory=count)

    def meet(self) -> Any:
        """Do to the next request what is meant for it."""
        number = next(self.numbers)
        is_met = number >= self.at if self.lasting else number == self.at
        return self.fault() if is_met else None


_PLAN: ContextVar[Plan | None] = ContextVar("plan", default=None)


def _stalled() -> None:
    # The client gives up a socket that stays silent after its timeout, as it does here.
    time.sleep(_STALL_SECONDS)
    raise ConnectionClosedError(endpoint_url="stalled")


def _slow() -> None:
    time.sleep(random.uniform(*_SLOW_SECONDS))  # noqa: S311 - a delay, not a secret


def _reset() -> None:
    raise ConnectionClosedError(endpoint_url="reset")


def _error(code: str, status: int) -> Fault:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}"}).encode()
    return lambda: _Response(status, {}, body)


def _unresolved() -> None:
    resolving.table()._client.close()  # noqa: SLF001 - the next request resolves the name again


FAULTS: dict[str, Fault] = {
    "none": lambda: None,
    "slow": _slow,
    "stalled": _stalled,
    "throttled": _error("ThrottlingException", 400),
    "failing": _error("InternalServerError", 500),
    "connection reset": _reset,
    "name resolution stalled": _unresolved,
}
"""What happens to a request, by kind."""


@dataclass
class Outcome:
    """The answers to the requests of one kind of fault."""

    requests: int = 0
    complete: int = 0
    lacking: int = 0
    failed: int = 0
    slowest: float = 0.0

    def add(self, answer: Any, seconds: float, names: set[str]) -> None:
        """Count an answer."""
        self.requests += 1
        self.slowest = max(self.slowest, seconds)
        if answer["statusCode"] != 200:
            self.failed += 1
            return
        document = json.loads(answer["body"])
        self.complete += document["complete"]
        self.lacking += document["variables"].keys() != names


def run(requests: int) -> dict[str, Outcome]:
    """Send so many resolves; return the outcomes by kind of fault."""
    with local_table() as (client, table_name):
        stage = Stage(client, table_name, "deadlines")
        api_key = stage.open()
        defined = stage.define(VARIABLES)
        stage.add_contact(defined)
        stage.add_agents(1, defined, deadline_ms=DEADLINE_MS)
        names = {f"c_{each.name}" for each in defined}
        template = read_template(TEMPLATE)
        match = route_of(_call(0), template)
        name = match.route.function
        loaded = load_functions({name: template.functions[name]})[name]
        context = LambdaContext(loaded.definition)

        def send(number: int) -> Any:
            # In this thread, whose plan the threads of the handler inherit.
            return loaded.handler(event_of(_call(number), match, api_key), context)

        send(0)
        events = resolving.table()._client.meta.events  # noqa: SLF001 - listens to the client
        events.register("before-send.dynamodb", _meet)
        outcomes = {kind: Outcome() for kind in FAULTS}
        cases = list(product(FAULTS, range(REQUESTS_OF_A_RESOLVE), (False, True)))
        for number in range(requests):
            kind, at, lasting = cases[number % len(cases)]
            with _slow_names(is_slow=kind == "name resolution stalled"):
                _PLAN.set(Plan(FAULTS[kind], at, lasting))
                began = time.monotonic()
                answer = send(number)
                outcomes[kind].add(answer, time.monotonic() - began, names)
                _PLAN.set(None)
    return outcomes


def _call(number: int) -> Call:
    body = {"agent": AGENT_ID, "contact": {"phone": _PHONE}, "call_id": f"CA{number}"}
    return Call("POST", "/v1/resolve", body)


def _meet(**_: Any) -> Any:
    plan = _PLAN.get()
    return plan.meet() if plan else None


@contextmanager
def _slow_names(*, is_slow: bool) -> Iterator[None]:
    real = socket.getaddrinfo

    def slow(*args: Any, **named: Any) -> Any:
        time.sleep(_STALL_SECONDS)
        return real(*args, **named)

    socket.getaddrinfo = slow if is_slow else real
    try:
        yield
    finally:
        socket.getaddrinfo = real


def table_of(outcomes: Mapping[str, Outcome]) -> str:
    """Return the outcomes as a table in Markdown."""
    lines = [
        "| fault | requests | complete | without a name | errors | slowest, ms |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {kind} | {each.requests:,} | {each.complete:,} | {each.lacking} | {each.failed} "
        f"| {each.slowest * 1000:,.0f} |"
        for kind, each in outcomes.items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    print(table_of(run(parser.parse_args().requests)))


if __name__ == "__main__":
    main()
