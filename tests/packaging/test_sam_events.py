"""The events that the tests take for SAM's are those that SAM's code makes today."""

import subprocess
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT

pytestmark = pytest.mark.packaging

FIXTURES = ROOT / "tests/local/fixtures"


def test_the_stored_events_are_those_that_sam_makes(tmp_path: Path) -> None:
    again = tmp_path / "sam_events.json"
    program = [ROOT / ".venv-sam/bin/python", FIXTURES / "make_sam_events.py", again]
    subprocess.run(program, check=True, cwd=ROOT)
    assert again.read_text() == (FIXTURES / "sam_events.json").read_text()
