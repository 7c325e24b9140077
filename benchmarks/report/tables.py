"""Format tables, figures and numbers in Markdown."""

from collections.abc import Iterable, Sequence

from benchmarks.catalogue import APIS
from benchmarks.cold_start import Function, Variant

_GROUPS = {**APIS, "docs": "the documentation", "triggers": "the triggers"}


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Format a table with a header."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def figure(name: str, says: str) -> str:
    """Format a figure of `docs/benchmarks` with its alternative text."""
    return f"![{says}](benchmarks/{name}.svg)\n"


def units(count: float) -> str:
    """Format a number of units."""
    return f"{count:g}"


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
