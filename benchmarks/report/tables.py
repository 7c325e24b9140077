"""Tables in Markdown, and figures in words."""

from collections.abc import Iterable, Sequence

from benchmarks.catalogue import APIS
from benchmarks.cold_start import Function, Variant

_GROUPS = {**APIS, "docs": "the documentation", "triggers": "the triggers"}


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a header."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def figure(name: str, says: str) -> str:
    """A figure of `docs/benchmarks`, with what it says for those who do not see it."""
    return f"![{says}](benchmarks/{name}.svg)\n"


def units(count: float | None) -> str:
    """A number of units, a dash where there is none."""
    return "-" if count is None else f"{count:g}"


def megabytes(size: int) -> str:
    """A size in megabytes."""
    return f"{size / 1e6:.1f} MB"


def title(variant: Variant) -> str:
    """What a function, or what it is held against, is called."""
    if isinstance(variant, Function):
        return f"`{variant.name}` of {_GROUPS.get(variant.group, variant.group)}"
    return variant


def request_title(name: str) -> str:
    """What a warm request is called: its API, then what it does."""
    dialect, _, rest = name.partition(", ")
    return f"{APIS[dialect]}: {rest}"
