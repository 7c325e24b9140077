"""Child processes that end with their parent.

The standard input of a child is a pipe that the parent holds open. When the parent ends, even by
`kill -9`, the child reads the end of the pipe.
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
    """Return the command that runs a module of this project with the current Python."""
    return [sys.executable, "-m", module, *arguments]


def start_child(command: Sequence[str], *, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a child process that ends with this one.

    It runs in its own session, so Ctrl-C reaches only the parent, which stops the child last.

    Args:
        command: A program that exits at the end of its standard input.
        errors: The file for its stderr. Its stdout is discarded.
    """
    return subprocess.Popen(  # noqa: S603 - a fixed command
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        cwd=_ROOT,
        start_new_session=True,
    )


def stop_child(child: subprocess.Popen[bytes]) -> None:
    """Close the child's standard input, and kill it if it runs 10 seconds later."""
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def when_child_ends(child: subprocess.Popen[bytes], action: Callable[[], object]) -> None:
    """Call `action` in a thread when the child has ended."""

    def watch() -> None:
        child.wait()
        action()

    threading.Thread(target=watch, name="child", daemon=True).start()


def when_parent_ends(action: Callable[[], object]) -> None:
    """Call `action` in a thread when the parent has closed the pipe or ended."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        action()

    threading.Thread(target=watch, name="leash", daemon=True).start()


def main() -> int:
    """Guard a program that does not read its standard input: `FOLDER PROGRAM [ARGUMENT ...]`.

    Returns:
        The exit status of the program.
    """
    folder, *command = sys.argv[1:]
    child = subprocess.Popen(  # noqa: S603 - a fixed command
        command, cwd=folder, stdin=subprocess.DEVNULL
    )
    when_parent_ends(child.terminate)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


if __name__ == "__main__":
    sys.exit(main())
