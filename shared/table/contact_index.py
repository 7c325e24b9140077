"""Find pages of large lists of contacts in the contact index."""

from collections.abc import Iterable, Iterator, Sequence

from shared.domain.contact_index import (
    CONTACTS_PER_CHUNK,
    ContactList,
    IndexedPage,
    IndexState,
    VisibleLists,
    WordHit,
    chunk_of,
    selected_codes,
)
from shared.domain.contact_lists import ContactFilter, WordPosition
from shared.domain.contacts import ContactSummary
from shared.domain.values import Subject
from shared.table import contact_index_items as items
from shared.table import keys
from shared.table.contact_index_items import Tally
from shared.table.contact_items import to_contact_summary
from shared.table.dynamo import Table
from shared.table.operations import Item

_INDEX = "contacts_by_account"

DENSE = 3
"""How many ids may lie between the first and the last contact of a page, for each contact of the
page, so that all between are read in order. A unit reads eight kilobytes of them, or two contacts
by their keys, so this costs less as long as contacts have less than 1,300 bytes on average."""

_ByChunk = dict[ContactList, dict[int, list[Tally]]]
"""The wanted contacts of the chunks of a list. Only chunks that have some are in it."""


class ContactIndexTable:
    """The adapter of the port `ContactIndex`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def state(self, account_id: str) -> IndexState | None:
        """Return the state of an account's index. None if the account has none."""
        found = self._table.query(keys.index_partition(account_id), is_consistent=False)
        return items.to_state({item["sk"]["S"]: item for item in found})

    def page(
        self,
        account_id: str,
        state: IndexState,
        visible: VisibleLists,
        wanted: ContactFilter,
        start: int,
        limit: int,
        first_id: int = 0,
    ) -> IndexedPage:
        """Find the contacts at some positions of a list in order of id.

        Reads the nodes of the lists, and the leaves of the chunks that have the page.
        """
        codes = selected_codes(state.cells, wanted.stage, wanted.status)
        lists = self._tallies(account_id, visible.lists, codes)
        overlaps = self._tallies(account_id, visible.overlaps, codes)
        sizes = _sizes(lists, overlaps)
        before_first = 0
        if first_id:
            before_first = self._count_below(account_id, lists, sizes, codes, first_id)
        start += before_first
        chunks = list(_chunks_of(sizes, start, start + limit))
        members = self._members(account_id, lists, [chunk for chunk, _ in chunks], codes)
        found: list[int] = []
        for chunk, before in chunks:
            first, last = max(start - before, 0), max(start + limit - before, 0)
            found += members[chunk][first:last]
        return IndexedPage(found[:limit], sum(sizes.values()) - before_first)

    def ids_below(
        self,
        account_id: str,
        state: IndexState,
        visible: VisibleLists,
        wanted: ContactFilter,
        before: int | None,
        limit: int,
    ) -> tuple[list[int], bool]:
        """Find the contacts of a list with the highest ids below one, the highest first.

        Reads the nodes of the lists, and the leaves of the chunks that have the ids.
        """
        codes = selected_codes(state.cells, wanted.stage, wanted.status)
        lists = self._tallies(account_id, visible.lists, codes)
        sizes = _sizes(lists, self._tallies(account_id, visible.overlaps, codes))
        last = None if before is None else chunk_of(before - 1)
        left = sorted((each for each in sizes if last is None or each <= last), reverse=True)
        found: list[int] = []
        while left and len(found) <= limit:
            count = _chunks_with(sizes, left, limit + 1 - len(found))
            members = self._members(account_id, lists, left[:count], codes)
            ids = (each for chunk in left[:count] for each in reversed(members[chunk]))
            found += (each for each in ids if before is None or each < before)
            left = left[count:]
        return found[:limit], len(found) > limit

    def hits(
        self, account_id: str, beginning: str, after: WordPosition | None, limit: int
    ) -> tuple[list[WordHit], bool]:
        """Find words that start with a text, and whether there may be more, in one request."""
        start = None
        if after is not None:
            start = keys.index_word(account_id, after.word, after.contact_id)
        found, has_more = self._table.query_page(
            keys.index_words_partition(account_id, beginning),
            keys.beginning_of_word(beginning),
            start,
            limit,
            is_consistent=False,
        )
        return [items.to_word_hit(item) for item in found], has_more

    def summaries(self, account_id: str, contact_ids: Sequence[int]) -> list[ContactSummary]:
        """Return summaries of the contacts that exist, in the order of the ids."""
        if is_dense(contact_ids):
            first, last = min(contact_ids), max(contact_ids)
            items_found: Iterable[Item] = self._table.query_index_between(
                _INDEX,
                keys.listed_contact(account_id, first),
                keys.listed_contact(account_id, last),
            )
        else:
            wanted = [keys.subject(account_id, Subject.contact(each)) for each in contact_ids]
            items_found = self._table.get_many(wanted, is_consistent=False)
        by_id = {each.contact_id: each for each in map(to_contact_summary, items_found)}
        return [by_id[each] for each in contact_ids if each in by_id]

    def _count_below(
        self,
        account_id: str,
        lists: _ByChunk,
        sizes: dict[int, int],
        codes: frozenset[int],
        first_id: int,
    ) -> int:
        """Count the wanted contacts below an id."""
        chunk = chunk_of(first_id)
        members = self._members(account_id, lists, [chunk], codes)[chunk]
        in_chunk = sum(each < first_id for each in members)
        return in_chunk + sum(size for each, size in sizes.items() if each < chunk)

    def _tallies(
        self, account_id: str, lists: Sequence[ContactList], codes: frozenset[int]
    ) -> _ByChunk:
        return {each: dict(self._tallies_of(account_id, each, codes)) for each in lists}

    def _tallies_of(
        self, account_id: str, listed: ContactList, codes: frozenset[int]
    ) -> Iterator[tuple[int, list[Tally]]]:
        partition = keys.index_list_partition(account_id, listed)
        if len(partition.encode()) > keys.MAX_PARTITION_BYTES:
            # A filter can have any text. Nothing has such a key, and asking for it is an error.
            return
        nodes = self._table.query(partition, keys.INDEX_NODES, is_consistent=False)
        for item in nodes:
            for chunk, tallies in items.to_node(item).tallies.items():
                wanted = [tally for code, tally in tallies.items() if code in codes]
                if wanted:
                    yield chunk, wanted

    def _members(
        self, account_id: str, lists: _ByChunk, chunks: Sequence[int], codes: frozenset[int]
    ) -> dict[int, list[int]]:
        """Find the wanted contacts of some chunks, in order of id."""
        found: dict[int, set[int]] = {chunk: set() for chunk in chunks}
        unnamed = []
        for listed, by_chunk in lists.items():
            for chunk in chunks:
                tallies = by_chunk.get(chunk, [])
                if all(each.is_named for each in tallies):
                    found[chunk].update(position for each in tallies for position in each.positions)
                else:
                    unnamed.append(keys.index_leaf(account_id, listed, chunk))
        for item in self._table.get_many(unnamed, is_consistent=False):
            leaf = items.to_leaf(item)
            found[keys.chunk_of_leaf(item["sk"]["S"])].update(
                position for position, code in enumerate(leaf.codes) if code in codes
            )
        return {
            chunk: [chunk * CONTACTS_PER_CHUNK + position for position in sorted(positions)]
            for chunk, positions in found.items()
        }


