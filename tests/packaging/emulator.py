"""Run an emulator of AWS on a free port, to which `sam deploy` deploys this service.

It is ministack with all services, of which `make run` uses a few. It runs on the Python of
.venv-sam, which has SAM's transformation and the version of the functions.
"""

import contextlib
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from local.engines import engine
from local.engines.child_guard import module_command, start_child, stop_child
from local.ports import HOST
from tests.packaging.conftest import ROOT

_SERVE = """
import sys
sys.path.append(sys.argv.pop())
from ministack.app import main
main()
"""


@contextlib.contextmanager
def running_emulator(port: int, folder: Path) -> Iterator[str]:
    """Run the emulator in a folder, and provide its address."""
    ministack = find_spec("ministack")
    assert ministack is not None
    assert ministack.origin is not None
    settings = {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": HOST,
        # It would look for containers of an earlier run, and open a port for files.
        "DOCKER_HOST": f"unix://{folder}/none",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
    }
    command = [
        "env",
        *(f"{name}={value}" for name, value in settings.items()),
        *(str(ROOT / ".venv-sam/bin/python"), "-c", _SERVE),
        str(Path(ministack.origin).parent.parent),
    ]
    with tempfile.TemporaryFile() as errors:
        child = start_child(
            module_command("local.engines.child_guard", str(folder), *command), errors=errors
        )
        try:
            engine._wait_until_ready("ministack", child, port, errors)
            yield f"http://{HOST}:{port}"
        finally:
            stop_child(child)
