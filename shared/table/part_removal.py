"""Find the parts of large values that no page refers to, and delete them.

`docs/adr/0038-large-values-as-immutable-parts.md` shows why no part is deleted that a page refers
to, whatever writers do at the same time.

Source: Amazon DynamoDB Developer Guide, "Working with DynamoDB Streams and Time to Live (TTL)".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.errors import Unavailable, WriteConflict
from shared.domain.parts import UnusedParts
from shared.table import codec, keys
from shared.table.dynamo import Table
from shared.table.keys import Key
from shared.table.operations import Item, delete, update
from shared.table.pages import unchanged_since, writes_of
from shared.table.parts import LEASE
from shared.table.value_items import HAS_PARTS, WRITES, page_references

_TTL = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
"""Who deletes an item when it expires."""

_MAX_TRIES = 5
"""How often to try to change a page that is written at the same time."""


def to_unused_parts(record: Mapping[str, Any]) -> UnusedParts | None:
    """Convert a stream record.

    Returns:
        The parts that a page has dropped, or those of a lease that has expired. None for other
        records. A lease that its writer has deleted says that its parts are in use.
    """
    images = record["dynamodb"]
    old, new = images.get("OldImage", {}), images.get("NewImage", {})
    entity = old.get("entity", {}).get("S")
    pk, sk = (images["Keys"][name]["S"] for name in ("pk", "sk"))
    if entity == LEASE and not new and record.get("userIdentity") == _TTL:
        lease = codec.decode_item(old)
        parts = tuple(lease["parts"])
        return UnusedParts(keys.subject_of_parts(pk), lease["page"], parts, may_be_written=True)
    if entity == "values":
        kept = {*_part_names(new)}
        dropped = tuple(name for name in _part_names(old) if name not in kept)
        return UnusedParts(pk, sk, dropped) if dropped else None
    return None


class PartRemoval:
    """Deletes parts that no page refers to."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def delete(self, found: Sequence[UnusedParts]) -> None:
        """Delete parts, except those that a page refers to. Can be repeated.

        Raises:
            Unavailable: Other writers of the page prevented it, or DynamoDB is not available.
        """
        for each in found:
            # The first one last: while it is there, a removal that failed is repeated.
            for name in reversed(self._removable(each)):
                self._table.write([delete(_part_key(each, name))])

    def _removable(self, unused: UnusedParts) -> list[str]:
        """Return the parts that no page refers to, and that no write can still refer to."""
        page_key = Key(unused.partition, unused.page)
        for _ in range(_MAX_TRIES):
            page = self._table.get(page_key)
            used = {*_part_names(page or {})}
            removable = [name for name in unused.parts if name not in used]
            if page is None or not unused.may_be_written:
                # Without a page: a write that has read it requires it to be there, and one that
                # creates it requires its lease, which has expired.
                return removable
            if used & {*unused.parts} or not self._exists(unused, unused.parts[0]):
                # The write took effect, and what its page dropped since is another removal's.
                # Without a first part, that has happened already, or no part was stored.
                return []
            if self._outdate(page_key, page):
                return removable
        raise Unavailable

    def _exists(self, unused: UnusedParts, name: str) -> bool:
        return self._table.get(_part_key(unused, name)) is not None

    def _outdate(self, key: Key, page: Item) -> bool:
        """Fail the writes that have read a page; return False if it was written since."""
        condition, values = unchanged_since(writes_of(page))
        try:
            self._table.write([update(key, HAS_PARTS, (), condition, values, WRITES)])
        except WriteConflict:
            return False
        return True


def _part_key(unused: UnusedParts, name: str) -> Key:
    return Key(keys.parts_partition(unused.partition), name)


def _part_names(page: Item) -> list[str]:
    references = page_references(page).values() if page else ()
    return [key.sk for each in references for key in each.part_keys()]
