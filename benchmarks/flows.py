"""`python -m benchmarks.flows`: measure the triggers and write their page.

It takes several minutes, so `python -m benchmarks` does not include it.
"""

import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from tqdm import tqdm

from benchmarks.fairness import PAGE, fairness_section, measure_fairness
from benchmarks.imports import ImportMeasured, measure_import
from benchmarks.local_run import LocalImport, measure_local_import
from benchmarks.pipeline import SAMPLES, Delays, measure_delays
from benchmarks.pipeline_cost import cost_of_log, cost_of_pipeline
from benchmarks.recorder import RecordedRequest
from benchmarks.report.tables import table, table_of, units

TEXT = Path(__file__).with_suffix(".md")
ROWS = (1_000, 50_000)
CHANGES = (1, 4, 32)
"""Numbers of variables that one write changes."""


def main() -> int:
    """Measure and write the page."""
    with tqdm(total=4 + len(ROWS), desc="flows", disable=None) as bar:
        costs = {count: cost_of_log(count) for count in CHANGES}
        pipeline = cost_of_pipeline()
        bar.update()
        delays = measure_delays()
        bar.update()
        imports = []
        for rows in ROWS:
            imports.append(measure_import(rows))
            bar.update()
        local_import = measure_local_import()
        bar.update()
        fairness = measure_fairness()
        bar.update()
    page = _page(costs, pipeline, delays, imports, local_import)
    PAGE.write_text(f"{page}\n{fairness_section(fairness)}", encoding="utf-8")
    print(f"written: {PAGE.name}")
    return 0


def _page(
    costs: dict[int, Sequence[RecordedRequest]],
    pipeline: dict[str, Sequence[RecordedRequest]],
    delays: Delays,
    imports: Sequence[ImportMeasured],
    local_import: LocalImport,
) -> str:
    return Template(TEXT.read_text(encoding="utf-8")).substitute(
        log=_cost_table("variables", {f"{count}": asked for count, asked in costs.items()}).strip(),
        pipeline=_cost_table("step", pipeline).strip(),
        delays=_delay_table(delays).strip(),
        imports=_import_table(imports).strip(),
        local_import=_local_import_table(local_import).strip(),
        samples=SAMPLES,
    )


def _cost_table(of: str, costs: Mapping[str, Sequence[RecordedRequest]]) -> str:
    return table_of(
        costs.items(),
        {
            of: lambda it: it[0],
            "requests": lambda it: ", ".join(each.operation for each in it[1]) or "-",
            "read units": lambda it: units(sum(each.read_units for each in it[1])),
            "write units": lambda it: units(sum(each.write_units for each in it[1])),
        },
    )


def _delay_table(delays: Delays) -> str:
    rows = [
        ("its log entry", *_spread(delays.to_activity)),
        ("its webhook", *_spread(delays.to_webhook)),
    ]
    return table(("to", "5th percentile", "median", "95th percentile"), rows)


def _spread(samples: Sequence[float]) -> tuple[str, str, str]:
    twentieths = statistics.quantiles(samples, n=20)
    picked = (twentieths[0], statistics.median(samples), twentieths[-1])
    low, middle, high = (f"{sample:.0f}" for sample in picked)
    return low, middle, high


def _import_table(imports: Sequence[ImportMeasured]) -> str:
    first = imports[0]
    return table_of(
        imports,
        {
            "rows": lambda it: f"{it.rows:,}",
            "imported": lambda it: f"{it.imported:,}",
            "failed": lambda it: it.failed,
            "runs": lambda it: it.runs,
            "rows per second": lambda it: f"{it.rows / it.seconds:.0f}",
            "time per row by the first": lambda it: (
                f"{(it.seconds / it.rows) / (first.seconds / first.rows):.2f}"
            ),
            "peak memory": lambda it: f"{it.peak_mb:.0f} MB",
            "by that before the file": lambda it: f"{it.peak_mb / it.start_mb:.2f}",
        },
    )


def _local_import_table(measured: LocalImport) -> str:
    return table_of(
        [measured],
        {
            "rows": lambda it: f"{it.rows:,}",
            "seconds": lambda it: f"{it.seconds:.0f}",
            "rows per second": lambda it: f"{it.rows / it.seconds:.0f}",
            "ms of CPU per row, API": lambda it: f"{1000 * it.api_cpu / it.rows:.1f}",
            "engine and functions": lambda it: f"{1000 * it.children_cpu / it.rows:.1f}",
        },
    )


if __name__ == "__main__":
    sys.exit(main())
