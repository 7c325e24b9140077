"""Render the growth of costs and the contention of writers."""

from collections.abc import Sequence

from benchmarks.contention import REQUESTS, Contention
from benchmarks.growth import CONTACTS, EMBEDDED_CONTACTS, MOST_CONTACTS, Growth
from benchmarks.report.tables import table, table_of, units
from benchmarks.scenario import Cost
from shared.services.conflicts import MAX_ATTEMPTS


def growth(growths: Sequence[Growth], engine: str) -> dict[str, str]:
    """Render a table for each dimension."""
    contacts = next(each for each in growths if each.grows == CONTACTS)
    held = max(size for costs in contacts.costs.values() for size in costs)
    tables = [f"### {each.grows.capitalize()}\n\n{_growth_table(each)}" for each in growths]
    return {
        "engine": engine,
        "contacts": f"{held:,}",
        "embedded_contacts": f"{EMBEDDED_CONTACTS:,}",
        "most_contacts": f"{MOST_CONTACTS:,}",
        "growth": "\n".join(tables),
    }


def contention(contentions: Sequence[Contention]) -> dict[str, str]:
    """Render a table of all measurements."""
    measured = table_of(
        contentions,
        {
            "writers of": lambda it: it.meeting,
            "writers": lambda it: it.writers,
            "successful": lambda it: it.done,
            "rejected": lambda it: it.rejected,
            "calls for each request": lambda it: f"{it.calls_for_each:.2f}",
            "conflicts": lambda it: it.conflicts,
            "retries by botocore": lambda it: it.tried_again,
            "lost": lambda it: it.lost,
        },
    )
    return {"requests": str(REQUESTS), "attempts": str(MAX_ATTEMPTS), "contention": measured}


def _growth_table(growth: Growth) -> str:
    sizes = sorted({size for costs in growth.costs.values() for size in costs})
    rows = [
        (f"{size:,}", *(_cell(costs.get(size)) for costs in growth.costs.values()))
        for size in sizes
    ]
    return table(("", *growth.costs), rows)


def _cell(cost: Cost | None) -> str:
    if cost is None:
        return "-"
    return f"{len(cost.requests)} / {units(cost.read_units)} / {units(cost.write_units)}"
