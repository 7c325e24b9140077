"""Processes that never outlive the one that started them.

A child's standard input is a pipe that its parent holds open: when the parent ends, in whatever
way, the child reads the end of it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

_STOP_SECONDS = 10
_ROOT = Path(__file__).parent.parent.parent


def module_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of this project with the Python we run on."""
    return [sys.executable, "-m", module, *arguments]


def start_child(command: Sequence[str], *, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a child on a leash.

    It has a session of its own: Ctrl-C reaches the parent alone, which stops the child last.

    Args:
        command: a program that ends when its standard input does.
        errors: the file its stderr goes to; its stdout is thrown away.

    """
    return subprocess.Popen(  # noqa: S603 - our own words
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        cwd=_ROOT,
        start_new_session=True,
    )


def stop_child(child: subprocess.Popen[bytes]) -> None:
    """Stop a child by letting go of its leash, and by force when that takes over 10 seconds."""
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def when_child_ends(child: subprocess.Popen[bytes], action: Callable[[], object]) -> None:
    """In a parent: call `action`, in a thread, once the child has ended."""

    def watch() -> None:
        child.wait()
        action()

    threading.Thread(target=watch, name="child", daemon=True).start()


def when_parent_ends(action: Callable[[], object]) -> None:
    """In a child: call `action`, in a thread, once the parent has let go or has ended."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        action()

    threading.Thread(target=watch, name="leash", daemon=True).start()


def main() -> int:
    """Run a program that knows nothing of leashes on one: `FOLDER PROGRAM [ARGUMENT ...]`.

    Returns: its exit status.

    """
    folder, *command = sys.argv[1:]
    child = subprocess.Popen(  # noqa: S603 - our own words
        command, cwd=folder, stdin=subprocess.DEVNULL
    )
    when_parent_ends(child.terminate)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


if __name__ == "__main__":
    sys.exit(main())
