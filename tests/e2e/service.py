"""Start the local API as `make run` does."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.local_process import ROOT, LocalProcess, local_process
from tests.ports import free_port


class Service(LocalProcess):
    """A local API, started as `make run` does."""

    def bash(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the docs against this service's ports."""
        moved = command.replace(":3000", f":{self.port}").replace(":3010", f":{self.engine_port}")
        return subprocess.run(
            ["bash", "-c", moved], cwd=ROOT, capture_output=True, text=True, check=False
        )


@contextmanager
def running_service(folder: Path) -> Iterator[Service]:
    with local_process(folder, (free_port(), free_port())) as started:
        yield Service(started.process, started.port, started.engine_port, started.output)
