"""`python -m benchmarks.fairness`: time an account's import of one row beside another's files.

Both are measured on one local run: first the row alone, then while ten files of another account
are imported.
"""

import json
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pipeline import LocalApi, local_service

FILES = 10
ROWS_PER_FILE = 40_000
ROW_SAMPLES = 20

_KEYS = {name: f"fairness_{name}_0123456789" for name in ("busy", "quiet")}
_POLL_SECONDS = 0.02
_PATIENCE_SECONDS = 600
_SETTLE_SECONDS = 5
"""The files are read for this long before the first row comes."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """Seconds from the end of an upload to the end of its import, each a sample.

    `running` is how many of the other account's imports were running and how many were waiting
    when the last row was imported.
    """

    alone: Sequence[float]
    beside: Sequence[float]
    running: int
    queued: int

    @property
    def ratio(self) -> float:
        """The median beside the other imports by the median alone."""
        return statistics.median(self.beside) / statistics.median(self.alone)


def measure_fairness(
    files: int = FILES, rows: int = ROWS_PER_FILE, samples: int = ROW_SAMPLES
) -> Fairness:
    """Import one row again and again, alone and beside the files of another account.

    Raises:
        TimeoutError: a row was not imported.

    """
    with tempfile.TemporaryDirectory() as folder:
        seed = Path(folder) / "seed.json"
        seed.write_text(json.dumps({"accounts": [_account(name) for name in _KEYS]}))
        with local_service("--seed", str(seed)) as api:
            _import_row(api)
            alone = [_import_row(api) for _ in range(samples)]
            for number in range(files):
                _upload(api, "busy", _file(f"file{number}", rows))
            time.sleep(_SETTLE_SECONDS)
            beside = [_import_row(api) for _ in range(samples)]
            found = api.send("GET", f"/v1/imports?limit={files}", _headers("busy"))["data"]
    states = [each["status"] for each in found]
    return Fairness(alone, beside, states.count("running"), states.count("queued"))


def _import_row(api: LocalApi) -> float:
    import_id = _upload(api, "quiet", _file("row", 1))
    begun = time.monotonic()
    while time.monotonic() < begun + _PATIENCE_SECONDS:
        made = api.send("GET", f"/v1/imports/{import_id}", _headers("quiet"))
        if made["status"] == "completed":
            return time.monotonic() - begun
        time.sleep(_POLL_SECONDS)
    raise TimeoutError("a row was not imported")


def _upload(api: LocalApi, account: str, content: bytes) -> str:
    api.reconnect()
    asked = {"format": "csv", "identifier": {"kind": "email"}, "size": len(content)}
    made = api.send("POST", "/v1/imports", _headers(account), asked)
    request = urllib.request.Request(made["upload"]["url"], content, method="PUT")  # noqa: S310
    with urllib.request.urlopen(request):  # noqa: S310 - the local run's own address
        return str(made["id"])


def _file(name: str, rows: int) -> bytes:
    lines = (f"{name}.{number}@example.com,Ada\n" for number in range(rows))
    return ("email,first_name\n" + "".join(lines)).encode()


def _headers(account: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {_KEYS[account]}"}


def _account(name: str) -> dict[str, object]:
    return {
        "id": name,
        "name": name,
        "api_keys": [{"key": _KEYS[name], "name": "benchmark", "permissions": ["*"]}],
    }


def main() -> int:
    """Measure, and print what was found."""
    found = measure_fairness()
    for name, samples in (("alone", found.alone), ("beside", found.beside)):
        slowest, median = max(samples), statistics.median(samples)
        print(f"{name}: median {median:.2f} s, slowest {slowest:.2f} s")
    print(f"ratio {found.ratio:.2f}; {found.running} running, {found.queued} queued")
    return 0


if __name__ == "__main__":
    sys.exit(main())
