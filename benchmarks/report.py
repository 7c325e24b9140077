"""`docs/benchmarks.md`, written from what was measured."""
# ruff: noqa: E501 - a sentence of the page is a line

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from benchmarks.catalogue import APIS, SCENARIOS
from benchmarks.cold_start import (
    BARE,
    BARE_UNCOMPILED,
    FUNCTIONS,
    OURS,
    SAMPLES,
    VARIANTS,
    ColdStart,
    ImportCost,
)
from benchmarks.field_quality import (
    Score,
    keys_left_alone,
    labeled_set,
    score_keys,
    score_texts,
    score_values,
)
from benchmarks.scenario import Cost, Scenario
from benchmarks.scenarios.klen import TARGET_GROUP
from benchmarks.storage import DESIGNS, READS, SETS, Workload

MAX_TARGET_REQUESTS, MAX_TARGET_READ_UNITS, MAX_TARGET_WRITE_UNITS = 3, 5, 2
MAX_RATIO_COMPILED, MAX_RATIO_UNCOMPILED = 1.3, 0.7

_INTRODUCTION = """\
# Benchmarks

This page is written by `make bench`; what is changed by hand is lost.
Counts and ratios are its content: they carry over to other machines, times do not.
"""

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

_STORAGE = """\
## How values are stored

A contact's values could be stored in several ways.
Here are the units of each, by the same rules, for the same values: name, value, type and time of each.
Every set is atomic, and checks that the contact exists.
"Spread" sets variables that are as far apart as they can be, the others are next to each other.
"""

_DASH = """\
A dash is more than one transaction can hold.
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

_COLD_START = """\
## Cold start

A fresh process imports a function as it is built, and answers its first request: one variable for ChatCaptain, else four, of a contact of 32; the whole OpenAPI document for the documentation.
Beside them runs a bare handler: boto3, `boto3.client("dynamodb")`, one `get_item`.
All run on Python 3.13 against the same engine, started in turn, in {samples} rounds.
Compiled means with byte code that is never checked; `sam build` alone ships none, and Lambda's disk is read-only, so that every start compiles again.
A ratio is that of medians, from import to answer; the quartiles are by the same median of the bare handler.
The last three columns are medians in milliseconds, on the machine that measured.
"""

_LAYER = """\
The layer has {zipped} zipped and {unzipped} unzipped, for both processors together; Lambda's limit is 250 MB unzipped.
"""

_IMPORTS = """\
### The dearest imports

Shares of the time of all imports of `set_contact_context`, each module without what it imports itself.
`app` includes making the client.
"""

_OTHER_IMPORTS = """\
### What the others import beside it

How many modules they are, their share of the time of all imports, and the dearest of them.
"""

_DEAREST_IMPORTS, _DEAREST_OTHER_IMPORTS = 15, 3

_MEANING = """\
## What this means, and what it does not

- The counts are exact for these data: longer values fill pages sooner, and a page beyond 1 KB costs a unit more for each KB.
- What a set reads does not depend on how many definitions the account has, since they are read by name. Vambe's is the exception: a field that no definition has the name of, and a free text, are held against all of them.
- A list of definitions and a list or search of contacts read all that the account has, so their cost grows with it; a list by a custom field reads a page of each contact too.
- A contact that is found by an identifier, as those of ChatCaptain and Vambe are, takes a Query for its number, and is read before anything is looked up that it is written with.
- Each request of ChatCaptain reads the account, which says whose the chatbot is.
- A large value costs its size: two write units for each KB, since it is written in one transaction with its page.
- DynamoDB's rules call the size of a number approximate, so a real table may round up where an item is within a few bytes of a limit.
- The ratios say how much our code and libraries add to a start; the start of a Lambda environment itself comes on top of both.
- The ratios move by a few hundredths from run to run, and more on a machine that is busy.
- The medians in milliseconds belong to the machine that measured them, and say nothing about Lambda.
- The first request talks to an engine on the same machine, so that no network is in it: ours make three to eight requests, the bare handler one; `get_document` makes none.

## The command

