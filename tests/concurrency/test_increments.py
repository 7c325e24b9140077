"""Concurrent increments of several processes are all counted, each once."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack

import pytest

from tests.api import ROOT, Api
from tests.fixtures import Fixtures

KEY = "native_0123456789"
SET = "/v1/contacts/contact_123/variables"
PROCESSES = 4
COUNT = 6


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.key(KEY, permissions=("*",))
    engine_world.contact()
    engine_world.definition("visits", "number")
    return engine_world


def run(keys_of_processes: list[list[str | None]]) -> list[int]:
    """Send increments from processes that run at the same time, and return all statuses."""
    command = [sys.executable, "-P", "-m", "tests.concurrency.incrementing"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    statuses: list[int] = []
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env=environment,
                )
            )
            for _ in keys_of_processes
        ]
        for process, keys in zip(processes, keys_of_processes, strict=True):
            assert process.stdin
            process.stdin.write(json.dumps([f"{SET}/operations", KEY, keys]).encode())
            process.stdin.close()
        for process in processes:
            assert process.stderr
            printed = process.stderr.read()
            assert process.wait(timeout=60) == 0, printed
            statuses += json.loads(printed)
    return statuses


def visits() -> int:
    shown = Api(KEY).call("GET", SET).document["variables"]
    return int(shown["visits"]["value"]) if shown else 0


@pytest.mark.timeout(180)
def test_every_increment_that_succeeded_is_counted(fixtures: Fixtures):
    statuses = run([[None] * COUNT] * PROCESSES)
    assert set(statuses) <= {200, 500}
    assert statuses.count(200) >= len(statuses) // 2
    assert visits() == statuses.count(200)


@pytest.mark.timeout(180)
def test_equal_requests_at_the_same_time_count_once(fixtures: Fixtures):
    keys: list[str | None] = [f"request-{number}" for number in range(COUNT)]
    statuses = run([keys] * PROCESSES)
    assert set(statuses) <= {200, 409, 500}
    # Every request is sent again until it succeeds, as clients do.
    assert set(run([keys])) == {200}
    assert visits() == COUNT
