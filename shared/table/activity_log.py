"""Append changes to the activity log of a contact, each exactly once.

A log has a head and entries. The head has the last sequence number and, for each page of values,
the write numbers that are not logged yet. Head and entries are written in one transaction, so a
stream record that arrives twice, late or out of order is logged once, with one sequence number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from itertools import groupby, islice

from shared.domain.accounts import Audience
from shared.domain.changes import UNKNOWN_IDS, UNKNOWN_TIMES, ActivityEntry, ContactIds, PageWrite
from shared.domain.definitions import ContextType
from shared.domain.records import dataclass
from shared.domain.values import Subject
from shared.table import activity_items, codec, keys
from shared.table.activity_items import Head
from shared.table.contact_items import to_contact_ids
from shared.table.definition_items import to_slot_index
from shared.table.dynamo import Table
from shared.table.operations import IS_NEW, Item, Write, key_of, put

MAX_WRITES_LOGGED = 7
"""The number of page writes to log in one transaction.

With the longest values on each page, their entries stay below a transaction's 4 MB.
"""

_CHANGES_PER_ITEM = 16
"""The number of changes in one item. With the longest values they stay below 400 KB."""

_STREAM_RETENTION = timedelta(hours=24)
"""How long the stream can deliver a record again.

Source: Amazon DynamoDB Developer Guide, "Change data capture for DynamoDB Streams".
"""

_MAX_SEQUENCE = 10**20 - 1


@dataclass(frozen=True, slots=True)
class ContactLog:
    """The activity log of one contact. New entries are stored until `keep_until`."""

    table: Table
    account_id: str
    contact_id: int
    keep_until: datetime

    @property
    def contact_key(self) -> keys.Key:
        """The key of the contact."""
        return keys.subject(self.account_id, Subject.contact(self.contact_id))

    @property
    def head_key(self) -> keys.Key:
        """The key of the log's head."""
        return keys.activity_head(self.account_id, self.contact_id)

    @property
    def index_key(self) -> keys.Key:
        """The key of the account's slot index."""
        return keys.slot_index(self.account_id, ContextType.CONTACT)

    @property
    def keys_to_read(self) -> tuple[keys.Key, ...]:
        """The keys of the items that a plan needs.

        The changes are older than the read, so the slot index has the audience of each.
        """
        return self.head_key, self.contact_key, self.index_key

    def record(self, writes: Sequence[PageWrite]) -> dict[int, ActivityEntry]:
        """Log page writes that are not logged yet.

        Args:
            writes: At most MAX_WRITES_LOGGED writes of pages.

        Returns:
            The entries of all writes by sequence number.

        Raises:
            WriteConflict: Another request changed the log.
        """
        found = {key_of(item): item for item in self.table.get_many(self.keys_to_read)}
        plan = self.plan(found, writes)
        if plan.writes:
            self.table.write(plan.writes)
        return {entry.sequence: entry for entry in plan.entries()}

    def plan(self, found: Mapping[keys.Key, Item], writes: Sequence[PageWrite]) -> LogPlan:
        """Number the page writes that are not logged yet and build the writes of the log.

        Args:
            found: The items of `keys_to_read`, of those that exist.
            writes: The page writes.
        """
        head = activity_items.to_head(found.get(self.head_key))
        ids = to_contact_ids(found.get(self.contact_key))
        index = found.get(self.index_key)
        audiences = {} if index is None else to_slot_index(index).audiences
        if head.is_closed:
            return LogPlan(self)
        new = [write for write in writes if head.add(write)]
        duplicates = [write for write in writes if write not in new]
        if not new:
            return LogPlan(self, duplicates=duplicates, ids=ids, audiences=audiences)
        entries = [
            _with_times_if_expiring(entry, audiences)
            for entry in _number_changes(new, head.sequence)
        ]
        head.sequence += len(entries)
        return LogPlan(
            self,
            writes=[self._head_write(head), *map(put, self._entry_items(new, entries))],
            new_entries=entries,
            duplicates=duplicates,
            new_writes=len(new),
            ids=ids,
            audiences=audiences,
        )

    def entries_of(self, write: PageWrite) -> list[ActivityEntry]:
        """Return the entries of the event that a logged page write belongs to."""
        event_range = self._find_event_range(write)
        if event_range is None:
            return []
        first, last = (
            keys.activity_entry(self.account_id, self.contact_id, each) for each in event_range
        )
        return [
            entry
            for item in self.table.query_back(first, last)
            for entry in activity_items.to_entries(item)
        ]

    def _head_write(self, head: Head) -> Write:
        item = activity_items.head_item(self.head_key, head)
        if not head.revision:
            return put(item, IS_NEW)
        return put(item, "revision = :seen", {":seen": codec.encode(head.revision)})

    def _entry_items(
        self, writes: Sequence[PageWrite], entries: Sequence[ActivityEntry]
    ) -> Iterator[Item]:
        remaining = iter(entries)
        for write in writes:
            of_write = list(islice(remaining, len(write.changes)))
            for start in range(0, len(of_write), _CHANGES_PER_ITEM):
                part = of_write[start : start + _CHANGES_PER_ITEM]
                key = keys.activity_entry(self.account_id, self.contact_id, part[0].sequence)
                yield activity_items.entry_item(key, write, part, self.keep_until)

    def _find_event_range(self, write: PageWrite) -> tuple[int, int] | None:
        first = keys.activity_entry(self.account_id, self.contact_id, 0)
        last = keys.activity_entry(self.account_id, self.contact_id, _MAX_SEQUENCE)
        oldest = write.by.at - _STREAM_RETENTION
        for item in self.table.query_back(first, last):
            entry = activity_items.to_entries(item)[0]
            if activity_items.is_entry_of(item, write):
                return entry.event_range
            if entry.by.at < oldest:
                break
        return None


