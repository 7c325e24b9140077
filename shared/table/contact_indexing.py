"""Keep the contact index: make it equal to the contacts as they are stored now.

The contacts of one chunk are indexed together, so that each leaf and each node is written once:

1. Entries get the new states beside the old ones, on the condition that they are as they were read.
2. The leaves and the nodes of all lists of both are made equal to the contacts.
3. Words are added and deleted.
4. Entries lose the old states. Entries of the earlier form, which have been read with them, are
   deleted.

A conflict, or a contact that has changed meanwhile, starts over. A process that is killed leaves
the entries of step 1, so the next one with the same contacts finishes its work.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from shared.domain.contact_index import ContactList, IndexedContact, chunk_of, indexed
from shared.domain.contacts import ContactSummary
from shared.domain.errors import Unavailable, WriteConflict
from shared.domain.records import dataclass
from shared.domain.values import Subject
from shared.table import codec, keys
from shared.table import contact_index_items as items
from shared.table.contact_index_items import (
    EarlierEntry,
    Entry,
    Leaf,
    Node,
    States,
    Tallies,
    entry_number,
)
from shared.table.contact_items import to_contact_summary
from shared.table.dynamo import Table
from shared.table.index_states import IndexStates
from shared.table.keys import Key
from shared.table.operations import IS_NEW, Item, delete, put

T = TypeVar("T")

_MAX_TRIES = 12

_MAX_WORKERS = 8
"""How many entries or words are written at the same time; the client keeps ten connections."""

_SAME_VERSION = "version = :before"


@dataclass(frozen=True, slots=True)
class _Stored:
    """A contact as it is stored."""

    summary: ContactSummary
    version: int


@dataclass(slots=True)
class _Change:
    """What is to be done for one contact.

    Attributes:
        contact_id: The contact.
        before: The states of its entries as they were read.
        after: What the index is to have. None if the contact does not exist.
        code: The code of the contact's stage and status, 0 if it does not exist.
    """

    contact_id: int
    before: States
    after: IndexedContact | None
    code: int

    @property
    def target(self) -> States:
        """The states that the entry is to have."""
        return () if self.after is None else (self.after,)

    @property
    def all_states(self) -> States:
        """The states of the entry during the change."""
        return tuple(dict.fromkeys((*self.before, *self.target)))

    @property
    def lists(self) -> frozenset[ContactList]:
        """Every list that the contact is in, or may have been in."""
        return frozenset().union(*(each.lists for each in self.all_states))

    def code_in(self, listed: ContactList) -> int:
        """Return what the contact has in a list."""
        return self.code if self.after and listed in self.after.lists else 0


@dataclass(slots=True)
class _Entries:
    """The entries of some contacts, and those of the earlier form that are stored, by contact."""

    by_number: dict[int, Entry]
    earlier: dict[int, EarlierEntry]

    def states_of(self, contact_id: int) -> States:
        """Return the states of a contact in entries of both forms."""
        states = self.by_number[entry_number(contact_id)].states.get(contact_id, ())
        earlier = self.earlier.get(contact_id)
        return tuple(dict.fromkeys((*states, *(earlier.states if earlier else ()))))


class ContactIndexer:
    """Indexes contacts."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._states = IndexStates(table)

    def index(self, account_id: str, contact_ids: Collection[int]) -> None:
        """Index contacts of one chunk as they are stored now.

        Raises:
            Unavailable: Other processes index the same contacts again and again.
        """
        wanted = sorted(set(contact_ids))
        for _ in range(_MAX_TRIES):
            try:
                if self._try_to_index(account_id, wanted):
                    return
            except WriteConflict:
                continue
        raise Unavailable

    def _try_to_index(self, account_id: str, contact_ids: Sequence[int]) -> bool:
        """Index contacts; return whether they are still as they were read."""
        chunk = chunk_of(contact_ids[0])
        stored = self._contacts(account_id, contact_ids)
        entries = self._entries(account_id, contact_ids)
        changes = self._changes(account_id, contact_ids, stored, entries)
        # Read before the entries are written: a process that overtakes this one has read them then,
        # and writes the leaves of the new states too, so that those of this one are conflicts.
        lists = self._lists(account_id, chunk, changes)
        self._write_entries(
            account_id, entries, {each.contact_id: each.all_states for each in changes}
        )
        self._write_lists(account_id, chunk, changes, lists)
        self._write_words(account_id, changes)
        self._write_entries(account_id, entries, {each.contact_id: each.target for each in changes})
        self._delete_earlier(account_id, entries)
        now = self._contacts(account_id, contact_ids)
        return _versions(now) == _versions(stored)

    def _contacts(self, account_id: str, contact_ids: Sequence[int]) -> dict[int, _Stored]:
        wanted = [keys.subject(account_id, Subject.contact(each)) for each in contact_ids]
        return {
            (summary := to_contact_summary(item)).contact_id: _Stored(
                summary, codec.decode(item["version"])
            )
            for item in self._table.get_many(wanted)
        }

    def _changes(
        self,
        account_id: str,
        contact_ids: Sequence[int],
        stored: Mapping[int, _Stored],
        entries: _Entries,
    ) -> list[_Change]:
        cells = {(each.summary.stage, each.summary.status) for each in stored.values()}
        codes = self._states.codes(account_id, cells)
        changes = []
        for contact_id in contact_ids:
            contact = stored[contact_id].summary if contact_id in stored else None
            before = entries.states_of(contact_id)
            after = indexed(contact) if contact else None
            code = codes[contact.stage, contact.status] if contact else 0
            changes.append(_Change(contact_id, before, after, code))
        return changes

    def _entries(self, account_id: str, contact_ids: Sequence[int]) -> _Entries:
        numbers = {
            keys.index_entry(account_id, number): number
            for number in dict.fromkeys(map(entry_number, contact_ids))
        }
        earlier = {keys.earlier_index_entry(account_id, each): each for each in contact_ids}
        found = _by_key(self._table.get_many([*numbers, *earlier]))
        return _Entries(
            {number: items.to_entry(found.get(key)) for key, number in numbers.items()},
            {
                contact_id: items.to_earlier_entry(found[key])
                for key, contact_id in earlier.items()
                if key in found
            },
        )

    def _write_entries(
        self, account_id: str, entries: _Entries, states: Mapping[int, States]
    ) -> None:
        """Give contacts their states in the entries, and write those that this changes."""
        wanted = {number: dict(entry.states) for number, entry in entries.by_number.items()}
        for contact_id, of_contact in states.items():
            wanted[entry_number(contact_id)][contact_id] = of_contact
        _each(
            lambda number: self._write_entry(account_id, entries, number, wanted[number]),
            [*wanted],
        )

    def _write_entry(
        self, account_id: str, entries: _Entries, number: int, states: Mapping[int, States]
    ) -> None:
        before = entries.by_number[number]
        wanted = {contact_id: each for contact_id, each in states.items() if each}
        if wanted == before.states:
            return
        key = keys.index_entry(account_id, number)
        condition, values = _unchanged(before.version)
        item = items.entry_item(key, Entry(wanted, before.version))
        self._table.write([put(item, condition, values)])
        entries.by_number[number] = Entry(wanted, before.version + 1)

    def _delete_earlier(self, account_id: str, entries: _Entries) -> None:
        for contact_id, entry in entries.earlier.items():
            key = keys.earlier_index_entry(account_id, contact_id)
            condition, values = _unchanged(entry.version)
            self._table.write([delete(key, condition, values)])

    def _lists(self, account_id: str, chunk: int, changes: Sequence[_Change]) -> dict[Key, Item]:
        """Return the nodes and the leaves of all lists of the changes."""
        # The nodes are read before the leaves: a node that another process has written since is a
        # conflict, so counts of an earlier leaf never replace those of a later one.
        lists, node_number = _lists_of(changes), chunk // items.CHUNKS_PER_NODE
        node_keys = {each: keys.index_node(account_id, each, node_number) for each in lists}
        leaf_keys = {each: keys.index_leaf(account_id, each, chunk) for each in lists}
        nodes = _by_key(self._table.get_many([*node_keys.values()]))
        return nodes | _by_key(self._table.get_many([*leaf_keys.values()]))

    def _write_lists(
        self, account_id: str, chunk: int, changes: Sequence[_Change], stored: Mapping[Key, Item]
    ) -> None:
        for listed in _lists_of(changes):
            leaf_key = keys.index_leaf(account_id, listed, chunk)
            node_key = keys.index_node(account_id, listed, chunk // items.CHUNKS_PER_NODE)
            codes = {
                items.position_in_chunk(change.contact_id): change.code_in(listed)
                for change in changes
                if listed in change.lists
            }
            # If the list loses a contact, both are written even if they are equal already: the
            # process that put it there may be about to write, and has a conflict then.
            is_forced = 0 in codes.values()
            leaf = items.to_leaf(stored.get(leaf_key))
            self._write_leaf(leaf_key, leaf, codes, is_forced=is_forced)
            node = items.to_node(stored.get(node_key))
            self._write_node(node_key, node, chunk, leaf.tallies, is_forced=is_forced)

    def _write_leaf(
        self, key: Key, leaf: Leaf, codes: Mapping[int, int], *, is_forced: bool
    ) -> None:
        """Give the contacts at some positions their codes."""
        before = list(leaf.codes)
        for position, code in codes.items():
            leaf.codes[position] = code
        if leaf.codes == before and not (is_forced or leaf.is_earlier):
            return
        condition, values = _unchanged(leaf.version)
        self._table.write([put(items.leaf_item(key, leaf), condition, values)])

    def _write_node(
        self, key: Key, node: Node, chunk: int, tallies: Tallies, *, is_forced: bool
    ) -> None:
        """Make the counts of a chunk equal to its leaf."""
        if node.tallies.get(chunk, {}) == tallies and not (is_forced or node.is_earlier):
            return
        node.tallies[chunk] = tallies
        if not tallies:
            del node.tallies[chunk]
        condition, values = _unchanged(node.version)
        self._table.write([put(items.node_item(key, node), condition, values)])

    def _write_words(self, account_id: str, changes: Sequence[_Change]) -> None:
        wanted = {key: item for each in changes for key, item in _words(account_id, each)}
        unsure = [
            keys.index_word(account_id, word, each.contact_id)
            for each in changes
            if each.after and _may_be_unfinished(each)
            for word in each.after.words
        ]
        found = _by_key(self._table.get_many(unsure))
        writes = [put(item) for key, item in wanted.items() if found.get(key) != item]
        writes += (
            delete(keys.index_word(account_id, word, change.contact_id))
            for change in changes
            for word in _dropped_words(change)
        )
        _each(lambda write: self._table.write([write]), writes)


def _each(function: Callable[[T], None], arguments: Sequence[T]) -> None:
    """Call a function for each argument, several at the same time if there are many."""
    if len(arguments) <= _MAX_WORKERS:
        for argument in arguments:
            function(argument)
        return
    # Imported here, so that the cold start of a batch with one contact does not load threads.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(_MAX_WORKERS) as workers:
        list(workers.map(function, arguments))


def _lists_of(changes: Sequence[_Change]) -> list[ContactList]:
    return sorted(frozenset().union(*(each.lists for each in changes)), key=repr)


def _words(account_id: str, change: _Change) -> Iterator[tuple[Key, Item]]:
    """Yield the words that a contact may not have in the index yet."""
    if change.after is None:
        return
    before = change.before[0] if change.before else None
    known: Collection[str] = ()
    if (
        before
        and not _may_be_unfinished(change)
        and (before.owner, before.team) == (change.after.owner, change.after.team)
    ):
        known = before.words
    for word in change.after.words:
        if word not in known:
            key = keys.index_word(account_id, word, change.contact_id)
            yield key, items.word_item(key, change.contact_id, change.after)


def _may_be_unfinished(change: _Change) -> bool:
    """Return whether another process has begun this change, and may have been killed."""
    return len(change.before) > 1 or change.before == change.target


def _dropped_words(change: _Change) -> list[str]:
    had = {word for state in change.before for word in state.words}
    return sorted(had - set(change.after.words if change.after else ()))


def _unchanged(version: int) -> tuple[str, Item | None]:
    if not version:
        return IS_NEW, None
    return _SAME_VERSION, {":before": {"N": str(version)}}


def _by_key(found: Sequence[Item]) -> dict[Key, Item]:
    return {Key(item["pk"]["S"], item["sk"]["S"]): item for item in found}


def _versions(stored: Mapping[int, _Stored]) -> dict[int, int]:
    return {contact_id: each.version for contact_id, each in stored.items()}
