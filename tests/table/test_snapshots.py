"""Several environments that start from one snapshot of a function share nothing random.

A fork simulates a snapshot: it copies the memory and the open connections of a process. Python
reseeds its random generators after a fork but not after a snapshot, so the tests undo that.
"""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.api import ROOT
from tests.fixtures import Fixtures

START_AND_FORK_TWICE = """
import json, os, random, runpy, socket, sys
runpy.run_path("functions/klen/get_contact/app.py")
from shared.wiring import endpoints as wiring
from shared.table.keys import Key

def request():
    wiring.table().get(Key("nobody", "nothing"))

opened = []
connect = socket.socket.connect
socket.socket.connect = lambda *arguments: opened.append(1) or connect(*arguments)

request()
state = random.getstate()
library = sys.modules.get("snapshot_restore_py")
hooks = library.get_after_restore() if library else []
told = []
for _ in range(2):
    reader, writer = os.pipe()
    if os.fork() == 0:
        random.setstate(state)
        for function, arguments, options in hooks:
            function(*arguments, **options)
        opened.clear()
        request()
        os.write(writer, json.dumps([random.random(), len(opened)]).encode())
        os._exit(0)
    os.wait()
    told.append(json.loads(os.read(reader, 1000)))
print(json.dumps(told))
"""


def resumed(kind_of_start: str) -> list[list[Any]]:
    """Return the random values of two environments, and the connections that each opens."""
    ran = subprocess.run(
        [sys.executable, "-c", START_AND_FORK_TWICE],
        cwd=ROOT,
        env={**os.environ, "AWS_LAMBDA_INITIALIZATION_TYPE": kind_of_start},
        capture_output=True,
        check=False,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_from_a_snapshot_connections_and_chance_are_new(fixtures: Fixtures):
    (one, one_opened), (other, other_opened) = resumed("snap-start")
    assert one != other
    assert (one_opened, other_opened) == (1, 1)


@pytest.mark.parametrize("kind_of_start", ["on-demand", "provisioned-concurrency"])
def test_other_starts_are_left_alone(kind_of_start: str, fixtures: Fixtures):
    (one, one_opened), (other, other_opened) = resumed(kind_of_start)
    assert one == other
    assert (one_opened, other_opened) == (0, 0)
