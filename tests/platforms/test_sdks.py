"""The SDKs of the platforms sign what hooks verify, and parse what hooks answer."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.platforms.sdk_checks import CHECKS

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-platforms" / "bin" / "python"
PROGRAM = Path(__file__).parent / "sdk_checks.py"

pytestmark = pytest.mark.platforms


@pytest.mark.parametrize("platform", CHECKS)
def test_the_sdk_agrees_with_the_hook(platform: str):
    """In the environment of the SDKs, which has nothing of the service's own."""
    ran = subprocess.run(
        [PYTHON, PROGRAM, platform],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.split() == [check.__name__ for check in CHECKS[platform]]
