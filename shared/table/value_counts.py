"""Store how many subjects have a value of each variable, in one item of the account."""

from collections.abc import Mapping
from datetime import datetime

from shared.domain.definitions import ContextType
from shared.domain.value_counts import ValueCount
from shared.table import codec, keys
from shared.table.dynamo import Table
from shared.table.operations import put

_PREFIXES = {ContextType.CONTACT: "c", ContextType.CONVERSATION: "v", ContextType.BUSINESS: "b"}
"""The prefixes of the attributes. Slots of different context types have the same numbers."""

_COUNTED_AT = "counted_at"


class ValueCountTable:
    """The adapter of the port `ValueCounts`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, account_id: str, context_type: ContextType, slot: int) -> ValueCount | None:
        """Return the count of the variable with a slot, None if it was not counted."""
        item = self._table.get(keys.value_counts(account_id))
        name = f"{_PREFIXES[context_type]}{slot}"
        if item is None or name not in item:
            return None
        counted_at = codec.to_datetime(codec.decode(item[_COUNTED_AT]))
        return ValueCount(codec.decode(item[name]), counted_at)

    def replace(
        self,
        account_id: str,
        counts: Mapping[ContextType, Mapping[int, int]],
        counted_at: datetime,
    ) -> None:
        """Replace all counts of an account, which are by context type and slot."""
        attributes = {
            f"{_PREFIXES[context_type]}{slot}": count
            for context_type, by_slot in counts.items()
            for slot, count in by_slot.items()
        }
        key = keys.value_counts(account_id)
        item = codec.entity_item(key, "value_counts", {_COUNTED_AT: counted_at, **attributes})
        self._table.write([put(item)])
