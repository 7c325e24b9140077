"""Store the activity of contacts: every change of a variable."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from shared.domain.changes import ActivityEntry, PageWrite
from shared.domain.definitions import ContextType, SlotIndex
from shared.table import activity_items, keys
from shared.table.activity_items import is_expired, to_entries
from shared.table.activity_log import MAX_WRITES_LOGGED, ContactLog, combine
from shared.table.definition_reads import read_slot_index
from shared.table.dynamo import Table
from shared.table.merged_contacts import survivor_of
from shared.table.operations import (
    MAX_TRANSACTION_BYTES,
    MAX_WRITES,
    Item,
    Write,
    delete,
    key_of,
    put,
)


class ActivityTable:
    """The adapter of the port `Activity`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def record(
        self, account_id: str, contact_id: int, writes: Sequence[PageWrite], keep_until: datetime
    ) -> list[ActivityEntry]:
        """Log page writes of one contact that are not logged yet."""
        log = ContactLog(self._table, account_id, contact_id, keep_until)
        entries: dict[int, ActivityEntry] = {}
        for start in range(0, len(writes), MAX_WRITES_LOGGED):
            entries |= log.record(writes[start : start + MAX_WRITES_LOGGED])
        return [entries[sequence] for sequence in sorted(entries)]

    def record_together(
        self, logs: Sequence[tuple[Sequence[PageWrite], datetime]]
    ) -> list[list[ActivityEntry]]:
        """Log page writes of several contacts.

        Reads all heads and contacts at once and combines transactions. Consumes the capacity of
        `record` with fewer requests.
        """
        opened = [
            (ContactLog(self._table, writes[0].account_id, writes[0].contact_id, until), writes)
            for writes, until in logs
        ]
        wanted = dict.fromkeys(key for log, _ in opened for key in log.keys_to_read)
        found = {key_of(item): item for item in self._table.get_many([*wanted])}
        plans = {
            index: log.plan(found, writes)
            for index, (log, writes) in enumerate(opened)
            if len(writes) <= MAX_WRITES_LOGGED
        }
        for transaction in combine([*plans.values()]):
            self._table.write(transaction)
        return [
            plans[index].entries()
            if index in plans
            else self.record(log.account_id, log.contact_id, writes, log.keep_until)
            for index, (log, writes) in enumerate(opened)
        ]

    def list(
        self, account_id: str, contact_id: int, before: int, now: datetime
    ) -> Iterable[ActivityEntry]:
        """Yield the entries with a sequence number below `before`, newest first.

        Entries have the current names and the audiences of their variables. Expired entries are
        left out.
        """
        first = keys.activity_entry(account_id, contact_id, 0)
        last = keys.activity_entry(account_id, contact_id, before - 1)
        index: SlotIndex | None = None
        for item in self._table.query_back(first, last):
            if is_expired(item, now):
                continue
            if index is None:
                # Read the index after a change, so that it has the audience of its variable.
                index = read_slot_index(self._table, account_id, ContextType.CONTACT)
            for entry in reversed(to_entries(item)):
                named = _with_index(entry, index)
                if entry.sequence < before and named:
                    yield named

    def event_entries(
        self, account_id: str, contact_id: int, first: int, now: datetime
    ) -> Sequence[ActivityEntry]:
        """Return the entries of one event, in order of sequence, with current names.

        Args:
            account_id: The account.
            contact_id: The contact.
            first: The first sequence number of the event.
            now: Entries that have expired by now are left out.

        Returns:
            An empty list if the event has expired.
        """
        item = self._table.get(keys.activity_entry(account_id, contact_id, first))
        if item is None or is_expired(item, now):
            return []
        found = to_entries(item)
        last = found[0].event_range[1]
        if found[-1].sequence < last:
            after = keys.activity_entry(account_id, contact_id, found[-1].sequence + 1)
            until = keys.activity_entry(account_id, contact_id, last)
            others = [to_entries(each) for each in self._table.query_back(after, until)]
            found += [entry for entries in reversed(others) for entry in entries]
        index = read_slot_index(self._table, account_id, ContextType.CONTACT)
        return [named for entry in found if (named := _with_index(entry, index))]

    def is_merged(self, account_id: str, contact_id: int) -> bool:
        """Return whether a contact that does not exist was merged into another."""
        return survivor_of(self._table, account_id, contact_id) is not None

    def delete_log(self, account_id: str, contact_id: int, keep_until: datetime) -> None:
        """Delete the log of a deleted contact.

        A closed head stays until `keep_until`, so that late changes are not logged.
        """
        head = keys.activity_head(account_id, contact_id)
        self._table.write([put(activity_items.closed_head_item(head, keep_until))])
        for deletions in _deletions(self._table.query(head.pk, keys.ENTRIES)):
            self._table.write(deletions)


def _deletions(items: Iterable[Item]) -> Iterator[list[Write]]:
    """Build the deletions of entries, one list per transaction."""
    deletions: list[Write] = []
    size = 0
    for item in items:
        # JSON has more bytes than DynamoDB counts, because it names the types.
        item_size = len(json.dumps(item, ensure_ascii=False).encode())
        is_too_large = size + item_size > MAX_TRANSACTION_BYTES
        if deletions and (is_too_large or len(deletions) == MAX_WRITES):
            yield deletions
            deletions, size = [], 0
        deletions.append(delete(key_of(item)))
        size += item_size
    if deletions:
        yield deletions


def _with_index(entry: ActivityEntry, index: SlotIndex) -> ActivityEntry | None:
    """Apply the current name and the audience. None if the slot is hidden."""
    slot = entry.change.slot
    name = index.names.get(slot, entry.change.variable)
    if not name:
        return None
    change = replace(entry.change, variable=name, audience=index.audience_of(slot))
    return replace(entry, change=change)
