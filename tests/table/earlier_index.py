"""The contact index in its earlier form: large leaves and nodes, and an entry for each contact."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from shared.table import codec, keys
from shared.table import contact_index_items as items
from shared.table.operations import Item, key_of

MAX_NAMED = 3


def in_earlier_form(stored: Sequence[Item]) -> list[Item]:
    """Convert leaves, nodes and entries of the account acme; other items stay as they are."""
    leaves = {key_of(item): items.to_leaf(item) for item in stored if _is(item, "index_leaf")}
    return [each for item in stored for each in _earlier(item, leaves)]


def is_in_earlier_form(item: Item) -> bool:
    """Return whether an item is of the earlier form."""
    return "tallies" in item or "codes" in item or item["sk"]["S"].startswith("ENTRY#")


def _earlier(item: Item, leaves: dict[keys.Key, items.Leaf]) -> list[Item]:
    key = key_of(item)
    if _is(item, "index_leaf"):
        return [_item(item, {"codes": _pack(leaves[key].codes), "version": leaves[key].version})]
    if _is(item, "index_node"):
        return [_node(item, leaves)]
    if _is(item, "index_entry"):
        return [*_entries(item)]
    return [item]


def _entries(item: Item) -> Iterator[Item]:
    for contact_id, states in items.to_entry(item).states.items():
        key = keys.earlier_index_entry("acme", contact_id)
        plain = [[each.owner, each.team, each.tags, each.words] for each in states]
        yield codec.entity_item(key, "index_entry", {"states": plain, "version": 1})


def _node(item: Item, leaves: dict[keys.Key, items.Leaf]) -> Item:
    key, node = key_of(item), items.to_node(item)
    numbers: list[int] = []
    for chunk, tallies in sorted(node.tallies.items()):
        codes = leaves[keys.Key(key.pk, f"LEAF#{chunk:020d}")].codes
        numbers += (chunk % items.CHUNKS_PER_NODE, len(tallies))
        for code, tally in sorted(tallies.items()):
            named = [position for position, each in enumerate(codes) if each == code]
            numbers += (code, tally.count, *(named if tally.count <= MAX_NAMED else ()))
    first_chunk = codec.decode(item["first_chunk"])
    attributes = {"first_chunk": first_chunk, "tallies": _pack(numbers), "version": node.version}
    return _item(item, attributes)


def _is(item: Item, entity: str) -> bool:
    return item["entity"]["S"] == entity


def _item(item: Item, attributes: dict[str, Any]) -> Item:
    return codec.entity_item(key_of(item), item["entity"]["S"], attributes)


def _pack(numbers: Sequence[int]) -> bytes:
    return zlib.compress(struct.pack(f"<{len(numbers)}H", *numbers), 9)