def is_dense(contact_ids: Sequence[int]) -> bool:
    """Return whether reading contacts in order costs less than reading each by its key."""
    if not contact_ids:
        return False
    return max(contact_ids) - min(contact_ids) < DENSE * len(contact_ids)


def _sizes(lists: _ByChunk, overlaps: _ByChunk) -> dict[int, int]:
    """Return how many contacts are in each chunk of the union of some lists.

    A contact that is being indexed can be in an overlap only, which is less than none.
    """
    sizes: dict[int, int] = {}
    for found, sign in ((lists, 1), (overlaps, -1)):
        for by_chunk in found.values():
            for chunk, tallies in by_chunk.items():
                count = sum(each.count for each in tallies)
                sizes[chunk] = sizes.get(chunk, 0) + sign * count
    return {chunk: max(size, 0) for chunk, size in sizes.items()}


def _chunks_with(sizes: dict[int, int], chunks: Sequence[int], wanted: int) -> int:
    """Return how many of the first chunks have so many contacts together."""
    total = 0
    for number, chunk in enumerate(chunks, start=1):
        total += sizes[chunk]
        if total >= wanted:
            return number
    return len(chunks)


def _chunks_of(sizes: dict[int, int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the chunks with some positions, each with the number of contacts before it."""
    before = 0
    for chunk, size in sorted(sizes.items()):
        if before < end and before + size > start:
            yield chunk, before
        before += size
