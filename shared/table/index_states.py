"""Store the state and the cells of an account's contact index."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from shared.domain.contact_index import IndexState
from shared.domain.errors import WriteConflict
from shared.table import codec, keys
from shared.table import contact_index_items as items
from shared.table.dynamo import Table
from shared.table.operations import IS_NEW, put, update

_STATE = codec.entity_attributes("index_state")


class TooManyCells(Exception):
    """The contacts of an account have too many stages and statuses for an index."""


class IndexStates:
    """Reads and writes the state and the cells of indexes."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, account_id: str) -> IndexState | None:
        """Return the state of an index. None if the account has none."""
        found = self._table.query(keys.index_partition(account_id))
        return items.to_state({item["sk"]["S"]: item for item in found})

    def create(self, account_id: str, *, is_complete: bool) -> None:
        """Store the state of an index that has none yet."""
        key = keys.index_state(account_id)
        state = codec.entity_item(key, "index_state", {items.IS_COMPLETE: is_complete})
        with suppress(WriteConflict):
            self._table.write([put(state, IS_NEW)])

    def complete(self, account_id: str, times_given_up: int) -> None:
        """Store that an index has every contact, unless it was given up meanwhile.

        Args:
            account_id: The account.
            times_given_up: How often it had been given up before its contacts were read.
        """
        sets = {**_STATE, items.IS_COMPLETE: {"BOOL": True}}
        condition, values = f"attribute_not_exists({items.TIMES_GIVEN_UP})", None
        if times_given_up:
            condition = f"{items.TIMES_GIVEN_UP} = :before"
            values = {":before": codec.encode(times_given_up)}
        key = keys.index_state(account_id)
        with suppress(WriteConflict):
            self._table.write([update(key, sets, condition=condition, values=values)])

    def give_up(self, account_id: str) -> None:
        """Store that an index does not have every contact, so that lists do without it."""
        sets = {**_STATE, items.IS_COMPLETE: {"BOOL": False}}
        self._table.add(keys.index_state(account_id), sets, {items.TIMES_GIVEN_UP: 1})

    def record(self, account_id: str, state: IndexState | None, chunk: int, at: datetime) -> None:
        """Store that a change of a contact has been applied.

        Args:
            account_id: The account.
            state: The state as it was read.
            chunk: The chunk of the contact.
            at: When the change was written.
        """
        self.record_chunk(account_id, state, chunk)
        key = keys.index_state(account_id)
        self._table.raise_to(key, _STATE, items.APPLIED_AT, codec.to_milliseconds(at))

    def record_chunk(self, account_id: str, state: IndexState | None, chunk: int) -> None:
        """Store that a chunk has had contacts."""
        if state is None or chunk > state.last_chunk:
            self._table.raise_to(keys.index_state(account_id), _STATE, items.LAST_CHUNK, chunk)

    def codes(
        self, account_id: str, cells: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], int]:
        """Return the codes of cells, and give one to each that has none.

        Raises:
            TooManyCells: There is no code for all of them.
            WriteConflict: Another process has given codes meanwhile.
        """
        key = keys.index_cells(account_id)
        stored = self._table.get(key)
        known = items.to_cells(stored)
        new = sorted(set(cells) - set(known))
        if new:
            known = (*known, *new)
            if len(known) > items.MAX_CELLS or _size(known) > items.MAX_CELLS_BYTES:
                raise TooManyCells
            condition, values = IS_NEW, None
            if stored is not None:
                condition, values = "cell_count = :before", {":before": stored["cell_count"]}
            self._table.write([put(items.cells_item(key, known), condition, values)])
        return {cell: code for code, cell in enumerate(known, start=1)}


def _size(cells: Collection[tuple[str, str]]) -> int:
    return sum(len(text.encode()) for cell in cells for text in cell)
