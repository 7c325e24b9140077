"""Store how many contacts have a value of each variable, in one item of the account."""

from collections.abc import Mapping
from datetime import datetime

from shared.domain.value_counts import ValueCount
from shared.table import codec, keys
from shared.table.dynamo import Table
from shared.table.operations import put

_PREFIX = "c"
_COUNTED_AT = "counted_at"


class ValueCountTable:
    """The adapter of the port `ValueCounts`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, account_id: str, slot: int) -> ValueCount | None:
        """Return the count of the contact variable with a slot, None if it was not counted."""
        item = self._table.get(keys.value_counts(account_id))
        if item is None or f"{_PREFIX}{slot}" not in item:
            return None
        counted_at = codec.to_datetime(codec.decode(item[_COUNTED_AT]))
        return ValueCount(codec.decode(item[f"{_PREFIX}{slot}"]), counted_at)

    def replace(self, account_id: str, by_slot: Mapping[int, int], counted_at: datetime) -> None:
        """Replace all counts of an account."""
        counts = {f"{_PREFIX}{slot}": count for slot, count in by_slot.items()}
        key = keys.value_counts(account_id)
        item = codec.entity_item(key, "value_counts", {_COUNTED_AT: counted_at, **counts})
        self._table.write([put(item)])
