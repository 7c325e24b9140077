"""`python -m benchmarks.hostile_bodies`: measure hostile bodies, and write their page.

All families in all fields take minutes, so the gate tests only a selection.
"""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from tqdm import tqdm

from benchmarks.hostile import MAX_RATIO, Cost, cases, endpoints, measured
from benchmarks.hostile_demo import load_demo
from benchmarks.report.tables import table
from benchmarks.stage import forget_definitions, local_table

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks" / "hostile-bodies.md"
BODY_BYTES = 100_000

_ALL = "Every family is put at every place of every documented body"
_DRAWN = (
    "A draw, as the gate makes it: every place of every documented body gets some of the families, "
    "not each of them"
)


def main() -> int:
    """Measure every body, write the page and print the bodies over the limit.

    Returns:
        The exit status: 1 if a body exceeds the limit.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile_bodies")
    parser.add_argument("--drawn", action="store_true", help="only what the gate tries")
    drawn = parser.parse_args().drawn
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    costs = _costs(drawn=drawn)
    PAGE.write_text(_page(costs, drawn=drawn), encoding="utf-8")
    worst = [cost for found in costs.values() for cost in found if cost.ratio > MAX_RATIO]
    for cost in worst:
        print(f"{cost.case.family} in {cost.case.place}: {cost.ratio:.1f} times")
    print(f"written: {PAGE.name}")
    return 1 if worst else 0


def _costs(*, drawn: bool) -> dict[tuple[str, str], list[Cost]]:
    costs: defaultdict[tuple[str, str], list[Cost]] = defaultdict(list)
    with local_table() as (dynamodb, table_name):
        targets, demo = load_demo(dynamodb, table_name)
        for endpoint in tqdm(endpoints(), desc="endpoints", disable=None):
            forget_definitions()
            demo.restore()
            target = targets.target(endpoint)
            target.seconds(b"{}")
            for case in cases(target.endpoint, BODY_BYTES, drawn=drawn):
                costs[case.family, endpoint.dialect].append(measured(case, target.seconds))
    return costs


def _page(costs: Mapping[tuple[str, str], list[Cost]], *, drawn: bool) -> str:
    families = list(dict.fromkeys(family for family, _ in costs))
    dialects = sorted({dialect for _, dialect in costs})
    rows = [
        [family, *(_cell(costs.get((family, dialect), [])) for dialect in dialects)]
        for family in families
    ]
    count = sum(map(len, costs.values()))
    return (
        "# Hostile bodies\n\n"
        "The CPU of a body that is made to cost work, by that of a plain body of the same size.\n"
        f"{_DRAWN if drawn else _ALL}: {count:,} bodies of about "
        f"{BODY_BYTES:,} bytes; a cell is the largest ratio in an API.\n"
        f"None may be above {MAX_RATIO:g}; `tests/hostile` holds what it draws of them to that.\n"
        "A plain body counts as a millisecond at least, and as the parsing of the hostile one.\n"
        "Each time is the best of up to 25 tries.\n"
        f"Written by `python -m benchmarks.hostile_bodies{' --drawn' if drawn else ''}`.\n\n"
        f"{table(['family', *dialects], rows)}"
    )


def _cell(costs: list[Cost]) -> str:
    return f"{max(cost.ratio for cost in costs):.1f}" if costs else "-"


if __name__ == "__main__":
    sys.exit(main())
