"""`python -m benchmarks`: measure, and write `docs/benchmarks.md` and its figures."""

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from tqdm import tqdm

from benchmarks.catalogue import SCENARIOS
from benchmarks.client import TEMPLATE, Client
from benchmarks.cold_start import measure_cold_start
from benchmarks.contention import measure_contention
from benchmarks.growth import (
    EMBEDDED_CONTACTS,
    MOST_CONTACTS,
    Growth,
    measure_growth,
)
from benchmarks.recorder import recording
from benchmarks.report.figures import write_figures
from benchmarks.report.page import render
from benchmarks.report.targets import targets
from benchmarks.results import Results
from benchmarks.runtime import hold_to_runtime_version
from benchmarks.scenario import Cost, Scenario, measure
from benchmarks.stage import EMBEDDED, Stage, local_table
from benchmarks.staging import NotBuilt
from benchmarks.warm import measure_warm, processes_of_warm
from local.template import Template, read_template

_DOCS = Path(__file__).parent.parent / "docs"
_ENGINES = (EMBEDDED, "dynamodb-local")


def main() -> int:
    """Measure, write the report and print the targets.

    Returns:
        The exit status: 0, even if a target is missed, or 2 with a sentence on stderr if
        the build is missing.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--engine", choices=_ENGINES, default=EMBEDDED)
    engine = parser.parse_args().engine
    # Logs of handlers would break the progress bars.
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    try:
        hold_to_runtime_version()
        results = _measure(engine, read_template(TEMPLATE))
    except NotBuilt as reason:
        print(reason, file=sys.stderr)
        return 2
    (_DOCS / "benchmarks.md").write_text(render(results), encoding="utf-8")
    write_figures(results, _DOCS / "benchmarks")
    for target in targets(results):
        print(f"{target.verdict}: {target.asked}: {target.measured}")
    return 0


def _measure(engine: str, template: Template) -> Results:
    costs, growth = _counted(engine, template)
    # Times and conflicts are always measured on the embedded engine.
    with local_table() as (dynamodb, table_name):
        cold_start = measure_cold_start(dynamodb, table_name, template)
        make_stage = partial(Stage, dynamodb, table_name)
        with tqdm(total=processes_of_warm(), desc="warm requests") as bar:
            warm = measure_warm(make_stage, template, bar.update)
        contention = measure_contention(make_stage, Client(template))
    return Results(engine, costs, growth, contention, cold_start, warm)


def _counted(engine: str, template: Template) -> tuple[dict[Scenario, Cost], list[Growth]]:
    contacts = EMBEDDED_CONTACTS if engine == EMBEDDED else MOST_CONTACTS
    with (
        local_table(engine) as (dynamodb, table_name),
        recording(dynamodb, table_name) as recorder,
    ):
        client = Client(template)
        make_stage = partial(Stage, dynamodb, table_name)
        by_account = [(f"account-{number:03d}", each) for number, each in enumerate(SCENARIOS)]
        costs = {
            scenario: measure(scenario, make_stage(account), client, recorder)
            for account, scenario in tqdm(by_account, desc="requests", unit=" scenarios")
        }
        growth = measure_growth(make_stage, client, recorder, contacts)
    return costs, growth


if __name__ == "__main__":
    sys.exit(main())
