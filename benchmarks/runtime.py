"""Start functions through the Lambda runtime interface emulator and client of AWS.

The SAM CLI contains the emulator. It starts the runtime at the first invocation, sends the event
over HTTP, and logs the duration of the initialization.
"""

import http.client
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.staging import NotBuilt
from benchmarks.waiting import when_listening
from local.ports import HOST, free_ports

RUNTIME_VERSION = (3, 13)
"""The Python version of the functions."""

RUNTIME_PACKAGES = ("awslambdaric", "simplejson", "snapshot-restore-py")
"""The packages of the runtime: its client and the dependencies."""

_ROOT = Path(__file__).parent.parent
_INVOCATION = "/2015-03-31/functions/function/invocations"
_INIT_REPORT = re.compile(rb"INIT REPORT\(durationMs: ([0-9.]+)")
_SUCCESS = range(200, 300)


class HandlerFailed(Exception):
    """A measured function failed. The message has its response and its log."""


@dataclass(frozen=True)
class Prepared:
    """A function to start: its folders, its environment and its first event."""

    folders: tuple[Path, ...]
    environment: Mapping[str, str]
    event: Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """The milliseconds of one start: the total, and the part before the event."""

    total_ms: float
    init_ms: float

    @property
    def first_request_ms(self) -> float:
        """The milliseconds from the event to the response."""
        return self.total_ms - self.init_ms


def start(prepared: Prepared, runtime_folder: Path) -> Sample:
    """Start a function in a new process, invoke it once, and stop it.

    Args:
        prepared: The function.
        runtime_folder: A folder with `RUNTIME_PACKAGES`, compiled.

    Raises:
        NotBuilt: The emulator is missing.
        HandlerFailed: The function failed.
    """
    folders = (*prepared.folders, runtime_folder)
    with _emulator(folders, prepared.environment) as (process, address):
        when_listening(address[1])
        with closing(http.client.HTTPConnection(*address)) as connection:
            connection.connect()
            before = time.perf_counter_ns()
            connection.request("POST", _INVOCATION, json.dumps(prepared.event))
            answer = connection.getresponse().read()
            total_ms = (time.perf_counter_ns() - before) / 1e6
        process.terminate()
        log, _ = process.communicate()
    found = _INIT_REPORT.search(log)
    if found is None or not has_succeeded(json.loads(answer)):
        raise HandlerFailed(f"{answer.decode()}\n{log.decode(errors='replace')}")
    return Sample(total_ms, float(found[1]))


def python_path(folders: Sequence[Path]) -> str:
    """Return the `PYTHONPATH` of these folders."""
    return os.pathsep.join(map(str, folders))


def hold_to_runtime_version() -> None:
    """Raise NotBuilt unless this Python has the version of the functions."""
    if sys.version_info[:2] != RUNTIME_VERSION:
        wanted = ".".join(map(str, RUNTIME_VERSION))
        raise NotBuilt(f"Python {wanted} is needed, which the functions run on: run make bench")


def isolated_python() -> tuple[str, ...]:
    """Return the command prefix for Python with only the folders of its path.

    It writes no bytecode, as on the read-only disk of Lambda.
    """
    return (sys.executable, "-P", "-S", "-B")


@contextmanager
def _emulator(
    folders: Sequence[Path], environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], tuple[str, int]]]:
    address, api_address = ((HOST, port) for port in free_ports(2))
    command = [
        str(_emulator_binary()),
        *("--runtime-interface-emulator-address", ":".join(map(str, address))),
        *("--runtime-api-address", ":".join(map(str, api_address))),
        *isolated_python(),
        *("-m", "awslambdaric", "app.lambda_handler"),
    ]
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(Path.home()),
        "AWS_LAMBDA_FUNCTION_NAME": "measured",
        "AWS_LAMBDA_FUNCTION_TIMEOUT": "30",
        "LAMBDA_TASK_ROOT": str(folders[0]),
        "PYTHONPATH": python_path(folders),
        **environment,
    }
    with subprocess.Popen(  # noqa: S603 - our own words
        command,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            yield process, address
        finally:
            process.kill()


def _emulator_binary() -> Path:
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    pattern = f".venv-sam/lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-{machine}"
    for found in _ROOT.glob(pattern):
        return found
    raise NotBuilt(f"the emulator of the Lambda runtime interface is missing: {pattern}")


def has_succeeded(answer: Any) -> bool:
    """Return whether a function answered its example event with a success."""
    if not isinstance(answer, dict):
        return False
    if "batchItemFailures" in answer:
        return bool(answer["batchItemFailures"] == [])
    if "statusCode" in answer:
        return answer["statusCode"] in _SUCCESS
    # A platform that invokes its function gets the values themselves.
    return "plan" in answer.get("sessionState", {}).get("sessionAttributes", answer)
