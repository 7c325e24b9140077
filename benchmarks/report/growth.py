"""Render the growth of costs and the contention of writers."""
# ruff: noqa: E501 - a sentence of the page is a line

from collections.abc import Sequence

from benchmarks.contention import REQUESTS, Contention
from benchmarks.growth import CONTACTS, EMBEDDED_CONTACTS, MOST_CONTACTS, Growth
from benchmarks.report.tables import figure, table, table_of, units
from benchmarks.scenario import Cost

_GROWTH = """\
## As an account grows

Each cell is the cost of one request after the key is known: its requests of DynamoDB, read units and write units.
They are recorded on {engine}, which held up to {contacts:,} contacts, and computed by DynamoDB's documented rules.
A line that stays level costs the same however much there is; a list reads all it lists, and a contact with all its values costs a read unit for each 4 KB of them.
"""

_LESS_THAN_ALL = """\
The embedded engine keeps everything in memory, about 9 KB for each contact, and takes {embedded:,} contacts in bearable time.
`make bench ENGINE=dynamodb-local` goes on to {most:,}, on the disk.
Nothing but what a request reads and writes counts in its units, so that a level line has no reason to leave its level after that.
"""

_CONTENTION = """\
## When writers meet

Each writer is a process of its own, which sends {requests} requests to the handler, one after the other, against one embedded engine.
Each writes four variables of its own, or a field of its own, so that at the end everything has to hold what its writer was last told is done: what does not is lost.
Calls are those of DynamoDB, three for a request that meets nobody; a conflict is a write whose condition failed because another came between, and costs a read and a write more.
Refused are requests that met others ten times in a row, and are told to try again: nothing of them is written.
"""

_CONTENTION_MEANING = """\
Variables never conflict: each is an attribute of its own, set without reading the page.
The fields of a contact are one item that is written whole, on the condition that it is still the one that was read, so that writers of one contact's fields meet; a contact of eight writers without a pause is no usual one.
A real table conflicts less or more, by how long its requests take; that nothing is lost does not depend on it.
"""


def growth_part(growths: Sequence[Growth], engine: str) -> list[str]:
    """Render a figure, and a table for each dimension."""
    contacts = next(each for each in growths if each.grows == CONTACTS)
    held = max(size for costs in contacts.costs.values() for size in costs)
    parts = [_GROWTH.format(engine=engine, contacts=held)]
    if held < MOST_CONTACTS:
        parts.append(_LESS_THAN_ALL.format(embedded=EMBEDDED_CONTACTS, most=MOST_CONTACTS))
    parts.append(figure("growth", "Read and write units of requests as an account grows"))
    tables = (f"### {each.grows.capitalize()}\n\n{_growth_table(each)}" for each in growths)
    return [*parts, *tables]


def contention_part(contentions: Sequence[Contention]) -> list[str]:
    """Render a table of all measurements and a figure."""
    return [
        _CONTENTION.format(requests=REQUESTS),
        table_of(
            contentions,
            {
                "writers of": lambda it: it.meeting,
                "how many": lambda it: it.writers,
                "done": lambda it: it.done,
                "refused": lambda it: it.rejected,
                "calls for each request": lambda it: f"{it.calls_for_each:.2f}",
                "conflicts": lambda it: it.conflicts,
                "tried again by botocore": lambda it: it.tried_again,
                "lost": lambda it: it.lost,
            },
        ),
        figure("contention", "Calls of DynamoDB for each request by the number of writers"),
        _CONTENTION_MEANING,
    ]


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
