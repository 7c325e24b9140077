"""Print the modules that a handler loads, in a process of its own.

Python, the packages of others and the storage take most of a cold start. A process loads them once,
and forks one for each handler.
"""

import importlib
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

_PACKAGES = (
    *("aws_lambda_powertools", "botocore.session", "pydantic", "urllib3"),
    *("shared.runtime.startup", "shared.wiring.endpoints", "shared.gateway.request_model"),
)


class ColdStarts:
    """A process that forks a child for each handler."""

    def __init__(self, root: Path, *, with_packages: bool) -> None:
        packages = _PACKAGES if with_packages else ()
        environment = {
            name: text for name, text in os.environ.items() if name != "COVERAGE_PROCESS_CONFIG"
        }
        self._process = subprocess.Popen(
            [sys.executable, __file__, *packages],
            cwd=root,
            env={**environment, "PYTHONPATH": str(root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def modules_of(self, handler: Path) -> set[str]:
        """Return the names of all loaded modules after the handler was loaded."""
        pipes: Any = self._process
        pipes.stdin.write(f"{handler}\n")
        pipes.stdin.flush()
        loaded = json.loads(pipes.stdout.readline())
        assert loaded, f"{handler} can't be loaded"
        return set(loaded)


def _serve(packages: list[str]) -> None:
    for name in packages:
        importlib.import_module(name)
    if packages:
        _keep_descriptions()
    # The folder of this file, which Lambda does not have.
    sys.path.pop(0)
    for line in sys.stdin:
        _tell(line.strip())


def _keep_descriptions() -> None:
    """Read AWS's description of DynamoDB once, and keep it for the clients of all handlers."""
    session: Any = importlib.import_module("botocore.session")
    loader = session.create_loader()
    session.create_loader = lambda *_: loader
    session.get_session().create_client("dynamodb")


def _tell(handler: str) -> None:
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if status:
            print("[]", flush=True)
        return
    runpy.run_path(handler)
    print(json.dumps(sorted(sys.modules)), flush=True)
    os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1:])
