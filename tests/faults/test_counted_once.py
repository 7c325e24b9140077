"""An operation counts once, whatever happens to its request, its response or its function."""

import json
import os
import subprocess
import sys
from random import Random

import pytest

from tests.api import ROOT, Answer, Api
from tests.faults.conftest import INJECTED
from tests.faults.kinds import KINDS
from tests.faults.proxy import Exchange, Proxy, Reply, let_pass
from tests.faults.state import Start
from tests.fixtures import Fixtures

KEY = "native_0123456789"
SET = "/v1/contacts/contact_123/variables"
PATH = f"{SET}/operations"
INCREMENT = {"operations": [{"op": "increment", "variable": "visits", "by": 1}]}
DRAWN = 8
HEADERS = {"Idempotency-Key": "a-request-of-one-client"}


@pytest.fixture
def fixtures(fresh_table: Fixtures) -> Fixtures:
    """Create a contact with a count of 7."""
    fresh_table.key(KEY, permissions=("*",))
    fresh_table.contact()
    fresh_table.value(fresh_table.definition("visits", "number"), 7)
    return fresh_table


def apply(**headers: str) -> Answer:
    return Api(KEY).call("POST", PATH, INCREMENT, headers=headers)


def patch(**headers: str) -> Answer:
    return Api(KEY).call("PATCH", SET, {"visits": 8}, headers=headers)


def visits() -> int:
    return int(Api(KEY).call("GET", f"{SET}/visits").document["value"])


def faults(wire: Proxy, request: pytest.FixtureRequest) -> list[tuple[str, int, bool]]:
    """Return faults at requests of the last call, once or lasting: a sample, or all."""
    chosen = _chosen(wire, request)
    request.node.user_properties.append((INJECTED, len(chosen)))
    return chosen


def _chosen(wire: Proxy, request: pytest.FixtureRequest) -> list[tuple[str, int, bool]]:
    found = [
        (name, at, lasting)
        for at, operation in enumerate(wire.operations)
        for name, kind in KINDS.items()
        if kind.meets(operation)
        for lasting in (False, True)
    ]
    if request.config.getoption("--faults") == "all":
        return found
    write = wire.operations.index("TransactWriteItems")
    lost = [each for each in found if each[1] == write and KINDS[each[0]].loses_answers]
    return lost + Random("counted once").sample(found, DRAWN)


@pytest.mark.timeout(300)
def test_a_request_with_a_key_counts_once_however_often_it_is_sent(
    fixtures: Fixtures, wire: Proxy, request: pytest.FixtureRequest
):
    start = Start(fixtures, wire)
    wire.meddle()
    assert apply(**HEADERS).status == 200
    lost = 0
    for name, at, lasting in faults(wire, request):
        start.rewind()
        wire.meddle(KINDS[name].fault, at=at, lasting=lasting)
        first = apply(**HEADERS)
        wire.settle()
        wire.meddle()
        assert first.status in (200, 409, 500), name
        again = apply(**HEADERS)
        assert again.status == 200, name
        assert visits() == 8, (name, at, lasting)
        assert again.document["results"]["visits"]["outcome"] == "set"
        lost += first.status == 500 and "idempotent-replayed" in again.headers
    # Some faults lose the response of a request that took effect.
    assert lost


@pytest.mark.timeout(300)
def test_a_request_without_a_key_counts_once_when_it_succeeds(
    fixtures: Fixtures, wire: Proxy, request: pytest.FixtureRequest
):
    start = Start(fixtures, wire)
    wire.meddle()
    assert apply().status == 200
    for name, at, lasting in faults(wire, request):
        start.rewind()
        wire.meddle(KINDS[name].fault, at=at, lasting=lasting)
        answer = apply()
        wire.settle()
        wire.meddle()
        expected = (8,) if answer.status == 200 else (7, 8)
        assert visits() in expected, (name, at, lasting)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("send", [apply, patch])
def test_a_function_that_dies_after_its_write_has_counted(
    fixtures: Fixtures, wire: Proxy, send: object
):
    document, method, path = (
        (INCREMENT, "POST", PATH) if send is apply else ({"visits": 8}, "PATCH", SET)
    )
    command = [sys.executable, "-P", "-m", "tests.faults.killed_call"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment
    ) as process:

        def watch(exchange: Exchange) -> None:
            if exchange.operation != "TransactWriteItems":
                let_pass(exchange)
                return
            exchange.forward()
            process.kill()
            exchange.outwait()

        wire.meddle(watch, lasting=True)
        process.communicate(json.dumps([method, path, KEY, document, HEADERS]).encode(), timeout=60)
    assert process.returncode != 0
    wire.settle()
    wire.meddle()
    again = Api(KEY).call(method, path, document, headers=HEADERS)
    assert (again.status, again.headers["idempotent-replayed"]) == (200, "true")
    assert visits() == 8


def test_a_request_in_progress_is_refused(fixtures: Fixtures, wire: Proxy):
    wire.meddle()
    apply(**HEADERS)
    at = wire.operations.index("TransactWriteItems")

    def hold_the_record(exchange: Exchange) -> None:
        if exchange.operation != "TransactWriteItems":
            let_pass(exchange)
            return
        count = len(exchange.document["TransactItems"])
        codes = ["TransactionConflict", *["None"] * (count - 1)]
        exchange.answer(
            Reply.of(
                400,
                {
                    "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                    "message": "a record is being written",
                    "CancellationReasons": [{"Code": code} for code in codes],
                },
            )
        )

    wire.meddle(hold_the_record, at=at, lasting=True)
    answer = apply(**{"Idempotency-Key": "another request"})
    assert (answer.status, answer.document["code"]) == (409, "request_in_progress")
    assert visits() == 8
