"""What a start puts off is done from then on."""

import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_ASKED = "import gc, shared.wiring.endpoints; print(gc.isenabled(), gc.get_freeze_count() > 0)"


def test_garbage_is_searched_for_again_once_everything_is_imported():
    told = subprocess.run(
        [sys.executable, "-c", _ASKED],
        check=True,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
    )
    assert told.stdout.split() == ["True", "True"]
