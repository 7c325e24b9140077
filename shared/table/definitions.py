"""Store definitions of variables.

Each definition has an item under its name and two pointers to the name, under the id and the
external id. The account's counters item has the highest ids and slots.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from shared.domain.accounts import WHOLE_ACCOUNT
from shared.domain.definitions import AllocatedIds, ContextType, Definition, SlotIndex, Tombstone
from shared.domain.errors import TooManyDefinitions, WriteConflict
from shared.domain.options import former_labels
from shared.table import codec, definition_items, keys
from shared.table.account_head import ChangedSlot, HeadChange, creation_of
from shared.table.account_items import COUNTERS
from shared.table.definition_items import to_definition
from shared.table.definition_memory import DefinitionMemory
from shared.table.definition_reads import DefinitionReads
from shared.table.definition_writes import (
    UNCHANGED,
    SlotIndexChange,
    as_read,
    create_definitions,
    pointer_keys,
    put_definition,
)
from shared.table.dynamo import Table
from shared.table.head_writes import flush_write, read_head, write_with_head
from shared.table.operations import Item, delete, put

MAX_DEFINITIONS = 5000
"""The default limit of definitions in an account."""

_DEFINITION_ID = "definition_id"
_UPPER_BOUND = "definitions"
"""The counter with an upper bound of the account's definitions.

