"""Logs of what has changed on contacts, each change in them once.

A log has a head, which knows the last sequence given and, for each page of values, which of its
writes are logged. Entries and head are written together, so that a record that the stream delivers
twice, late or out of order is logged once, under one sequence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any

from shared.domain.changes import (
    ActivityEntry,
    Content,
    LargeValue,
    PageWrite,
    VariableChange,
)
from shared.domain.variables import ContextType, SlotIndex, VariableType
from shared.table import items, keys
from shared.table.definitions import read_slot_index
from shared.table.dynamo import MAX_WRITES, Item, Table, Write, delete, key_of, put

_STREAM_KEEPS = timedelta(hours=24)
"""How long the stream can deliver a record again.

Source: Amazon DynamoDB Developer Guide, "Change data capture for DynamoDB Streams".
"""

_LAST = 10**20 - 1
"""No sequence is as high."""

_CHANGES_PER_ENTRY = 16
"""With the longest values before and after, these stay below an item's 400 KB."""

_WRITES_AT_ONCE = 7
"""With the longest values on all of their pages, these stay below a transaction's 4 MB."""


class ActivityTable:
    """The adapter of the port `Activity`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def record(
        self, account_id: str, contact_id: int, writes: Sequence[PageWrite], keep_until: datetime
    ) -> list[ActivityEntry]:
        """Log those of the writes that are not logged yet; the entries of all, in order.

        With each come those that it is told with.
        WriteConflict when another one logs changes of the contact.
        """
        log = _Log(self._table, account_id, contact_id, keep_until)
        told: dict[int, ActivityEntry] = {}
        for start in range(0, len(writes), _WRITES_AT_ONCE):
            told |= log.record(writes[start : start + _WRITES_AT_ONCE])
        return [told[sequence] for sequence in sorted(told)]

    def record_together(
        self, logs: Sequence[tuple[Sequence[PageWrite], datetime]]
    ) -> list[list[ActivityEntry]]:
        """Log writes of several contacts, each with the time until which its log is kept.

        Heads share a read, and logs share transactions: the capacity is that of `record`, with
        fewer requests. Some logs may have been written when it raises; call `record` for each then.

        Returns: the entries of each contact, as `record` returns them.
        Raises WriteConflict when another one logs changes of one of the contacts.
        """
        opened = [
            (_Log(self._table, writes[0].account_id, writes[0].contact_id, until), writes)
            for writes, until in logs
        ]
        found = self._table.get_many([log.head_key for log, _ in opened])
        heads = {key_of(item): item for item in found}
        plans = [
            log.plan(_to_head(heads.get(log.head_key)), writes)
            for log, writes in opened
            if len(writes) <= _WRITES_AT_ONCE
        ]
        for transaction in _transactions(plans):
            self._table.write(transaction)
        planned = iter(plans)
        return [
            next(planned).entries()
            if len(writes) <= _WRITES_AT_ONCE
            else self.record(log.account_id, log.contact_id, writes, log.keep_until)
            for log, writes in opened
        ]

    def list(
        self, account_id: str, contact_id: int, before: int, now: datetime
    ) -> Iterable[ActivityEntry]:
        """The changes below that sequence which are still kept, newest first.

        They have the current names and the audiences of their variables.
        TTL deletes late, so that expired ones can still be there.
        """
        expired = int(items.seconds(now)["N"])
        first = keys.activity_entry(account_id, contact_id, 0)
        last = keys.activity_entry(account_id, contact_id, before - 1)
        index: SlotIndex | None = None
        for item in self._table.query_back(first, last):
            if int(item["expires_at"]["N"]) <= expired:
                continue
            if index is None:
                # Read after a change, so that it has the audience of its variable.
                index = read_slot_index(self._table, account_id, ContextType.CONTACT)
            for entry in reversed(_entries(item)):
                named = _named(entry, index)
                if entry.sequence < before and named:
                    yield named

    def event(
        self, account_id: str, contact_id: int, first: int, now: datetime
    ) -> Sequence[ActivityEntry]:
        """The changes of the event that begins with that sequence, in order, by today's names.

        Nothing if the log does not have them any more.
        """
        item = self._table.get(keys.activity_entry(account_id, contact_id, first))
        if item is None or int(item["expires_at"]["N"]) <= int(items.seconds(now)["N"]):
            return []
        found = _entries(item)
        last = found[0].event[1]
        if found[-1].sequence < last:
            after = keys.activity_entry(account_id, contact_id, found[-1].sequence + 1)
            until = keys.activity_entry(account_id, contact_id, last)
            others = [_entries(each) for each in self._table.query_back(after, until)]
            found += [entry for entries in reversed(others) for entry in entries]
        index = read_slot_index(self._table, account_id, ContextType.CONTACT)
        return [named for entry in found if (named := _named(entry, index))]

    def close(self, account_id: str, contact_id: int, keep_until: datetime) -> None:
        """Remove the log of a contact that is deleted; what arrives late is not logged."""
        head = keys.activity_head(account_id, contact_id)
        mark = items.entity_item(head, "activity_head", {"closed": True})
        self._table.write([put({**mark, "expires_at": items.seconds(keep_until)})])
        entries = [key_of(item) for item in self._table.query(head.pk, keys.ENTRIES)]
        for start in range(0, len(entries), MAX_WRITES):
            self._table.write([delete(key) for key in entries[start : start + MAX_WRITES]])


def _named(entry: ActivityEntry, index: SlotIndex) -> ActivityEntry | None:
    """The change under the current name of its variable, None if another one has taken that."""
    slot = entry.change.slot
    name = index.names.get(slot, entry.change.variable)
    if not name:
        return None
    change = replace(entry.change, variable=name, audience=index.audience_of(slot))
    return replace(entry, change=change)


@dataclass(slots=True)
class _Head:
    """How far a log has come; `pages` has the ranges of writes that are not logged yet, by page.

    The last range of a page has no end: it begins after the newest write that is logged.
    """

    sequence: int = 0
    revision: int = 0
    closed: bool = False
    pages: dict[int, list[list[int]]] = field(default_factory=dict)

    def matches(self, write: PageWrite) -> bool:
        """Whether a write is not logged yet; from now on it is."""
        ranges = self.pages.setdefault(write.page, [[1]])
        for place, (first, *end) in enumerate(ranges):
            if first <= write.number <= (end[0] if end else write.number):
                ranges[place : place + 1] = _without(first, end, write.number)
                return True
        return False


def _without(first: int, end: list[int], number: int) -> list[list[int]]:
    before = [[first, number - 1]] if first < number else []
    after = [[number + 1, *end]] if not end or number < end[0] else []
    return before + after


@dataclass(frozen=True, slots=True)
class _Plan:
    """What logging writes of one contact takes; `logged` is how many of them are new."""

    log: _Log
    writes: list[Write] = field(default_factory=list)
    new: list[ActivityEntry] = field(default_factory=list)
    again: list[PageWrite] = field(default_factory=list)
    logged: int = 0

    def entries(self) -> list[ActivityEntry]:
        """The new entries and those of writes that were logged before, in order."""
        before = [write for write in self.again if write.changes]
        found = {entry.sequence: entry for write in before for entry in self.log.logged(write)}
        found |= {entry.sequence: entry for entry in self.new}
        return [found[sequence] for sequence in sorted(found)]


@dataclass(frozen=True, slots=True)
class _Log:
    table: Table
    account_id: str
    contact_id: int
    keep_until: datetime

    @property
    def head_key(self) -> keys.Key:
        """The key of the log's head."""
        return keys.activity_head(self.account_id, self.contact_id)

    def record(self, writes: Sequence[PageWrite]) -> dict[int, ActivityEntry]:
        """Log those of a few writes that are not logged yet; the entries of all, by sequence."""
        plan = self.plan(_to_head(self.table.get(self.head_key)), writes)
        if plan.writes:
            self.table.write(plan.writes)
        return {entry.sequence: entry for entry in plan.entries()}

    def plan(self, head: _Head, writes: Sequence[PageWrite]) -> _Plan:
        """Number those of a few writes that are not logged yet, and build the log's writes."""
        if head.closed:
            return _Plan(self)
        new = [write for write in writes if head.matches(write)]
        again = [write for write in writes if write not in new]
        if not new:
            return _Plan(self, again=again)
        entries = _numbered(new, head.sequence)
        head.sequence += len(entries)
        made = self._writes(head, self._entry_items(new, entries))
        return _Plan(self, writes=made, new=entries, again=again, logged=len(new))

    def _writes(self, head: _Head, made: Iterable[Item]) -> list[Write]:
        item = items.entity_item(
            self.head_key,
            "activity_head",
            {
                "sequence": head.sequence,
                "revision": head.revision + 1,
                "pages": {str(page): ranges for page, ranges in head.pages.items()},
            },
        )
        condition, seen = "attribute_not_exists(pk)", {}
        if head.revision:
            condition = "revision = :seen"
            seen = {":seen": items.encode(head.revision)}
        return [put(item, condition, seen), *map(put, made)]

    def _entry_items(
        self, writes: Sequence[PageWrite], entries: Sequence[ActivityEntry]
    ) -> Iterator[Item]:
        left = iter(entries)
        for write in writes:
            of_write = list(islice(left, len(write.changes)))
            for start in range(0, len(of_write), _CHANGES_PER_ENTRY):
                yield self._entry_item(write, of_write[start : start + _CHANGES_PER_ENTRY])

    def _entry_item(self, write: PageWrite, entries: Sequence[ActivityEntry]) -> Item:
        item = items.entity_item(
            keys.activity_entry(self.account_id, self.contact_id, entries[0].sequence),
            "activity_entry",
            {
                "page": write.page,
                "number": write.number,
                "event": entries[0].event,
                "changes": [_told(entry.change) for entry in entries],
            },
        )
        return {
            **item,
            items.ATTRIBUTION: items.attribution(write.by),
            "expires_at": items.seconds(self.keep_until),
        }

    def logged(self, write: PageWrite) -> list[ActivityEntry]:
        """The entries that are told with a write that was logged before."""
        event = self._event_of(write)
        if event is None:
            return []
        first, last = (
            keys.activity_entry(self.account_id, self.contact_id, sequence) for sequence in event
        )
        return [entry for item in self.table.query_back(first, last) for entry in _entries(item)]

    def _event_of(self, write: PageWrite) -> tuple[int, int] | None:
        first = keys.activity_entry(self.account_id, self.contact_id, 0)
        last = keys.activity_entry(self.account_id, self.contact_id, _LAST)
        wanted = {"page": items.encode(write.page), "number": items.encode(write.number)}
        oldest = write.by.at - _STREAM_KEEPS
        for item in self.table.query_back(first, last):
            entry = _entries(item)[0]
            if wanted.items() <= item.items():
                return entry.event
            if entry.by.at < oldest:
                break
        return None