`make bench` builds the layer and the functions, measures, and writes this page; it takes a few minutes.
It needs Python 3.13, and nothing else should run meanwhile.
"""


@dataclass(frozen=True)
class Target:
    """What is asked for, what was measured, and whether that is enough."""

    asked: str
    measured: str
    is_met: bool

    @property
    def verdict(self) -> str:
        """One word."""
        return "met" if self.is_met else "missed"


def targets(costs: Mapping[Scenario, Cost], cold_start: ColdStart) -> list[Target]:
    """Every target, held against what was measured."""
    small, large = _target_costs(costs)
    compiled = cold_start.ratio(OURS, to=BARE)
    uncompiled = cold_start.ratio(OURS, to=BARE_UNCOMPILED)
    return [
        Target(
            f"A set of 4 existing variables on a contact of 32, after the key is known: at most "
            f"{MAX_TARGET_REQUESTS} requests, {MAX_TARGET_READ_UNITS} read units and "
            f"{MAX_TARGET_WRITE_UNITS} write units",
            _in_words(small),
            len(small.requests) <= MAX_TARGET_REQUESTS
            and small.read_units <= MAX_TARGET_READ_UNITS
            and small.write_units <= MAX_TARGET_WRITE_UNITS,
        ),
        Target(
            "The same with 1,000 definitions in the account as with 10",
            _in_words(large),
            large == small,
        ),
        Target(
            f"Import and first request of {OURS} by those of the bare handler, both compiled: "
            f"at most {MAX_RATIO_COMPILED}",
            f"{compiled:.2f}",
            compiled <= MAX_RATIO_COMPILED,
        ),
        Target(
            f"The same, compiled, by the bare handler as `sam build` ships it: "
            f"at most {MAX_RATIO_UNCOMPILED}",
            f"{uncompiled:.2f}",
            uncompiled <= MAX_RATIO_UNCOMPILED,
        ),
    ]


def render(costs: Mapping[Scenario, Cost], cold_start: ColdStart) -> str:
    """The whole page."""
    parts = [
        _INTRODUCTION,
        _targets_part(targets(costs, cold_start)),
        *_counts_part(costs),
        *_storage_part(),
        *_fields_part(),
        *_cold_start_part(cold_start),
        _MEANING,
    ]
    return "\n".join(parts)


def _targets_part(held: Iterable[Target]) -> str:
    rows = [(target.asked, target.measured, target.verdict) for target in held]
    return "## Targets\n\n" + _table(("target", "measured", "result"), rows)


def _counts_part(costs: Mapping[Scenario, Cost]) -> list[str]:
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
    header = ("", "requests", "read units", "write units", "operations")
    for group, scenarios in groupby(wanted, key=lambda each: each.group):
        rows = [(each.title, *_cost_cells(costs[each].after_key)) for each in scenarios]
        yield f"#### {group}\n\n{_table(header, rows)}"


def _storage_part() -> list[str]:
    header = ("", *(design.name for design in DESIGNS))
    sets = [(_workload(each), *(_units(it.set_units(each)) for it in DESIGNS)) for each in SETS]
    reads = [
        (f"a contact of {count}", *(_units(design.read_units(count)) for design in DESIGNS))
        for count in READS
    ]
    return [
        _STORAGE,
        f"### Write units of a set\n\n{_table(header, sets)}\n{_DASH}",
        f"### Read units of a contact with all its values\n\n{_table(header, reads)}",
    ]


def _fields_part() -> list[str]:
    alone, count = keys_left_alone()
    return [
        _FIELDS.format(**{name: len(rows) for name, rows in labeled_set().items()}),
        f"### Keys, by rule\n\n{_scores('rule', score_keys())}",
        _LEFT_ALONE.format(alone=alone, count=count),
        f"### Values, by type\n\n{_scores('type', score_values())}",
        f"### Texts, read by labels\n\n{_scores('', [score_texts()])}",
    ]


def _scores(name: str, scores: Iterable[Score]) -> str:
    header = (name, "to be found", "found", "right", "precision", "recall")
    rows = [
        (
            f"`{it.name}`",
            *(str(it.labeled), str(it.found), str(it.right)),
            *(_share(it.precision), _share(it.recall)),
        )
        for it in scores
    ]
    return _table(header, rows)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def _cold_start_part(cold_start: ColdStart) -> list[str]:
    header = (
        "",
        "ratio to bare, compiled",
        "quartiles",
        "modules",
        "all",
        "import",
        "first request",
    )
    rows = [(name, *_start_cells(cold_start, name)) for name in VARIANTS]
    dearest = cold_start.imports[OURS][:_DEAREST_IMPORTS]
    others = [
        (name, *_import_cells(cold_start.imports_beside(name, OURS)))
        for name in FUNCTIONS
        if name != OURS
    ]
    layer = cold_start.layer
    return [
        _COLD_START.format(samples=SAMPLES),
        _table(header, rows),
        _LAYER.format(zipped=_megabytes(layer.zipped), unzipped=_megabytes(layer.unzipped)),
        _IMPORTS,
        _table(("module", "share"), [(f"`{it.module}`", f"{it.share:.1%}") for it in dearest]),
        _OTHER_IMPORTS,
        _table(("", "modules", "share", "dearest"), others),
    ]


def _import_cells(imports: Sequence[ImportCost]) -> tuple[str, ...]:
    dearest = [f"`{it.module}` {it.share:.1%}" for it in imports[:_DEAREST_OTHER_IMPORTS]]
    share = sum(it.share for it in imports)
    return str(len(imports)), f"{share:.1%}", ", ".join(dearest)


def _target_costs(costs: Mapping[Scenario, Cost]) -> tuple[Cost, Cost]:
    small, large, *_ = (cost for each, cost in costs.items() if each.group == TARGET_GROUP)
    return small.after_key, large.after_key


def _start_cells(cold_start: ColdStart, name: str) -> tuple[str, ...]:
    starts = cold_start.starts[name]
    first, third = cold_start.ratio_quartiles(name, to=BARE)
    return (
        f"{cold_start.ratio(name, to=BARE):.2f}",
        f"{first:.2f} to {third:.2f}",
        f"{starts.median(lambda each: each.modules):.0f}",
        f"{starts.median(lambda each: each.total_ms):.0f}",
        f"{starts.median(lambda each: each.import_ms):.0f}",
        f"{starts.median(lambda each: each.first_request_ms):.0f}",
    )


def _cost_cells(cost: Cost) -> tuple[str, ...]:
    return (
        str(len(cost.requests)),
        _units(cost.read_units),
        _units(cost.write_units),
        _in_turn(cost.operations),
    )


def _in_turn(operations: Iterable[str]) -> str:
    runs = [(name, len(list(run))) for name, run in groupby(operations)]
    return ", ".join(name if count == 1 else f"{count} {name}" for name, count in runs)


def _in_words(cost: Cost) -> str:
    return (
        f"{len(cost.requests)} requests, {_units(cost.read_units)} read units, "
        f"{_units(cost.write_units)} write units"
    )


def _key_in_words(cost: Cost) -> str:
    return (
        f"{' and '.join(cost.operations)} (read units: {_units(cost.read_units)}, "
        f"write units: {_units(cost.write_units)})"
    )


def _workload(workload: Workload) -> str:
    spread = ", spread" if workload.spread else ""
    return f"{workload.count} on a contact of {workload.variables}{spread}"


def _units(units: float | None) -> str:
    return "-" if units is None else f"{units:g}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