It is the number of definitions when they were counted last, plus the ids allocated since. They
are counted again only if the bound would exceed the limit.
"""

_MAX_COUNTS = 4
"""How often to count the definitions while other requests allocate ids."""

_MAX_LOOKUPS = 4
"""How often to look up a definition that is renamed between the two reads."""


class DefinitionTable:
    """The adapter of the port `Definitions`."""

    def __init__(
        self,
        table: Table,
        limit: int = MAX_DEFINITIONS,
        memory: DefinitionMemory | None = None,
    ) -> None:
        self._table = table
        self._limit = limit
        self._reads = DefinitionReads(table, memory)

    def list(self, account_id: str) -> list[Definition]:
        """Return the definitions of an account in order of id."""
        found = self._table.query(keys.definitions_partition(account_id), keys.NAMES)
        definitions = [each for each in map(to_definition, found) if isinstance(each, Definition)]
        return sorted(definitions, key=lambda definition: definition.definition_id)

    def find(self, account_id: str, reference: int | str) -> Definition | None:
        """Find a definition by its id (an int) or its external id (a str).

        A pointer leads to the name, which a rename can change between the two reads. The lookup
        then starts again.
        """
        known = self._reads.by_reference(account_id, reference)
        if known is not None:
            return known
        for _ in range(_MAX_LOOKUPS):
            pointer = self._table.get(_pointer_key(account_id, reference))
            if pointer is None:
                return None
            context_type = ContextType(codec.decode(pointer["context_type"]))
            item = self._table.get(
                keys.definition(account_id, context_type, codec.decode(pointer["name"]))
            )
            found = to_definition(item) if item else None
            if (
                item
                and isinstance(found, Definition)
                and reference
                in (
                    found.definition_id,
                    found.external_id,
                )
            ):
                self._reads.learn(account_id, item)
                return found
        return None

    def find_by_names(
        self, account_id: str, context_type: ContextType, names: Iterable[str]
    ) -> dict[str, Definition | Tombstone]:
        """Return the definition or tombstone of each name that has one."""
        found, _ = self._reads.by_names(account_id, context_type, names)
        return found

    def allocate_ids(self, account_id: str, context_type: ContextType, count: int) -> AllocatedIds:
        """Allocate consecutive definition ids and slots that were never allocated before.

        Sends one request. Only if the upper bound of the account's definitions is missing, or
        would exceed the limit, the definitions are counted.

        Raises:
            TooManyDefinitions: The account would exceed its limit. Nothing is allocated.
            WriteConflict: Other requests kept allocating ids while the definitions were counted.
        """
        if count > self._limit:
            raise TooManyDefinitions(self._limit)
        slots = _slot_counter(context_type)
        counters = {_DEFINITION_ID: count, slots: count}
        for _ in range(_MAX_COUNTS):
            allocated, stored = self._table.add_within(
                keys.counters(account_id),
                COUNTERS,
                {**counters, _UPPER_BOUND: count},
                # An account that has never allocated an id has no definitions to count.
                f"#{_UPPER_BOUND} <= :room OR attribute_not_exists(#{_DEFINITION_ID})",
                {":room": {"N": str(self._limit - count)}},
                {},
            )
            if allocated is None:
                existing = self._count(account_id)
                if existing + count > self._limit:
                    raise TooManyDefinitions(self._limit)
                # If another writer counts first, the next round uses its count.
                allocated, _ = self._allocate_counted(
                    account_id, counters, existing + count, stored
                )
            if allocated is not None:
                return AllocatedIds(allocated[_DEFINITION_ID] - count + 1, allocated[slots] - count)
        raise WriteConflict

    def _count(self, account_id: str) -> int:
        found = self._table.query(keys.definitions_partition(account_id), keys.NAMES)
        return sum(item["entity"]["S"] == "definition" for item in found)

    def _allocate_counted(
        self, account_id: str, counters: Mapping[str, int], upper_bound: int, stored: Item
    ) -> tuple[dict[str, int] | None, Item]:
        """Increase the counters and set the upper bound if no id was allocated since `stored`."""
        # After deletions the bound can be the same again. The highest id never is.
        condition = " AND ".join(
            f"#{name} = :seen_{name}" if name in stored else f"attribute_not_exists(#{name})"
            for name in (_UPPER_BOUND, _DEFINITION_ID)
        )
        return self._table.add_within(
            keys.counters(account_id),
            COUNTERS,
            counters,
            condition,
            {
                f":seen_{name}": stored[name]
                for name in (_UPPER_BOUND, _DEFINITION_ID)
                if name in stored
            },
            {_UPPER_BOUND: upper_bound},
        )

    def allocate_slots(self, account_id: str, context_type: ContextType, count: int) -> int:
        """Allocate consecutive slots for definitions that have ids already; return the first.

        Does not apply the limit. The next `allocate_ids` counts the definitions and does.
        """
        slots = _slot_counter(context_type)
        counters = self._table.add(
            keys.counters(account_id), COUNTERS, {slots: count}, removes=[_UPPER_BOUND]
        )
        return counters[slots] - count

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Exclude all definition ids up to this one from allocation."""
        self._table.raise_to(keys.counters(account_id), COUNTERS, _DEFINITION_ID, highest_id)

    def add(self, account_id: str, definitions: Sequence[Definition]) -> None:
        """Store new definitions in one transaction.

        Raises:
            WriteConflict: A name is in use.
        """
        write_with_head(
            self._table,
            account_id,
            creation_of(definitions),
            partial(create_definitions, account_id, definitions),
        )

    def slot_index(self, account_id: str, context_type: ContextType) -> SlotIndex:
        """Return the current names and the audiences of slots, strongly consistent."""
        return self._reads.slot_index(account_id, context_type)

    def replace(self, account_id: str, before: Definition, after: Definition) -> None:
        """Store a changed definition.

        Raises:
            WriteConflict: The stored definition is not `before`.
        """
        index = SlotIndexChange(account_id, after.context_type)
        index.add_audience(after.slot, after.audience)
        if after.audience == WHOLE_ACCOUNT != before.audience:
            index.remove_audience(after.slot)
        index.change_labels(
            after.slot, former_labels(before.all_options), former_labels(after.all_options)
        )
        item = definition_items.definition_item(account_id, after)
        write_with_head(
            self._table,
            account_id,
            HeadChange([ChangedSlot(after.context_type, after.slot)]),
            lambda version: [
                put(definition_items.at_version(item, version), UNCHANGED, as_read(before)),
                *index.writes(version),
            ],
        )

    def rename(
        self, account_id: str, before: Definition, after: Definition, displaced: Tombstone | None
    ) -> None:
        """Store a definition under a new name. It keeps its slot and its values.

        Args:
            account_id: The account.
            before: The stored definition.
            after: The definition with the new name.
            displaced: The tombstone of the new name, if there is one. Its values are hidden,
                because the name is now that of another variable.

        Raises:
            WriteConflict: The stored definition is not `before`, or the new name is in use.
        """
        index = SlotIndexChange(account_id, after.context_type)
        index.set_name(after.slot, after.name)
        index.change_labels(
            after.slot, former_labels(before.all_options), former_labels(after.all_options)
        )
        index.add_audience(after.slot, after.audience)
        if displaced:
            index.set_name(displaced.slot, "")
        old_key = keys.definition(account_id, before.context_type, before.name)
        slots = [after.slot, displaced.slot] if displaced else [after.slot]
        write_with_head(
            self._table,
            account_id,
            HeadChange([ChangedSlot(after.context_type, slot) for slot in slots]),
            lambda version: [
                put_definition(account_id, after, displaced, version),
                *(
                    put(definition_items.definition_pointer_item(key, after))
                    for key in pointer_keys(account_id, after)
                ),
                delete(old_key, UNCHANGED, as_read(before)),
                *index.writes(version),
            ],
        )

    def delete(self, account_id: str, definition: Definition) -> None:
        """Replace a definition by its tombstone.

        Raises:
            WriteConflict: The stored definition is not this one.
        """
        index = SlotIndexChange(account_id, definition.context_type)
        index.add_audience(definition.slot, definition.audience)
        # A new definition of the name has the slot, and options of its own.
        index.change_labels(definition.slot, former_labels(definition.all_options), {})
        tombstone = definition_items.tombstone_item(account_id, definition)
        write_with_head(
            self._table,
            account_id,
            HeadChange([ChangedSlot(definition.context_type, definition.slot)], added=-1),
            lambda version: [
                put(
                    definition_items.at_version(tombstone, version), UNCHANGED, as_read(definition)
                ),
                *(delete(key) for key in pointer_keys(account_id, definition)),
                *index.writes(version),
            ],
        )

    def flush(self, account_id: str) -> int:
        """Make every function read the definitions of an account again; return their number.

        Raises:
            WriteConflict: A definition was written at the same time.
        """
        head = read_head(self._table, account_id)
        count = self._count(account_id)
        self._table.write([flush_write(account_id, head, count)])
        return count


def _pointer_key(account_id: str, reference: int | str) -> keys.Key:
    if isinstance(reference, int):
        return keys.definition_id(account_id, reference)
    return keys.definition_external_id(account_id, reference)


def _slot_counter(context_type: ContextType) -> str:
    return f"{context_type}_slots"
