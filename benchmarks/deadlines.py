"""Send resolves to a function while its requests to DynamoDB fail, and time the responses.

    python -m benchmarks.deadlines --requests 10000 --write

Each request of a resolve fails in turn, once or lasting. The function is warm, so it has the
declaration of its agent in memory: no response may lack a name or exceed the deadline.

Several clients send requests to one process, as in a local run; a function of Lambda handles one at
a time. A request mostly waits, so 10,000 take about ten minutes. The clients compete for the
processor, which makes responses later and never earlier.
"""

import argparse
import gc
import json
import os
import random
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple, Self

from botocore.exceptions import ConnectionClosedError

from benchmarks.client import TEMPLATE, Call, event_of, route_of
from benchmarks.stage import AGENT_ID, CONTACT_ID, Stage, local_table
from local.functions import LambdaContext, load_functions
from local.template import read_template
from shared.wiring import resolving

DEADLINE_MS = 1200
VARIABLES = 20
CLIENTS = 12
REQUESTS_OF_A_RESOLVE = 4

_PAGE = Path(__file__).parent.parent / "docs" / "benchmarks" / "deadlines.md"

_PHONE = f"+1555{CONTACT_ID:07d}"
_STALL_SECONDS = 3
_SLOW_SECONDS = (0.05, 0.6)
_BEAT_SECONDS = 0.01

Fault = Callable[[], Any]


