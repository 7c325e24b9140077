"""Compute DynamoDB's capacity units from items by the documented rules.

Local engines report wrong units, mostly for transactions and batches.

Sources, all in the Amazon DynamoDB Developer Guide:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
`tests/contract/test_budgets.py` and the counts of docs/benchmarks.md rest on it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

Item: TypeAlias = Mapping[str, Any]
"""An item in the format of the DynamoDB API: attribute name to `{"S": ...}` and so on."""

READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024

_CONTAINER_BYTES = 3
_ELEMENT_BYTES = 1
_TRANSACTION_FACTOR = 2
"""A transaction prepares every item, then commits it. ("transaction-apis", capacity management)"""


@dataclass(frozen=True)
class Index:
    """A global secondary index: its keys and projected attributes."""

    key_attributes: frozenset[str]
    attributes: frozenset[str]

    @classmethod
    def of(cls, definition: Mapping[str, Any], table_keys: Iterable[str]) -> "Index":
        """Create an index from an entry of `GlobalSecondaryIndexes` with named projections."""
        own = frozenset(key["AttributeName"] for key in definition["KeySchema"])
        projected = definition["Projection"].get("NonKeyAttributes", ())
        return cls(own, own | frozenset(table_keys) | frozenset(projected))

    def entry(self, item: Item | None) -> Item | None:
        """Return the index entry of an item, or None if the item lacks a key of the index."""
        if item is None or not self.key_attributes <= item.keys():
            return None
        return {name: value for name, value in item.items() if name in self.attributes}

    def write_units(self, before: Item | None, after: Item | None) -> int:
        """Return the write units of propagating a table write to the index.

        An unchanged entry costs nothing. An added, changed or removed entry costs one write, and
        a changed key costs two. DynamoDB propagates writes after the commit, so a transaction
        does not raise the cost. ("GSI", write capacity units)
        """
        old, new = self.entry(before), self.entry(after)
        if old == new:
            return 0
        if old and new and self._key_of(old) != self._key_of(new):
            return _write_units(item_size(old)) + _write_units(item_size(new))
        return write_units(old, new)

    def _key_of(self, entry: Item) -> Item:
        return {name: entry[name] for name in self.key_attributes}


def item_size(item: Item) -> int:
    """Return the bytes of the attribute names and values of an item.

    ("CapacityUnitCalculations", without the 100 bytes that count only for storage)
    """
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Mapping[str, Any]) -> int:
    """Return the bytes of an attribute value: text, bytes, number, boolean, null, list or map.

    A number has one byte plus one for every two significant digits. ("CapacityUnitCalculations")

    Raises:
        ValueError: The table does not use this type.
    """
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content)
        case "N":
            return math.ceil(len(_significant_digits(content)) / 2) + 1
        case "BOOL" | "NULL":
            return 1
        case "L":
            return _CONTAINER_BYTES + sum(_ELEMENT_BYTES + value_size(part) for part in content)
        case "M":
            return _CONTAINER_BYTES + _ELEMENT_BYTES * len(content) + item_size(content)
    raise ValueError(kind)


def get_units(item: Item | None, *, consistent: bool) -> float:
    """Return the read units of one item in GetItem or BatchGetItem, which may be missing.

    ("read-write-operations": GetItem, BatchGetItem)
    """
    return _read_units(item_size(item or {}), consistent=consistent)


def query_units(items: Iterable[Item], *, consistent: bool) -> float:
    """Return the read units of one Query request without a filter or projection.

    DynamoDB rounds the sum of the sizes. ("read-write-operations": Query)
    """
    return _read_units(sum(map(item_size, items)), consistent=consistent)


def write_units(before: Item | None, after: Item | None) -> int:
    """Return the write units of putting, updating or deleting an item, without indexes.

    The larger of both sizes counts. A write that changes nothing or fails its condition costs the
    size of the item. ("read-write-operations": PutItem, UpdateItem, DeleteItem)
    """
    return _write_units(max(item_size(before or {}), item_size(after or {})))


def transaction_units(before: Item | None, after: Item | None) -> int:
    """Return the write units of one action of a transaction, without indexes.

    ("transaction-apis", capacity management)
    """
    return _TRANSACTION_FACTOR * write_units(before, after)


def _significant_digits(number: str) -> str:
    digits = "".join(map(str, Decimal(number).as_tuple().digits))
    return digits.strip("0")


def _read_units(size: int, *, consistent: bool) -> float:
    whole = max(1, math.ceil(size / READ_UNIT_BYTES))
    return float(whole) if consistent else whole / 2


def _write_units(size: int) -> int:
    return max(1, math.ceil(size / WRITE_UNIT_BYTES))
