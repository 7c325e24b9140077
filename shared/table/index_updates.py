"""Apply changes of contacts to the contact index, and build it again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from heapq import merge
from itertools import groupby
from typing import Any

from shared.domain.contact_index import CONTACTS_PER_CHUNK, IndexChange, IndexState, chunk_of
from shared.table import codec, keys
from shared.table.contact_allocation import MAX_CONTACTS
from shared.table.contact_index_items import to_entry
from shared.table.contact_indexing import ContactIndexer
from shared.table.dynamo import Table
from shared.table.index_states import IndexStates, TooManyCells
from shared.table.missing_contacts import MissingIdCounter
from shared.table.operations import Item

_INDEX = "contacts_by_account"
_SMALL = 100
"""The most contacts of an account whose index the first change of a contact builds."""

_IDS_AT_ONCE = 50

_INDEXED = (
    "stage",
    "status",
    "owner",
    "team",
    "tags",
    "first_name",
    "last_name",
    "full_name",
    "email",
    "phone_numbers",
)
"""The attributes of a contact that the index depends on."""


def to_index_change(record: Mapping[str, Any]) -> IndexChange | None:
    """Convert a record of the table's stream. None if it does not concern the index."""
    stream_record = record["dynamodb"]
    new, old = stream_record.get("NewImage", {}), stream_record.get("OldImage", {})
    contact = keys.contact_of(stream_record["Keys"]["pk"]["S"])
    if contact is None or (new or old).get("entity") != {"S": "contact"}:
        return None
    if new and old and _indexed_of(new) == _indexed_of(old):
        return None
    written_at = datetime.fromtimestamp(stream_record["ApproximateCreationDateTime"], UTC)
    return IndexChange(*contact, written_at)


class IndexUpdates:
    """Applies changes to the index. Each can be applied late, again, and in any order."""

    def __init__(self, table: Table, max_contacts: int = MAX_CONTACTS) -> None:
        self._table = table
        self._missing_ids = MissingIdCounter(table, max_contacts)
        self._states = IndexStates(table)
        self._indexer = ContactIndexer(table)

    def apply(self, changes: Sequence[IndexChange]) -> None:
        """Index the contacts of some changes in one chunk as they are stored now."""
        account_id, chunk = changes[0].chunk
        state = self._states.find(account_id) or self._begin(account_id)
        if self._index(account_id, {each.contact_id for each in changes}):
            newest = max(each.written_at for each in changes)
            self._states.record(account_id, state, chunk, newest)
        last_chunk = chunk if state is None else max(chunk, state.last_chunk)
        if self._missing_ids.is_wanted((last_chunk + 1) * CONTACTS_PER_CHUNK):
            self._missing_ids.advance(account_id)

    def rebuild(self, account_id: str) -> Iterator[int]:
        """Index every contact of an account again, while others change them.

        Lists use the index when this has ended, unless the account has too many stages.

        Yields:
            The number of contacts that have been compared, after each chunk.
        """
        began, compared = datetime.now(UTC), 0
        state = self._states.find(account_id)
        times_given_up = 0 if state is None else state.times_given_up
        for chunk, ids in groupby(self._known_ids(account_id), chunk_of):
            wanted = set(ids)
            if not self._index(account_id, wanted):
                return
            self._states.record(account_id, None, chunk, began)
            compared += len(wanted)
            yield compared
        self._states.complete(account_id, times_given_up)

    def is_complete(self, account_id: str) -> bool:
        """Return whether the index of an account has every contact."""
        state = self._states.find(account_id)
        return state is not None and state.is_complete

    def _begin(self, account_id: str) -> IndexState | None:
        """Build the index of a small account. A large one waits for `rebuild`."""
        partition = keys.listed_contact(account_id, 0).pk
        found, has_more = self._table.query_index_page(_INDEX, partition, None, _SMALL)
        if not has_more:
            self._index(account_id, {_id_of(item) for item in found})
        self._states.create(account_id, is_complete=not has_more)
        return self._states.find(account_id)

    def _index(self, account_id: str, contact_ids: set[int]) -> bool:
        """Index contacts; return False if the account has too many stages and statuses."""
        by_chunk: dict[int, list[int]] = {}
        for contact_id in sorted(contact_ids):
            by_chunk.setdefault(chunk_of(contact_id), []).append(contact_id)
        try:
            for ids in by_chunk.values():
                for start in range(0, len(ids), _IDS_AT_ONCE):
                    self._indexer.index(account_id, ids[start : start + _IDS_AT_ONCE])
        except TooManyCells:
            self._states.give_up(account_id)
            return False
        return True

    def _known_ids(self, account_id: str) -> Iterator[int]:
        """Yield the ids of all contacts, and of those that the index has, in ascending order."""
        listed = self._table.query_index(_INDEX, keys.listed_contact(account_id, 0).pk)
        partition = keys.index_entries_partition(account_id)
        entries = self._table.query(partition, keys.INDEX_ENTRIES)
        earlier = self._table.query(partition, keys.EARLIER_INDEX_ENTRIES)
        return merge(
            map(_id_of, listed),
            (contact_id for item in entries for contact_id in sorted(to_entry(item).states)),
            (keys.contact_of_earlier_entry(item["sk"]["S"]) for item in earlier),
        )


def _indexed_of(contact: Item) -> list[Any]:
    return [contact.get(name) for name in _INDEXED]


def _id_of(item: Item) -> int:
    return int(codec.decode(item["contact_id"]))
