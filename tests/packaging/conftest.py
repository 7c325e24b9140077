"""Fixtures of packaging tests: one build, made by the command of the deployment."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RunInLayer = Callable[..., Any]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the layer, functions and template, and return their folder.

    Without SAM or Python 3.13 it fails with the message of the Makefile.
    """
    folder = tmp_path_factory.mktemp("build") / "build"
    # Under `make check`, these would pass the flags of this run to the inner make.
    environment = {key: text for key, text in os.environ.items() if not key.startswith("MAKE")}
    made = subprocess.run(
        ["make", "build", f"BUILD_DIR={folder}"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.fixture(scope="session")
def layer(build: Path) -> Path:
    """Return the folder of the layer that is /opt/python on Lambda."""
    return build / "SharedLayer" / "python"


@pytest.fixture(scope="session")
def run_in_layer(layer: Path) -> RunInLayer:
    """Run a script as Lambda would, with the standard library, the layer and `folders` only.

    Returns the JSON document that the script prints.
    """

    def run(script: str, *folders: Path, environment: dict[str, str] | None = None) -> Any:
        path = os.pathsep.join(str(folder) for folder in (*folders, layer))
        # -P, -S: neither the current folder nor this machine's packages. -B: no new byte code.
        finished = subprocess.run(
            ["python3.13", "-P", "-S", "-B", "-c", script],
            check=False,
            env={"PYTHONPATH": path, "PATH": os.environ["PATH"], **(environment or {})},
            capture_output=True,
            text=True,
        )
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    return run
