"""Format tables and numbers in Markdown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from benchmarks.catalogue import APIS
from benchmarks.cold_start import Function, Variant
from benchmarks.scenario import Cost

Row = TypeVar("Row")

_GROUPS = {**APIS, "docs": "the documentation", "triggers": "the triggers"}


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Format a table with a header."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def table_of(rows: Iterable[Row], columns: Mapping[str, Callable[[Row], object]]) -> str:
    """Format a table by the header of each column and its value for a row."""
    cells = ([str(value(row)) for value in columns.values()] for row in rows)
    return table(tuple(columns), cells)


def spread(quartiles: tuple[float, float], decimals: int = 2) -> str:
    """Format the first and the third quartile."""
    first, third = quartiles
    return f"{first:.{decimals}f} to {third:.{decimals}f}"


def units(count: float) -> str:
    """Format a number of units."""
    return f"{count:g}"


def cost_in_words(cost: Cost) -> str:
    """Format the number of requests and the units of a cost."""
    return (
        f"{len(cost.requests)} requests, {units(cost.read_units)} read units, "
        f"{units(cost.write_units)} write units"
    )


def megabytes(size: int) -> str:
    """Format a size in megabytes."""
    return f"{size / 1e6:.1f} MB"


def title(variant: Variant) -> str:
    """Return the title of a function or a baseline."""
    if isinstance(variant, Function):
        return f"`{variant.name}` of {_GROUPS.get(variant.group, variant.group)}"
    return variant


def request_title(name: str) -> str:
    """Return the title of a warm request: its API and name."""
    dialect, _, rest = name.partition(", ")
    return f"{APIS[dialect]}: {rest}"
