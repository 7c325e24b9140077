"""Convert the contact index to items and back.

A leaf has the cell of each contact of a chunk that is in a list: a number for its stage and its
status. A node has, for each of 16 chunks, how many contacts of the list are in which cell, and
which if they are few, so that a page of rare contacts is read without their leaves.

A page reads every node of its lists, so nodes are small: their counts are in order of cells, which
compresses well, and positions have eleven bits.

An entry has what the index may have of a few consecutive contacts, so that contacts that are
created together share the write of their entry.

Items of an earlier form are read as well: leaves and nodes of compressed numbers of 16 bits, and
entries of one contact.
"""

import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeAlias

from shared.domain.contact_index import CONTACTS_PER_CHUNK, IndexedContact, IndexState, WordHit
from shared.domain.contact_lists import WordPosition
from shared.domain.records import dataclass
from shared.table import codec, keys
from shared.table.keys import Key
from shared.table.operations import Item

CHUNKS_PER_NODE = 16
"""The number of chunks whose counts are in one node."""

CONTACTS_PER_ENTRY = 4
"""The number of contacts in one entry. With a few more, an entry would often exceed a kilobyte, and
so cost two units when one of them changes."""

MAX_CELLS = 2000
"""The most stages and statuses that contacts of an account may have together."""

MAX_CELLS_BYTES = 100_000
"""The most bytes of their texts: each list reads them, and they must fit into an item."""

APPLIED_AT = "applied_at"
LAST_CHUNK = "last_chunk"
IS_COMPLETE = "is_complete"
TIMES_GIVEN_UP = "times_given_up"

MAX_NAMED = 2
"""The most contacts of a cell of a chunk that a node names. With three, the nodes of a common tag
are a third larger; with one, a page of 50 reads up to six leaves more."""

_MAX_NAMED_EARLIER = 3
"""That of nodes of the earlier form."""

_POSITION_BITS = 11
"""The bits of a position in a chunk."""

NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many contacts of a chunk are in a cell, and their positions if they are few."""

    count: int
    positions: tuple[int, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether the positions are known."""
        return len(self.positions) == self.count


_NO_CONTACTS = Tally(0)

Tallies: TypeAlias = dict[int, Tally]
"""The contacts of a chunk by the code of their cell."""


@dataclass(slots=True)
class Leaf:
    """The codes of the contacts of a chunk, by position; 0 if a contact is not in the list.

    Attributes:
        version: The number of writes. 0 if it is not stored.
        is_earlier: Whether it is stored in the earlier form.
    """

    codes: list[int]
    version: int = 0
    is_earlier: bool = False

    @property
    def tallies(self) -> Tallies:
        """The contacts by code."""
        positions: dict[int, list[int]] = {}
        for position, code in enumerate(self.codes):
            if code:
                positions.setdefault(code, []).append(position)
        return {
            code: Tally(len(found), tuple(found) if len(found) <= MAX_NAMED else ())
            for code, found in positions.items()
        }


@dataclass(slots=True)
class Node:
    """The contacts of some chunks of a list, by chunk. The other attributes are those of `Leaf`."""

    tallies: dict[int, Tallies]
    version: int = 0
    is_earlier: bool = False


States: TypeAlias = tuple[IndexedContact, ...]
"""What the index may have of a contact: one state, or during a change the old and the new."""


@dataclass(slots=True)
class Entry:
    """What the index may have of some consecutive contacts, by id. `version` is that of `Leaf`.

    An entry of no contacts stays stored, so that its version never repeats: otherwise a process
    that has read it long ago could overwrite what another one has written.
    """

    states: dict[int, States]
    version: int = 0


@dataclass(frozen=True, slots=True)
class EarlierEntry:
    """An entry of the earlier form, of one contact."""

    states: States
    version: int


def entry_number(contact_id: int) -> int:
    """Return the number of the entry that has a contact."""
    return contact_id // CONTACTS_PER_ENTRY


def position_in_chunk(contact_id: int) -> int:
    """Return the position of a contact in its chunk."""
    return contact_id % CONTACTS_PER_CHUNK


def leaf_item(key: Key, leaf: Leaf) -> Item:
    """Build the item of the next version of a leaf."""
    attributes = {"cell_codes": _pack(leaf.codes), "version": leaf.version + 1}
    return codec.entity_item(key, "index_leaf", attributes)


def to_leaf(item: Item | None) -> Leaf:
    """Build a leaf from its item. Without an item, it is empty."""
    if item is None:
        return Leaf([0] * CONTACTS_PER_CHUNK)
    plain = codec.decode_item(item)
    if "codes" in plain:
        return Leaf(_unpack_earlier(plain["codes"]), plain["version"], is_earlier=True)
    return Leaf(_unpack(plain["cell_codes"]), plain["version"])


def node_item(key: Key, node: Node) -> Item:
    """Build the item of the next version of a node."""
    first_chunk = min(node.tallies, default=0) // CHUNKS_PER_NODE * CHUNKS_PER_NODE
    codes = sorted({code for tallies in node.tallies.values() for code in tallies})
    counts: list[int] = []
    positions: list[int] = []
    for code in codes:
        for chunk in range(first_chunk, first_chunk + CHUNKS_PER_NODE):
            tally = node.tallies.get(chunk, {}).get(code, _NO_CONTACTS)
            counts.append(tally.count)
            positions += tally.positions if tally.count <= MAX_NAMED else ()
    attributes = {
        "first_chunk": first_chunk,
        "counts": _pack([len(codes), *codes, *counts]),
        "positions": _pack_positions(positions),
        "version": node.version + 1,
    }
    return codec.entity_item(key, "index_node", attributes)


