"""`python -m benchmarks.values`: measure the records of values and write their page."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from benchmarks.capacity import get_units, item_size, write_units
from benchmarks.definitions import measure_cold_and_warm
from benchmarks.record_forms import FORMS, VALUES, page_of
from benchmarks.report.tables import table, units
from benchmarks.scenario import Cost

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks" / "values.md"
TEXT = Path(__file__).with_suffix(".md")


@dataclass(frozen=True)
class Figure:
    """A scenario, what it cost before, and what it may cost now where a limit was set."""

    dialect: str
    scenario: str
    before: float
    limit: float | None = None


READS = (
    Figure("klen", "Set existing variables, of one page: 32 on a contact of 32", 33, 4),
    Figure("vambe", "Set custom fields by the names of existing ones: 32 on a contact of 32", 34),
    Figure("setter", "Change a contact of 32: 32 variables", 36),
    Figure("chatcaptain", "List the variables of a contact: of 400", 410, 12),
)
REQUESTS = (Figure("klen", "Get a contact: of 32 variables", 2, 1),)
WRITES = (
    Figure("klen", "Set existing variables, of one page: 4 on a contact of 32", 2, 2),
    Figure("klen", "Change a definition: one", 1),
    Figure("klen", "Create a definition: one", 7),
    Figure("klen", "Delete a definition: one", 6),
    Figure("chatcaptain", "Change a variable: its name", 10),
    Figure("klen", "Set variables of the business: 4 existing of 32", 2),
    Figure("chatcaptain", "Set a variable of a contact: 100 KB, first", 202, 40),
)


@dataclass(frozen=True)
class Counted:
    """A table of the page: what is counted of which figures."""

    name: str
    unit: str
    figures: Sequence[Figure]
    count: Callable[[Cost], float]


COUNTED = (
    Counted("reads", "read units", READS, lambda cost: cost.read_units),
    Counted("requests", "requests", REQUESTS, lambda cost: len(cost.requests)),
    Counted("writes", "write units", WRITES, lambda cost: cost.write_units),
)


def main() -> int:
    """Measure and write the page.

    Returns:
        The exit status: 1 if a figure exceeds its limit.
    """
    costs = _measured([figure for each in COUNTED for figure in each.figures])
    page = Template(TEXT.read_text(encoding="utf-8")).substitute(
        values=VALUES,
        forms=forms_table().strip(),
        **{each.name: _table_of(each, costs).strip() for each in COUNTED},
    )
    PAGE.write_text(page, encoding="utf-8")
    print(f"written: {PAGE.name}")
    exceeded = [figure for each in COUNTED for figure in _exceeded(each, costs)]
    for figure in exceeded:
        print(f"over its limit: {figure.dialect}: {figure.scenario}")
    return 1 if exceeded else 0


def forms_table() -> str:
    """Return the table of the forms of a record."""
    rows = []
    for name, record in FORMS.items():
        page = page_of(record)
        read = units(get_units(page, consistent=True))
        rows.append((name, f"{item_size(page):,}", str(write_units(page, page)), read))
    header = ("form", "bytes of the page", "write units of a set of 4", "read units of the page")
    return table(header, rows)


def _measured(figures: Sequence[Figure]) -> dict[Figure, Cost]:
    wanted: dict[str, list[str]] = {}
    for figure in figures:
        wanted.setdefault(figure.dialect, []).append(figure.scenario)
    found = {
        (each.scenario.dialect, each.scenario.name): each.warm.after_key
        for each in measure_cold_and_warm(wanted)
    }
    return {figure: found[figure.dialect, figure.scenario] for figure in figures}


def _table_of(counted: Counted, costs: Mapping[Figure, Cost]) -> str:
    rows = [
        (
            f"{figure.dialect}: {figure.scenario}",
            units(figure.before),
            units(counted.count(costs[figure])),
            "" if figure.limit is None else units(figure.limit),
        )
        for figure in counted.figures
    ]
    return table(("request", f"{counted.unit}, before", "now", "at most"), rows)


def _exceeded(counted: Counted, costs: Mapping[Figure, Cost]) -> list[Figure]:
    return [
        figure
        for figure in counted.figures
        if figure.limit is not None and counted.count(costs[figure]) > figure.limit
    ]


if __name__ == "__main__":
    sys.exit(main())
