"""Functions that run long have processes of their own."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.function_processes import pooled, runs_long
from local.functions import FunctionError, FunctionTimeoutError, LoadedFunction
from local.template import FunctionDefinition

HANDLER = """
import os, pathlib, signal, time

def lambda_handler(event, context):
    folder = pathlib.Path(event["folder"])
    match event["do"]:
        case "meet":
            (folder / str(os.getpid())).touch()
            while len(list(folder.iterdir())) < event["processes"]:
                time.sleep(0.01)
        case "raise":
            raise ValueError("the value " + event["do"])
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            (folder / str(os.getpid())).touch()
            time.sleep(300)
    return os.getpid()
"""


@pytest.fixture
def function(tmp_path: Path) -> LoadedFunction:
    (tmp_path / "app.py").write_text(HANDLER)
    return LoadedFunction(defined(tmp_path), lambda _event, _context: None)


def defined(folder: Path, timeout_seconds: int = 60) -> FunctionDefinition:
    return FunctionDefinition(
        logical_id="F",
        code_folder=folder,
        handler="app.lambda_handler",
        timeout_seconds=timeout_seconds,
        memory_mb=128,
        environment={},
    )


def met(tmp_path: Path) -> Path:
    folder = tmp_path / "met"
    folder.mkdir()
    return folder


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(holds) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(("seconds", "long"), [(30, False), (31, True)])
def test_a_function_runs_long_if_an_api_would_not_wait_for_it(tmp_path, seconds, long):
    assert runs_long(defined(tmp_path, seconds)) is long


def test_concurrent_events_run_in_processes_of_their_own(function, tmp_path):
    event = {"do": "meet", "folder": str(met(tmp_path)), "processes": 2}
    with pooled(function, 2, None) as pool, ThreadPoolExecutor() as threads:
        first, second = threads.map(pool.run, [event, event])
    assert len({first, second, os.getpid()}) == 3


def test_an_error_of_the_handler_shows_its_traceback(function, tmp_path):
    with pooled(function, 1, None) as pool, pytest.raises(FunctionError) as caught:
        pool.run({"do": "raise", "folder": str(tmp_path)})
    assert "ValueError: the value raise" in str(caught.value.__cause__)


def test_a_function_that_takes_too_long_times_out(function, tmp_path):
    function = LoadedFunction(defined(function.definition.code_folder, 1), function.handler)
    event = {"do": "hang", "folder": str(met(tmp_path))}
    with pooled(function, 1, None) as pool, pytest.raises(FunctionTimeoutError):
        pool.run(event)


def test_a_process_that_dies_fails_its_event_and_is_replaced(function, tmp_path):
    with pooled(function, 1, None) as pool:
        with pytest.raises(FunctionError):
            pool.run({"do": "die", "folder": str(tmp_path)})
        assert pool.run({"do": "", "folder": str(tmp_path)}) != os.getpid()


def test_a_stop_ends_what_is_running(function, tmp_path):
    folder = met(tmp_path)
    failed = []

    def run() -> None:
        with pytest.raises(FunctionError):
            pool.run({"do": "hang", "folder": str(folder)})
        failed.append(True)

    with pooled(function, 1, None) as pool:
        thread = threading.Thread(target=run)
        thread.start()
        wait_until(lambda: list(folder.iterdir()))
    (process,) = (int(path.name) for path in folder.iterdir())
    wait_until(lambda: not is_running(process))
    thread.join(30)
    assert failed == [True]


PARENT = """
import pathlib, sys
from local.function_processes import pooled
from local.functions import LoadedFunction
from local.template import FunctionDefinition

if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    definition = FunctionDefinition(
        logical_id="F", code_folder=folder, handler="app.lambda_handler",
        timeout_seconds=60, memory_mb=128, environment={},
    )
    with pooled(LoadedFunction(definition, None), 1, None) as pool:
        pool.run({"do": "hang", "folder": sys.argv[2]})
"""


def test_the_processes_end_when_their_parent_is_killed(function, tmp_path):
    script, folder = tmp_path / "parent.py", met(tmp_path)
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(script), str(function.definition.code_folder), str(folder)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    wait_until(lambda: list(folder.iterdir()))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    (process,) = (int(path.name) for path in folder.iterdir())
    wait_until(lambda: not is_running(process))