def to_node(item: Item | None) -> Node:
    """Build a node from its item. Without an item, it is empty."""
    if item is None:
        return Node({})
    plain = codec.decode_item(item)
    if "tallies" in plain:
        return _to_node_of_earlier_form(plain)
    code_count, *numbers = _unpack(plain["counts"])
    codes, counts = numbers[:code_count], iter(numbers[code_count:])
    positions = iter(_unpack_positions(plain["positions"]))
    found: dict[int, Tallies] = {}
    for code in codes:
        for position in range(CHUNKS_PER_NODE):
            count = next(counts)
            if count:
                named = count if count <= MAX_NAMED else 0
                tally = Tally(count, tuple(islice(positions, named)))
                found.setdefault(plain["first_chunk"] + position, {})[code] = tally
    return Node(found, plain["version"])


def _to_node_of_earlier_form(plain: Mapping[str, Any]) -> Node:
    numbers = iter(_unpack_earlier(plain["tallies"]))
    found: dict[int, Tallies] = {}
    for position in numbers:
        tallies = found[plain["first_chunk"] + position] = {}
        for _ in range(next(numbers)):
            code, count = next(numbers), next(numbers)
            named = count if count <= _MAX_NAMED_EARLIER else 0
            tallies[code] = Tally(count, tuple(islice(numbers, named)))
    return Node(found, plain["version"], is_earlier=True)


def entry_item(key: Key, entry: Entry) -> Item:
    """Build the item of the next version of an entry."""
    states = {
        str(contact_id): [[each.owner, each.team, each.tags, each.words] for each in of_contact]
        for contact_id, of_contact in entry.states.items()
    }
    attributes = {"states": states, "version": entry.version + 1}
    return codec.entity_item(key, "index_entry", attributes)


def to_entry(item: Item | None) -> Entry:
    """Build an entry from its item. Without an item, it is empty."""
    if item is None:
        return Entry({})
    plain = codec.decode_item(item)
    states = {int(contact_id): _to_states(each) for contact_id, each in plain["states"].items()}
    return Entry(states, plain["version"])


def to_earlier_entry(item: Item) -> EarlierEntry:
    """Build an entry of the earlier form from its item."""
    plain = codec.decode_item(item)
    return EarlierEntry(_to_states(plain["states"]), plain["version"])


def _to_states(stored: Sequence[Any]) -> States:
    return tuple(
        IndexedContact(owner, team, tuple(tags), tuple(words))
        for owner, team, tags, words in stored
    )


def word_item(key: Key, contact_id: int, contact: IndexedContact) -> Item:
    """Build the item of a word of a contact, with whom the contact belongs to."""
    attributes = {"contact_id": contact_id, "owner": contact.owner, "team": contact.team}
    return codec.entity_item(key, "index_word", attributes)


def to_word_hit(item: Item) -> WordHit:
    """Build a hit of a search from the item of a word."""
    plain = codec.decode_item(item)
    position = WordPosition(keys.word_of(item["sk"]["S"]), plain["contact_id"])
    return WordHit(position, plain.get("owner"), plain.get("team"))


def to_cells(item: Item | None) -> tuple[tuple[str, str], ...]:
    """Build the cells of an account from their item."""
    if item is None:
        return ()
    return tuple((stage, status) for stage, status in codec.decode(item["cells"]))


def cells_item(key: Key, cells: Sequence[tuple[str, str]]) -> Item:
    """Build the item of the cells of an account."""
    return codec.entity_item(key, "index_cells", {"cells": cells, "cell_count": len(cells)})


def to_state(items: Mapping[str, Item]) -> IndexState | None:
    """Build the state of an index from the items of its partition, by sort key."""
    state = items.get("STATE")
    if state is None:
        return None
    plain = codec.decode_item(state)
    return IndexState(
        is_complete=plain.get(IS_COMPLETE, False),
        last_chunk=plain.get(LAST_CHUNK, 0),
        applied_at=codec.to_datetime(plain[APPLIED_AT]) if APPLIED_AT in plain else NEVER,
        cells=to_cells(items.get("CELLS")),
        times_given_up=plain.get(TIMES_GIVEN_UP, 0),
    )


def _pack(numbers: Sequence[int]) -> bytes:
    """Compress numbers of 16 bits: first their lower bytes, then their higher ones, mostly 0."""
    plain = struct.pack(f"<{len(numbers)}H", *numbers)
    return zlib.compress(plain[::2] + plain[1::2], 9)


def _unpack(packed: bytes) -> list[int]:
    plain = zlib.decompress(packed)
    middle = len(plain) // 2
    return [low | high << 8 for low, high in zip(plain[:middle], plain[middle:], strict=True)]


def _unpack_earlier(packed: bytes) -> list[int]:
    plain = zlib.decompress(packed)
    return list(struct.unpack(f"<{len(plain) // 2}H", plain))


def _pack_positions(positions: Sequence[int]) -> bytes:
    bits = "".join(f"{each:0{_POSITION_BITS}b}" for each in positions)
    size = math.ceil(len(bits) / 8)
    return int(bits.ljust(size * 8, "0") or "0", 2).to_bytes(size)


def _unpack_positions(packed: bytes) -> list[int]:
    """Return positions. The bits after the last one are fewer than those of a position."""
    bits = f"{int.from_bytes(packed):0{len(packed) * 8}b}"
    starts = range(0, len(bits) - _POSITION_BITS + 1, _POSITION_BITS)
    return [int(bits[start : start + _POSITION_BITS], 2) for start in starts]
