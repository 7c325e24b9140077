"""`python -m benchmarks.fairness`: time an account's import of one row beside another's files.

Both are measured on one local run: first the row alone, then while ten files of another account
are imported.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pipeline import LocalApi, local_service, upload
from benchmarks.report.tables import table

FILES = 10
ROWS_PER_FILE = 40_000
ROW_SAMPLES = 20

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks" / "flows.md"
HEADING = "## Imports of two accounts"
_TEXT = """{heading}

Seconds from the end of an upload of one row until it is imported, {samples} times alone and {samples} times while {files} files of {rows:,} rows of another account are imported, under `make run`.
The target is at most twice the time alone; `python -m benchmarks.fairness` measures this section alone.

{table}

Beside the files, the row takes {ratio:.2f} times as long; at the end, {running} of the files' imports were running and {queued} queued.
"""  # noqa: E501 - each sentence of a page is a line

_KEYS = {name: f"fairness_{name}_0123456789" for name in ("busy", "quiet")}
_POLL_SECONDS = 0.02
_PATIENCE_SECONDS = 600
_SETTLE_SECONDS = 5
"""Delay between the start of the files and the first row."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """Samples of the seconds between the end of an upload and the end of its import.

    `running` has the numbers of running and waiting imports of the other account at the end of the
    last row.
    """

    alone: Sequence[float]
    beside: Sequence[float]
    running: int
    queued: int

    @property
    def ratio(self) -> float:
        """Return the median during other imports divided by the median alone."""
        return statistics.median(self.beside) / statistics.median(self.alone)


def measure_fairness(
    files: int = FILES, rows: int = ROWS_PER_FILE, samples: int = ROW_SAMPLES
) -> Fairness:
    """Import one row repeatedly, alone and during imports of another account.

    Raises:
        TimeoutError: A row was not imported.
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
    made = api.start_import(_headers(account))
    upload(made, content)
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


def fairness_section(found: Fairness) -> str:
    """Render the section of the page."""
    rows = [
        (name, f"{statistics.median(samples):.2f}", f"{max(samples):.2f}")
        for name, samples in (("alone", found.alone), ("beside the files", found.beside))
    ]
    return _TEXT.format(
        heading=HEADING,
        samples=len(found.alone),
        files=FILES,
        rows=ROWS_PER_FILE,
        table=table(("the row", "median", "slowest"), rows).strip(),
        ratio=found.ratio,
        running=found.running,
        queued=found.queued,
    )


def main() -> int:
    """Measure and replace the section of the page."""
    section = fairness_section(measure_fairness())
    before = PAGE.read_text(encoding="utf-8").partition(HEADING)[0]
    PAGE.write_text(before.rstrip() + "\n\n" + section, encoding="utf-8")
    print(section)
    return 0


if __name__ == "__main__":
    sys.exit(main())
