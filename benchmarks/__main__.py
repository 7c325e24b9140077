"""`python -m benchmarks`: measure, and write `docs/benchmarks.md`."""

import sys
from pathlib import Path

from tqdm import tqdm

from benchmarks.catalogue import SCENARIOS
from benchmarks.client import TEMPLATE, Client
from benchmarks.cold_start import STARTS, ColdStart, measure_cold_start
from benchmarks.recorder import recording
from benchmarks.report import render, targets
from benchmarks.scenario import Cost, Scenario, measure
from benchmarks.stage import Stage, local_table
from benchmarks.staging import NotBuilt
from local.template import read_template

_REPORT = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> int:
    """Measure everything, write the report and print the targets.

    Returns: the exit status: 0, also when a target is missed; 2 with a sentence on stderr when
        there is nothing to measure.
    """
    try:
        costs, cold_start = _measure()
    except NotBuilt as reason:
        print(reason, file=sys.stderr)
        return 2
    _REPORT.write_text(render(costs, cold_start), encoding="utf-8")
    for target in targets(costs, cold_start):
        print(f"{target.verdict}: {target.asked}: {target.measured}")
    return 0


def _measure() -> tuple[dict[Scenario, Cost], ColdStart]:
    template = read_template(TEMPLATE)
    with local_table() as (dynamodb, table_name), recording(dynamodb, table_name) as recorder:
        client = Client(template)
        costs = {
            scenario: measure(scenario, Stage(dynamodb, table_name, account), client, recorder)
            for account, scenario in tqdm(_by_account(), desc="requests", unit=" scenarios")
        }
        with tqdm(total=STARTS, desc="cold starts", unit=" processes") as progress:
            stage = Stage(dynamodb, table_name, "cold-start")
            return costs, measure_cold_start(stage, template, progress.update)


def _by_account() -> list[tuple[str, Scenario]]:
    return [(f"account-{number:03d}", scenario) for number, scenario in enumerate(SCENARIOS)]


if __name__ == "__main__":
    sys.exit(main())