@dataclass(frozen=True, slots=True)
class LogPlan:
    """The writes that log changes of one contact.

    Attributes:
        log: The log.
        writes: The writes of the head and the entries. Empty if all changes are logged.
        new_entries: The entries that `writes` stores.
        duplicates: Page writes that are logged already.
        new_writes: The number of page writes that are not logged yet.
        ids: The ids of the contact.
        audiences: The audiences of the slots that not every reader of the account gets.
    """

    log: ContactLog
    writes: list[Write] = field(default_factory=list)
    new_entries: list[ActivityEntry] = field(default_factory=list)
    duplicates: list[PageWrite] = field(default_factory=list)
    new_writes: int = 0
    ids: ContactIds = UNKNOWN_IDS
    audiences: Mapping[int, Audience] = field(default_factory=dict)

    def entries(self) -> list[ActivityEntry]:
        """Return the new entries and those of the duplicates, in order of sequence."""
        duplicates = [write for write in self.duplicates if write.changes]
        found = {
            entry.sequence: entry for write in duplicates for entry in self.log.entries_of(write)
        }
        found |= {entry.sequence: entry for entry in self.new_entries}
        return [self._completed(found[sequence]) for sequence in sorted(found)]

    def _completed(self, entry: ActivityEntry) -> ActivityEntry:
        audience = self.audiences.get(entry.change.slot)
        if audience is None:
            return replace(entry, ids=self.ids)
        return replace(entry, ids=self.ids, change=replace(entry.change, audience=audience))


def combine(plans: Iterable[LogPlan]) -> Iterator[list[Write]]:
    """Combine the writes of several logs into transactions.

    A plan with a single write is not combined, because a write without a transaction costs half.
    """
    transaction: list[Write] = []
    count = 0
    for plan in plans:
        if len(plan.writes) == 1:
            yield plan.writes
            continue
        if transaction and count + plan.new_writes > MAX_WRITES_LOGGED:
            yield transaction
            transaction, count = [], 0
        transaction = [*transaction, *plan.writes]
        count += plan.new_writes
    if transaction:
        yield transaction


def _number_changes(writes: Sequence[PageWrite], last_sequence: int) -> list[ActivityEntry]:
    """Give changes the next sequence numbers. Consecutive changes of one request are one event."""
    changes = [(change, write.by) for write in writes for change in write.changes]
    numbered: list[ActivityEntry] = []
    for by, group in groupby(changes, key=lambda each: each[1]):
        of_request = [change for change, _ in group]
        first = last_sequence + len(numbered) + 1
        event = (first, first + len(of_request) - 1)
        numbered += [
            ActivityEntry(sequence, change, by, event)
            for sequence, change in enumerate(of_request, first)
        ]
    return numbered


def _with_times_if_expiring(
    entry: ActivityEntry, audiences: Mapping[int, Audience]
) -> ActivityEntry:
    """Return an entry without the times of its values, unless values of its variable expire."""
    audience = audiences.get(entry.change.slot)
    if audience is not None and audience.expires_after_seconds is not None:
        return entry
    return replace(entry, change=replace(entry.change, set_at=UNKNOWN_TIMES))
