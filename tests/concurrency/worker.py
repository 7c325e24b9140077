"""Run one client in a process: `python -m tests.concurrency.worker FILE`.

The file has the task. The process writes a file beside it when it is ready, and one with its
history at the end. It begins when it reads a line from standard input, so that all begin at once.
"""

from __future__ import annotations

import os
import pickle
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from botocore.config import Config

from local.engines.child_guard import when_parent_ends
from shared.wiring import endpoints as wiring
from tests.concurrency.history import Event
from tests.concurrency.random_client import RandomClient
from tests.concurrency.setup import Setup


@dataclass(frozen=True, slots=True)
class Task:
    """The task of a worker."""

    author: str
    setup: Setup
    seed: str
    count: int


def main() -> None:
    """Run the task of the file."""
    path = Path(sys.argv[1])
    task: Task = pickle.loads(path.read_bytes())
    # A slow engine must not cause retries. Other tests cover requests that are sent twice.
    patience = Config(read_timeout=30, retries={"total_max_attempts": 1})
    wiring.CLIENT_CONFIG = patience
    path.with_suffix(".ready").touch()
    os.read(sys.stdin.fileno(), 1)
    when_parent_ends(lambda: os._exit(1))
    events = run(task)
    # Renamed at the end, so that no reader sees an incomplete file.
    written = path.with_suffix(".written")
    written.write_bytes(pickle.dumps(events))
    written.rename(path.with_suffix(".done"))


def run(task: Task) -> list[Event]:
    """Make the calls of a task, one after another."""
    client = RandomClient(task.author, task.setup, random.Random(task.seed).choice)
    events = []
    for _ in range(task.count):
        call = client.next_call()
        invoked = time.monotonic_ns()
        answer = call.send()
        responded = time.monotonic_ns()
        client.learn(call, answer)
        events.append(Event(task.author, call, answer, invoked, responded))
    return events


if __name__ == "__main__":
    main()
