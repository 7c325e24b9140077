"""Start the local API as `make run` does."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]


class Service:
    """A local API, started as `make run` does."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port, self.engine_port = free_port(), free_port()
        self._path = folder / f"{self.port}.txt"
        self._output = self._path.open("w")
        command = [sys.executable, "-m", "local", "--port", str(self.port)]
        command += ["--engine-port", str(self.engine_port), *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self._output, stderr=self._output)
        self._wait_until_ready()

    @property
    def printed(self) -> str:
        # Not by the file object that the service writes to, whose position would move.
        return self._path.read_text()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self._output.close()

    def bash(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the docs against this service's ports."""
        moved = command.replace(":3000", f":{self.port}").replace(":3010", f":{self.engine_port}")
        return subprocess.run(
            ["bash", "-c", moved], cwd=ROOT, capture_output=True, text=True, check=False
        )

    def _wait_until_ready(self) -> None:
        for _ in range(600):
            if "Ctrl-C" in self.printed:
                return
            assert self.process.poll() is None, self.printed
            time.sleep(0.05)
        pytest.fail(self.printed)
