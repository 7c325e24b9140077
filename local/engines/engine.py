"""The engines of a local run, started and stopped."""

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from local.engines.child_guard import module_command, start_child, stop_child, when_child_ends
from local.engines.dynamodb_local import ENGINE_FOLDER, dynamodb_local_command
from local.failure import LocalApiError
from local.ports import HOST, listening_socket

EMBEDDED = "ministack"
"""The engine that also has queues, buses and buckets."""

ENGINES = (EMBEDDED, "dynamodb-local", "aws")
"""`ministack` is embedded and the default; `dynamodb-local` is opt-in; `aws` is a real table."""

_START_SECONDS = 30
_PATIENCE_SECONDS = 2


@contextlib.contextmanager
def running_engine(
    name: str,
    *,
    port: int,
    data_folder: Path | None,
    when_it_ends: Callable[[], object] | None = None,
    link: Path | None = None,
) -> Iterator[str | None]:
    """Run an engine: ready on entry, stopped on exit.

    Args:
        name: One of `ENGINES`.
        port: The port on 127.0.0.1. Not used by `aws`.
        data_folder: The folder that persists the data. None keeps it in memory only.
        when_it_ends: Called in a thread when the engine has ended after it was ready.
        link: The socket on which the embedded engine also serves `EngineLink`.

    Yields:
        The endpoint URL of the engine. None for `aws`, so that botocore chooses it.

    Raises:
        LocalApiError: The engine is unknown or does not start, its port is in use, or its folder
            is not usable.
    """
    if name == "aws":
        yield None
        return
    if name not in ENGINES:
        known = ", ".join(ENGINES)
        raise LocalApiError(f"There is no engine {name!r}: choose one of {known}.")
    # After a kill, the engine of the previous run may still be stopping.
    listening_socket(port, "--engine-port", patience_seconds=_PATIENCE_SECONDS).close()
    command = _command(name, port, data_folder, link)
    with tempfile.TemporaryFile() as errors:
        child = start_child(command, errors=errors)
        try:
            _wait_until_ready(name, child, port, errors)
            print(_text(errors), end="", file=sys.stderr)
            if when_it_ends:
                when_child_ends(child, when_it_ends)
            yield f"http://{HOST}:{port}"
        finally:
            stop_child(child)


def _command(name: str, port: int, data_folder: Path | None, link: Path | None) -> list[str]:
    # One folder per engine, because the file formats differ.
    folder = _made(data_folder, name) if data_folder else None
    if name == "dynamodb-local":
        command = dynamodb_local_command(port, folder)
        # It writes a file into its working directory.
        return module_command("local.engines.child_guard", str(ENGINE_FOLDER), *command)
    arguments = [str(port), str(folder)] if folder else [str(port)]
    if link:
        arguments += ["--link", str(link)]
    return module_command("local.engines.ministack_server", *arguments)


def _made(data_folder: Path, name: str) -> Path:
    try:
        folder = data_folder.resolve() / name
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalApiError(
            f"The data folder {data_folder} can't be used: {error.strerror}."
        ) from error
    return folder


def _wait_until_ready(
    name: str, child: subprocess.Popen[bytes], port: int, errors: IO[bytes]
) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            lines = _text(errors).strip().splitlines()
            reason = lines[-1] if lines else "it gave no reason"
            raise LocalApiError(f"The engine {name} ended while starting: {reason}")
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
            return
        time.sleep(0.02)
    raise LocalApiError(f"The engine {name} was not ready after {_START_SECONDS} seconds.")


def _text(errors: IO[bytes]) -> str:
    errors.seek(0)
    return errors.read().decode(errors="replace")
