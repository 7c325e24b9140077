"""One client in a process of its own: `python -m tests.concurrency.worker FILE` on a leash.

The file tells it what to do; beside it, one appears when it is ready, and one with what it has
done. It begins when its standard input says so, so that all begin at once.
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
from tests.concurrency.program import Program
from tests.concurrency.scene import Scene


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is to do."""

    author: str
    scene: Scene
    seed: str
    count: int


def main() -> None:
    """Do the task of the file."""
    path = Path(sys.argv[1])
    task: Task = pickle.loads(path.read_bytes())
    # A busy engine is no broken one: what is sent twice is another suite's business.
    patience = Config(read_timeout=30, retries={"total_max_attempts": 1})
    wiring.CLIENT_CONFIG = patience
    path.with_suffix(".ready").touch()
    os.read(sys.stdin.fileno(), 1)
    when_parent_ends(lambda: os._exit(1))
    events = run(task)
    # Renamed, so that nobody reads the file before all of it is there.
    written = path.with_suffix(".written")
    written.write_bytes(pickle.dumps(events))
    written.rename(path.with_suffix(".done"))


def run(task: Task) -> list[Event]:
    """Make as many calls as asked for, one after another."""
    program = Program(task.author, task.scene, random.Random(task.seed).choice)
    events = []
    for _ in range(task.count):
        call = program.next_call()
        invoked = time.monotonic_ns()
        answer = call.send()
        responded = time.monotonic_ns()
        program.learn(call, answer)
        events.append(Event(task.author, call, answer, invoked, responded))
    return events


if __name__ == "__main__":
    main()