class _Response(NamedTuple):
    """A response in place of DynamoDB's, with the attributes that the client reads."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


@dataclass
class Plan:
    """Which request of a resolve fails, and how."""

    kind: str
    at: int
    lasting: bool
    numbers: Iterator[int] = field(default_factory=count)

    def meet(self) -> Any:
        """Inject the fault if the next request is the planned one."""
        number = next(self.numbers)
        is_met = number >= self.at if self.lasting else number == self.at
        return FAULTS[self.kind]() if is_met else None


_PLAN: ContextVar[Plan | None] = ContextVar("plan", default=None)


def _stalled() -> None:
    # The client closes a silent socket after its timeout, as here.
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


_NAMES_STALL = "name resolution stalled"

FAULTS: dict[str, Fault] = {
    "none": lambda: None,
    "slow": _slow,
    "stalled": _stalled,
    "throttled": _error("ThrottlingException", 400),
    "failing": _error("InternalServerError", 500),
    "connection reset": _reset,
    _NAMES_STALL: _unresolved,
}
"""What happens to a request, by kind."""


@dataclass
class Outcome:
    """The answers to the requests of one kind of fault."""

    requests: int = 0
    complete: int = 0
    lacking: int = 0
    failed: int = 0
    late: int = 0
    slowest: float = 0.0

    def add(self, answer: Any, seconds: float, names: set[str]) -> None:
        """Count an answer."""
        self.requests += 1
        self.slowest = max(self.slowest, seconds)
        self.late += seconds * 1000 > DEADLINE_MS
        if answer["statusCode"] != 200:
            self.failed += 1
            return
        document = json.loads(answer["body"])
        self.complete += document["complete"]
        self.lacking += document["variables"].keys() != names


class Pulse:
    """A thread that only sleeps, and measures how much longer than planned it slept.

    The same causes delay every response: other processes and other threads. A response that is late
    by no more than this delay is not late because of its requests.
    """

    def __init__(self) -> None:
        self.longest_delay = 0.0
        self._ended = Event()
        self._thread = Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._ended.is_set():
            began = time.monotonic()
            self._ended.wait(_BEAT_SECONDS)
            delay = time.monotonic() - began - _BEAT_SECONDS
            self.longest_delay = max(self.longest_delay, delay)


def run(requests: int, clients: int = CLIENTS) -> tuple[dict[str, Outcome], float]:
    """Send resolves while their requests fail.

    Args:
        requests: How many resolves to send.
        clients: How many of them are sent at once.

    Returns:
        The outcomes by kind of fault, and the longest that a thread was kept waiting that only
        slept, in seconds.
    """
    with local_table() as (client, table_name), _stalling_names():
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

        def send(number: int) -> tuple[Any, float]:
            event = event_of(_call(number), match, api_key)
            began = time.monotonic()
            # In this thread, whose plan the threads of the handler inherit.
            answer = loaded.handler(event, context)
            return answer, time.monotonic() - began

        def send_planned(number: int) -> tuple[str, Any, float]:
            kind, at, lasting = cases[number % len(cases)]
            _PLAN.set(Plan(kind, at, lasting))
            return kind, *send(number + 1)

        send(0)
        # What the client and the engine hold in this process would be collected with the garbage
        # of the function, which alone takes a few milliseconds.
        gc.collect()
        gc.freeze()
        events = resolving.table()._client.meta.events  # noqa: SLF001 - listens to the client
        events.register("before-send.dynamodb", _meet)
        outcomes = {kind: Outcome() for kind in FAULTS}
        cases = list(product(FAULTS, range(REQUESTS_OF_A_RESOLVE), (False, True)))
        with Pulse() as pulse, ThreadPoolExecutor(clients) as workers:
            for kind, answer, seconds in workers.map(send_planned, range(requests)):
                outcomes[kind].add(answer, seconds, names)
    return outcomes, pulse.longest_delay


def _call(number: int) -> Call:
    body = {"agent": AGENT_ID, "contact": {"phone": _PHONE}, "call_id": f"CA{number}"}
    return Call("POST", "/v1/resolve", body)


def _meet(**_: Any) -> Any:
    plan = _PLAN.get()
    return plan.meet() if plan else None


@contextmanager
def _stalling_names() -> Iterator[None]:
    """Let the resolution of a name stall in the work of requests whose plan says so."""
    real = socket.getaddrinfo

    def resolve(*args: Any, **named: Any) -> Any:
        plan = _PLAN.get()
        if plan and plan.kind == _NAMES_STALL:
            time.sleep(_STALL_SECONDS)
        return real(*args, **named)

    socket.getaddrinfo = resolve
    try:
        yield
    finally:
        socket.getaddrinfo = real


def table_of(outcomes: Mapping[str, Outcome]) -> str:
    """Return the outcomes as a table in Markdown."""
    lines = [
        "| fault | requests | complete | without a name | errors | late | slowest, ms to the end |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {kind} | {each.requests:,} | {each.complete:,} | {each.lacking} | {each.failed} "
        f"| {each.late} | {DEADLINE_MS - each.slowest * 1000:,.0f} |"
        for kind, each in outcomes.items()
    ]
    return "\n".join(lines)


def page_of(outcomes: Mapping[str, Outcome], clients: int, delay: float) -> str:
    """Return the page of the docs.

    Args:
        outcomes: The outcomes by kind of fault.
        clients: How many resolves were sent at once.
        delay: The longest that the machine kept a thread waiting that only slept, in seconds.
    """
    requests = sum(each.requests for each in outcomes.values())
    return (
        "# Deadlines\n\n"
        f"{requests:,} resolves of {VARIABLES} variables, by an agent with a deadline of "
        f"{DEADLINE_MS:,} ms, while requests to DynamoDB go wrong: each of the "
        f"{REQUESTS_OF_A_RESOLVE} requests of a resolve in turn, once or from there on.\n"
        "The function has answered before, so every answer must have every name.\n"
        '"Complete" are answers with all values; the others have fallbacks. The last column is the '
        "time that was left to the deadline when the slowest answer was sent.\n"
        f"{clients} clients ask one process at once, and compete for its processor: a thread that "
        f"only slept was kept waiting for up to {delay * 1000:,.0f} ms.\n"
        "Written by `python -m benchmarks.deadlines --write`.\n\n"
        f"{table_of(outcomes)}\n"
    )


def main() -> None:
    """Run the benchmark, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--write", action="store_true", help="write the page of the docs")
    given = parser.parse_args()
    # A line for each late answer would take as long as answering.
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    outcomes, delay = run(given.requests, given.clients)
    page = page_of(outcomes, given.clients, delay)
    print(page)
    if given.write:
        _PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