def _to_head(item: Item | None) -> _Head:
    if item is None:
        return _Head()
    if "closed" in item:
        return _Head(closed=True)
    pages = items.decode(item["pages"])
    return _Head(
        sequence=items.decode(item["sequence"]),
        revision=items.decode(item["revision"]),
        pages={int(page): ranges for page, ranges in pages.items()},
    )


def _transactions(plans: Iterable[_Plan]) -> Iterator[list[Write]]:
    """The writes of logs, of several logs in one transaction as far as its size allows."""
    together: list[Write] = []
    count = 0
    for plan in plans:
        # A lone write costs half of what it costs in a transaction.
        if len(plan.writes) == 1:
            yield plan.writes
            continue
        if together and count + plan.logged > _WRITES_AT_ONCE:
            yield together
            together, count = [], 0
        together = [*together, *plan.writes]
        count += plan.logged
    if together:
        yield together


def _numbered(writes: Sequence[PageWrite], last: int) -> list[ActivityEntry]:
    """The changes of writes under the next sequences; those of one request are told together."""
    changes = [(change, write.by) for write in writes for change in write.changes]
    numbered: list[ActivityEntry] = []
    for by, group in groupby(changes, key=lambda each: each[1]):
        together = [change for change, _ in group]
        first = last + len(numbered) + 1
        event = (first, first + len(together) - 1)
        numbered += [
            ActivityEntry(sequence, change, by, event)
            for sequence, change in enumerate(together, first)
        ]
    return numbered


def _entries(item: Item) -> list[ActivityEntry]:
    by = items.to_attribution(item)
    first = keys.sequence_of(item["sk"]["S"])
    event = tuple(items.decode(item["event"]))
    return [
        ActivityEntry(sequence, _change(*told), by, event)
        for sequence, told in enumerate(items.decode(item["changes"]), first)
    ]


def _told(change: VariableChange) -> list[Any]:
    contents = [_encoded(content) for content in (change.old, change.new)]
    return [change.slot, change.variable, change.variable_type, *contents]


def _encoded(content: Content | None) -> Any:
    if isinstance(content, LargeValue):
        return {"bytes": content.size, "sha256": content.sha256}
    return content


def _change(slot: int, variable: str, variable_type: str, old: Any, new: Any) -> VariableChange:
    return VariableChange(slot, variable, VariableType(variable_type), _decoded(old), _decoded(new))


def _decoded(told: Any) -> Content | None:
    if isinstance(told, dict):
        return LargeValue(told["bytes"], told["sha256"])
    content: Content | None = told
    return content
