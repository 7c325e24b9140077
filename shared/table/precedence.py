"""Decide which values a write may replace, as a condition of the write or from a page.

The source letters are ordered so that one BETWEEN covers each source. Legacy records hold a type
word instead, which sorts inside the range of `api`; see `source_letters`.

The rule has two forms: `PrecedenceCondition` for DynamoDB, and `outranked` for a page as read.
`tests/table/test_precedence_forms.py` compares them for every source, precedence and age.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from itertools import groupby

from shared.domain.accounts import Attribution
from shared.domain.records import dataclass
from shared.domain.sources import Source, stronger_sources
from shared.domain.values import Assignment
from shared.table import codec
from shared.table.operations import Item
from shared.table.value_items import stored_record, value_attribute
from shared.table.value_records import Record, encode_time

_END = "~"
"""Sorts after every letter that can follow the letter of a source."""

_RANGES = {
    Source.HUMAN: ("a", "a"),
    # Earlier records have the words `boolean` to `text`.
    Source.API: ("b", "t"),
    Source.IMPORT: ("u", "u"),
    Source.AI: ("v", "v"),
}
"""The first and the last initial of each source that a precedence can have, in order."""

MAX_OPERATORS = 300
MAX_BYTES = 4096
"""The most operators and bytes of an expression.

Source: Amazon DynamoDB Developer Guide, "Service, account, and table quotas", expression
parameters.
"""

_RESERVED_BYTES = 200
_RESERVED_OPERATORS = 10
"""What the other conditions of a page take."""

_OPERATOR = re.compile(r"NOT|BETWEEN|AND|OR|<")


@dataclass(slots=True)
class PrecedenceCondition:
    """The condition that no stronger value stands in the slots of a page.

    Attributes:
        clauses: One for each slot whose variable has a precedence.
        values: The placeholders of the clauses.
    """

    clauses: list[str] = field(default_factory=list)
    values: Item = field(default_factory=dict)

    @classmethod
    def of(cls, assignments: Iterable[Assignment], by: Attribution) -> "PrecedenceCondition":
        """Build the condition of a write."""
        condition = cls()
        for each in assignments:
            condition._add(each, by)
        return condition

    @property
    def is_too_large(self) -> bool:
        """Whether the condition exceeds what an expression may have."""
        text = self.text
        operators = len(_OPERATOR.findall(text))
        return (
            len(text.encode()) > MAX_BYTES - _RESERVED_BYTES
            or operators > MAX_OPERATORS - _RESERVED_OPERATORS
        )

    @property
    def text(self) -> str:
        """The clauses, to be appended to another condition."""
        return "".join(f" AND {clause}" for clause in self.clauses)

    def _add(self, assignment: Assignment, by: Attribution) -> None:
        ranges = _stronger_ranges(assignment, by)
        if not ranges:
            return
        path = f"#{value_attribute(assignment.slot)}"
        clause = " AND ".join(self._outside(path, *each) for each in ranges)
        before = _stale_before(assignment, by)
        if before is not None:
            # A comparison of different types is false, so each form has its own.
            stale_after = assignment.stale_after_seconds
            names = (f":stale{stale_after}", f":stale{stale_after}n")
            self.values[names[0]] = {"B": encode_time(before)}
            self.values[names[1]] = codec.encode(before)
            clause = f"({clause} OR {path}[3] < {names[0]} OR {path}[3] < {names[1]})"
        self.clauses.append(clause)

    def _outside(self, path: str, first: str, last: str) -> str:
        self.values[f":from_{first}"] = {"S": first}
        self.values[f":to_{last}"] = {"S": last + _END}
        return f"NOT {path}[2] BETWEEN :from_{first} AND :to_{last}"


def outranked(page: Item, assignments: Sequence[Assignment], by: Attribution) -> dict[int, Record]:
    """Return the records of a page that a write may not replace, by slot."""
    found: dict[int, Record] = {}
    for each in assignments:
        record = stored_record(page, each.slot)
        if record and _is_stronger(record, each, by):
            found[each.slot] = record
    return found


def _is_stronger(record: Record, assignment: Assignment, by: Attribution) -> bool:
    if record.source not in stronger_sources(assignment.precedence, assignment.source_of(by)):
        return False
    before = _stale_before(assignment, by)
    return before is None or record.updated_at >= before


def _stale_before(assignment: Assignment, by: Attribution) -> datetime | None:
    """Return the time before which a stored value is stale, or None if none ever is.

    It is in whole milliseconds, as the times of records are. Otherwise a value could be stale for
    one form of the rule and not for the other.
    """
    if assignment.stale_after_seconds is None:
        return None
    before = by.at - timedelta(seconds=assignment.stale_after_seconds)
    return codec.to_datetime(codec.to_milliseconds(before))


def _stronger_ranges(assignment: Assignment, by: Attribution) -> list[tuple[str, str]]:
    if not assignment.precedence:
        return []
    stronger = {*stronger_sources(assignment.precedence, assignment.source_of(by))}
    ranges = []
    for is_stronger, group in groupby(_RANGES, key=lambda source: source in stronger):
        if is_stronger:
            neighbors = [_RANGES[source] for source in group]
            ranges.append((neighbors[0][0], neighbors[-1][1]))
    return ranges
