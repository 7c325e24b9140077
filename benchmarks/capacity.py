"""DynamoDB's capacity units, computed from items by the documented rules.

Local engines miscount them, above all those of transactions and batches, so nothing here asks one.

Sources, all in the Amazon DynamoDB Developer Guide:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

Item: TypeAlias = Mapping[str, Any]
"""An item as DynamoDB's wire has it: attribute name to `{"S": ...}` and the like."""

READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024

_CONTAINER_BYTES = 3
_ELEMENT_BYTES = 1
_TRANSACTION_FACTOR = 2
"""A transaction prepares every item, then commits it. ("transaction-apis", capacity management)"""


@dataclass(frozen=True)
class Index:
    """A global secondary index: its keys, and every attribute that it holds."""

    key_attributes: frozenset[str]
    attributes: frozenset[str]

    @classmethod
    def of(cls, definition: Mapping[str, Any], table_keys: Iterable[str]) -> "Index":
        """The index of an entry of `GlobalSecondaryIndexes` that projects named attributes."""
        own = frozenset(key["AttributeName"] for key in definition["KeySchema"])
        projected = definition["Projection"].get("NonKeyAttributes", ())
        return cls(own, own | frozenset(table_keys) | frozenset(projected))

    def entry(self, item: Item | None) -> Item | None:
        """What the index holds of an item; None when the item lacks one of the index's keys."""
        if item is None or not self.key_attributes <= item.keys():
            return None
        return {name: value for name, value in item.items() if name in self.attributes}

    def write_units(self, before: Item | None, after: Item | None) -> int:
        """The units of carrying a write of the table over to the index.

        Nothing while the entry stays as it is; one write when it appears, changes or goes; two
        when its key changes. DynamoDB carries writes over after they are committed, so an entry
        costs no more for being written by a transaction. ("GSI", write capacity units)
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
    """The bytes of an item: of the names and the values of its attributes.

    ("CapacityUnitCalculations", without the 100 bytes that only storage is billed for)
    """
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Mapping[str, Any]) -> int:
    """The bytes of an attribute's value: text, bytes, number, boolean, null, list or object.

    Raises ValueError for the kinds that the table does not use. A number counts one byte,
    and one for each two of its significant digits. ("CapacityUnitCalculations")
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
    """The read units of getting one item, alone or in a batch; a missing one costs the least.

    ("read-write-operations": GetItem, BatchGetItem)
    """
    return _read_units(item_size(item or {}), consistent=consistent)


def query_units(items: Iterable[Item], *, consistent: bool) -> float:
    """The read units of one request of a query that returns all it reads, with all attributes.

    The sizes are added up before they are rounded. ("read-write-operations": Query)
    """
    return _read_units(sum(map(item_size, items)), consistent=consistent)


def write_units(before: Item | None, after: Item | None) -> int:
    """The write units of putting, updating or deleting an item, in the table alone.

    The larger one of both counts; a write that changes nothing, be it that its condition fails,
    costs what the item does. ("read-write-operations": PutItem, UpdateItem, DeleteItem)
    """
    return _write_units(max(item_size(before or {}), item_size(after or {})))


def transaction_units(before: Item | None, after: Item | None) -> int:
    """The write units of one action of a transaction, ConditionCheck included, in the table alone.

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
