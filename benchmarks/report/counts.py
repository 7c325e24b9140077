"""Render the counts: request costs and the quality of field processing."""
# ruff: noqa: E501 - a sentence of the page is a line

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

_COUNTS = """\
## Requests and capacity units

Each row is one request to the deployed handler, with the units that DynamoDB would charge for it.
The requests are recorded as the handler makes them on the embedded engine.
The units are computed from the items' sizes by DynamoDB's documented rules, since local engines miscount them.
Writes to the index of contacts are part of the write units; they count once also in transactions, as DynamoDB carries them over after the commit.
Names of variables have 17 characters and values 15; "of 32" is a contact with as many values.
`tests/contract/test_budgets.py` holds every number of these tables, so that none gets worse unseen.

Before all of it, the key is found by {key}; a key with a limit takes {limited_key}.
The tables count what comes after.
"""

_FIELDS = """\
## How often field processing is right

`benchmarks/labeled-fields.json` has {keys} keys, {values} values and {texts} texts in six languages and a few others, each with what it means, against {definitions} definitions.
They were written by hand to try the rules, misspellings and traps included, and are no sample of what any client sends.
Precision is the share that is right of what a rule found; recall the share that was found of what it should have found.
A wrong value is worse than one that is kept as it was sent, so that the rules go for precision; a test holds it.
The rules are in [variables](variables.md#field-processing).
"""

_LEFT_ALONE = """\
Of {count} keys that mean no field, {alone} were taken for none.
Keys of the kind `other_words` are synonyms that are no alias, for which there is no rule.
"""


def counts_part(costs: Mapping[Scenario, Cost]) -> list[str]:
    """Render the scenarios by API and group."""
    unlimited = next(costs[each] for each in costs if each.requests_per_minute is None)
    limited = next(costs[each] for each in costs if each.requests_per_minute is not None)
    parts = [
        _COUNTS.format(
            key=_key_in_words(unlimited.for_key), limited_key=_key_in_words(limited.for_key)
        )
    ]
    for dialect, title in APIS.items():
        parts.append(f"### {title}\n")
        wanted = [each for each in SCENARIOS if each.dialect == dialect]
        parts += _groups(wanted, costs)
    return parts


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


def fields_part() -> list[str]:
    """Render precision and recall on the labeled set."""
    alone, count = keys_left_alone()
    return [
        _FIELDS.format(**{name: len(rows) for name, rows in labeled_set().items()}),
        f"### Keys, by rule\n\n{_scores('rule', score_keys())}",
        _LEFT_ALONE.format(alone=alone, count=count),
        f"### Values, by type\n\n{_scores('type', score_values())}",
        f"### Texts, read by labels\n\n{_scores('', [score_texts()])}",
    ]


def _scores(name: str, scores: Iterable[Score]) -> str:
    return table_of(
        scores,
        {
            name: lambda it: f"`{it.name}`",
            "to be found": lambda it: it.labeled,
            "found": lambda it: it.found,
            "right": lambda it: it.right,
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
        f"{' and '.join(cost.operations)} (read units: {units(cost.read_units)}, "
        f"write units: {units(cost.write_units)})"
    )
