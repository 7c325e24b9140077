"""Render the counts: request costs and the quality of field processing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from benchmarks.catalogue import APIS, SCENARIOS
from benchmarks.field_quality import (
    Score,
    keys_left_alone,
    labeled_set,
    score_keys,
    score_texts,
    score_values,
)
from benchmarks.report.tables import table_of, units
from benchmarks.scenario import Cost, Scenario


def counts(costs: Mapping[Scenario, Cost]) -> dict[str, str]:
    """Render the scenarios by API and group."""
    unlimited = next(costs[each] for each in costs if each.requests_per_minute is None)
    limited = next(costs[each] for each in costs if each.requests_per_minute is not None)
    parts = []
    for dialect, title in APIS.items():
        parts.append(f"### {title}\n")
        parts += _groups([each for each in SCENARIOS if each.dialect == dialect], costs)
    return {
        "key": _key_in_words(unlimited.for_key),
        "limited_key": _key_in_words(limited.for_key),
        "counts": "\n".join(parts),
    }


def _groups(wanted: Iterable[Scenario], costs: Mapping[Scenario, Cost]) -> Iterator[str]:
    for group, scenarios in groupby(wanted, key=lambda each: each.group):
        rows = [(each.title, costs[each].after_key) for each in scenarios]
        columns: dict[str, Callable[[tuple[str, Cost]], object]] = {
            "": lambda it: it[0],
            "requests": lambda it: len(it[1].requests),
            "read units": lambda it: units(it[1].read_units),
            "write units": lambda it: units(it[1].write_units),
            "operations": lambda it: _in_turn(it[1].operations),
        }
        yield f"#### {group}\n\n{table_of(rows, columns)}"


def fields() -> dict[str, str]:
    """Render precision and recall on the labeled set."""
    alone, count = keys_left_alone()
    sizes = {f"labeled_{name}": str(len(rows)) for name, rows in labeled_set().items()}
    return {
        **sizes,
        "key_scores": _scores("rule", score_keys()),
        "unknown_keys": str(count),
        "left_alone": str(alone),
        "value_scores": _scores("type", score_values()),
        "text_scores": _scores("", [score_texts()]),
    }


def _scores(name: str, scores: Iterable[Score]) -> str:
    return table_of(
        scores,
        {
            name: lambda it: f"`{it.name}`",
            "expected": lambda it: it.labeled,
            "found": lambda it: it.found,
            "correct": lambda it: it.right,
            "precision": lambda it: _share(it.precision),
            "recall": lambda it: _share(it.recall),
        },
    )


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def _in_turn(operations: Iterable[str]) -> str:
    runs = [(name, len(list(run))) for name, run in groupby(operations)]
    return ", ".join(name if count == 1 else f"{count} {name}" for name, count in runs)


def _key_in_words(cost: Cost) -> str:
    return (
        f"{' and '.join(cost.operations)}, {units(cost.read_units)} read units and "
        f"{units(cost.write_units)} write units"
    )
