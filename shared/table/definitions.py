"""Definitions in the table: one item under the name, two pointers to it, a counter of ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.domain.accounts import WHOLE_ACCOUNT, Audience
from shared.domain.errors import TooManyDefinitions, WriteConflict
from shared.domain.variables import (
    AllocatedIds,
    ContextType,
    Definition,
    Redefinition,
    SlotIndex,
    Tombstone,
)
from shared.table import items, keys
from shared.table.dynamo import MAX_WRITES, Item, Table, Write, delete, put, update

DEFINITIONS_PER_WRITE = (MAX_WRITES - 1) // 3
"""How many new definitions of one context type fit into one transaction.

Each has its own item and two pointers; together they have one write of the slot index.
"""

_DEFINITION_ID = "definition_id"
_ALLOTTED = "definitions"
"""The counter of the definitions that an account had when they were counted, and of all ids since.

It is never below the number of definitions, so that they are counted again only where it says that
there can be no more.
"""

MAX_DEFINITIONS = 5000
"""How many definitions an account can have where nobody says."""

_COUNTS = 4
"""How often definitions are counted while others make some."""

_LOOKUPS = 4
"""How often a definition is looked up whose name changes while it is looked up."""


class DefinitionTable:
    """The adapter of the port `Definitions`."""

    def __init__(self, table: Table, most: int = MAX_DEFINITIONS) -> None:
        self._table = table
        self._most = most

    def list(self, account_id: str) -> list[Definition]:
        """The account's definitions in order of id."""
        found = self._table.query(keys.definitions_partition(account_id), keys.NAMES)
        live = [each for each in map(items.to_definition, found) if isinstance(each, Definition)]
        return sorted(live, key=lambda definition: definition.definition_id)

    def find(self, account_id: str, reference: int | str) -> Definition | None:
        """The definition of that id, or of that external id, or None.

        It can take another name between the two reads: then both are made again.
        """
        for _ in range(_LOOKUPS):
            pointer = self._table.get(_pointer(account_id, reference))
            if pointer is None:
                return None
            context_type = ContextType(items.decode(pointer["context_type"]))
            item = self._table.get(
                keys.definition(account_id, context_type, items.decode(pointer["name"]))
            )
            found = items.to_definition(item) if item else None
            if isinstance(found, Definition) and reference in (
                found.definition_id,
                found.external_id,
            ):
                return found
        return None

    def find_by_names(
        self, account_id: str, context_type: ContextType, names: Iterable[str]
    ) -> dict[str, Definition | Tombstone]:
        """What each name stands for; a name never defined is left out."""
        wanted = [keys.definition(account_id, context_type, name) for name in names]
        found = map(items.to_definition, self._table.get_many(wanted))
        return {each.name: each for each in found}

    def allocate_ids(self, account_id: str, context_type: ContextType, count: int) -> AllocatedIds:
        """As many definition ids and slots as asked for, never given before or again.

        Raises TooManyDefinitions, and then changes nothing. One request, but where the counter
        says that the account may be full, or does not say: then its definitions are counted.
        """
        if count > self._most:
            raise TooManyDefinitions(self._most)
        slots = _slot_counter(context_type)
        counters = {_DEFINITION_ID: count, slots: count}
        last, seen = self._table.add_within(
            keys.counters(account_id),
            items.COUNTERS,
            {**counters, _ALLOTTED: count},
            # An account that never had an id has no definition to be counted.
            f"#{_ALLOTTED} <= :room OR attribute_not_exists(#{_DEFINITION_ID})",
            {":room": {"N": str(self._most - count)}},
            {},
        )
        for _ in range(_COUNTS):
            if last is not None:
                return AllocatedIds(last[_DEFINITION_ID] - count + 1, last[slots] - count)
            there = self._count(account_id)
            if there + count > self._most:
                raise TooManyDefinitions(self._most)
            last, seen = self._recounted(account_id, counters, there + count, seen)
        raise WriteConflict

    def _count(self, account_id: str) -> int:
        found = self._table.query(keys.definitions_partition(account_id), keys.NAMES)
        return sum(item["entity"]["S"] == "definition" for item in found)

    def _recounted(
        self, account_id: str, counters: Mapping[str, int], becomes: int, seen: Item
    ) -> tuple[dict[str, int] | None, Item]:
        """Raise the counters and set what was counted, if nobody was given an id meanwhile."""
        # The count may be what it was before, as after a deletion: only the ids never are.
        condition = " AND ".join(
            f"#{name} = :seen_{name}" if name in seen else f"attribute_not_exists(#{name})"
            for name in (_ALLOTTED, _DEFINITION_ID)
        )
        return self._table.add_within(
            keys.counters(account_id),
            items.COUNTERS,
            counters,
            condition,
            {f":seen_{name}": seen[name] for name in (_ALLOTTED, _DEFINITION_ID) if name in seen},
            {_ALLOTTED: becomes},
        )

    def allocate_slots(self, account_id: str, context_type: ContextType, count: int) -> int:
        """The first of as many slots as asked for, for definitions that bring their ids.

        Whoever brings them is held to no limit, but the account's next definition is.
        """
        slots = _slot_counter(context_type)
        last = self._table.add(
            keys.counters(account_id), items.COUNTERS, {slots: count}, removes=[_ALLOTTED]
        )
        return last[slots] - count

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Give no definition id up to this one from now on."""
        self._table.raise_to(keys.counters(account_id), items.COUNTERS, _DEFINITION_ID, highest_id)

    def add(self, account_id: str, definitions: Sequence[Definition]) -> None:
        """Store new definitions, all or none; WriteConflict if a name is taken."""
        self._table.write(creations(account_id, definitions))

    def slot_index(self, account_id: str, context_type: ContextType) -> SlotIndex:
        """The current names and the audiences of slots, strongly consistent."""
        return read_slot_index(self._table, account_id, context_type)

    def replace(self, account_id: str, before: Definition, after: Definition) -> None:
        """Store a changed definition over exactly the version before it, else WriteConflict."""
        changes = _SlotChanges(account_id, after.context_type)
        changes.add_audience(after.slot, after.audience)
        if after.audience == WHOLE_ACCOUNT != before.audience:
            changes.remove_audience(after.slot)
        self._table.write(
            [
                put(
                    items.definition_item(account_id, after),
                    "version = :before AND definition_id = :id",
                    {
                        ":before": items.encode(before.version),
                        ":id": items.encode(before.definition_id),
                    },
                ),
                *changes.writes(),
            ]
        )

    def rename(
        self, account_id: str, before: Definition, after: Definition, displaced: Tombstone | None
    ) -> None:
        """Store a definition under its new name, its values with it, else WriteConflict.

        `displaced` is what a deleted definition of that name has left: its values are no longer
        shown, since the name is another variable's now.
        """
        changes = _SlotChanges(account_id, after.context_type)
        changes.set_name(after.slot, after.name)
        changes.add_audience(after.slot, after.audience)
        if displaced:
            changes.set_name(displaced.slot, "")
        self._table.write(
            [
                _naming(account_id, after, displaced),
                *(
                    put(items.definition_pointer_item(pointer, after))
                    for pointer in _pointers(account_id, after)
                ),
                delete(
                    keys.definition(account_id, before.context_type, before.name),
                    "version = :before AND definition_id = :id",
                    {
                        ":before": items.encode(before.version),
                        ":id": items.encode(before.definition_id),
                    },
                ),
                *changes.writes(),
            ]
        )

    def delete(self, account_id: str, definition: Definition) -> None:
        """Leave a tombstone in place of exactly this version, else WriteConflict."""
        changes = _SlotChanges(account_id, definition.context_type)
        changes.add_audience(definition.slot, definition.audience)
        self._table.write(
            [
                put(
                    items.tombstone_item(account_id, definition),
                    "version = :seen AND definition_id = :id",
                    {
                        ":seen": items.encode(definition.version),
                        ":id": items.encode(definition.definition_id),
                    },
                ),
                *(delete(key) for key in _pointers(account_id, definition)),
                *changes.writes(),
            ]
        )


def creations(account_id: str, definitions: Sequence[Definition]) -> list[Write]:
    """Build the writes of new definitions, at most DEFINITIONS_PER_WRITE of them.

    They fail if a name is taken, or if a slot is another's: a tombstone that appeared after the
    name was looked up has another slot or another audience.
    """
    changes: dict[ContextType, _SlotChanges] = {}
    writes: list[Write] = []
    for each in definitions:
        of_type = changes.setdefault(each.context_type, _SlotChanges(account_id, each.context_type))
        of_type.add_audience(each.slot, each.audience)
        writes += _creation(account_id, each, of_type)
    return [*writes, *(write for each in changes.values() for write in each.writes())]


def read_slot_index(table: Table, account_id: str, context_type: ContextType) -> SlotIndex:
    """Read the current names and the audiences of slots."""
    item = table.get(keys.slot_index(account_id, context_type))
    return items.to_slot_index(item) if item else SlotIndex()


@dataclass(slots=True)
class _SlotChanges:
    """Changes of the slot index of one context type: one write, or none."""

    account_id: str
    context_type: ContextType
    _sets: Item = field(default_factory=dict)
    _removes: list[str] = field(default_factory=list)

    def set_name(self, slot: int, name: str) -> None:
        """Let the values of a slot be read under a name, or not at all if it is empty."""
        self._sets[items.value_attribute(slot)] = items.encode(name)

    def add_audience(self, slot: int, audience: Audience) -> None:
        """Store the audience of a slot unless it is the whole account."""
        if audience != WHOLE_ACCOUNT:
            self._sets[items.audience_attribute(slot)] = items.audience(audience)

    def remove_audience(self, slot: int) -> None:
        """Let the whole account see the values of a slot."""
        self._removes.append(items.audience_attribute(slot))

    def writes(self) -> list[Write]:
        """The write of all changes, if there are any."""
        if not self._sets and not self._removes:
            return []
        key = keys.slot_index(self.account_id, self.context_type)
        return [update(key, {**items.entity_mark("renames"), **self._sets}, self._removes)]


def _creation(account_id: str, definition: Definition, changes: _SlotChanges) -> list[Write]:
    left = Tombstone(definition.name, definition.slot, definition.audience)
    if isinstance(definition, Redefinition):
        left = definition.deleted
        changes.set_name(left.slot, "")
    return [
        _naming(account_id, definition, left),
        *(
            put(items.definition_pointer_item(pointer, definition), "attribute_not_exists(pk)")
            for pointer in _pointers(account_id, definition)
        ),
    ]


def _naming(account_id: str, definition: Definition, left: Tombstone | None) -> Write:
    """Build the write of a definition over nothing, or over exactly this tombstone."""
    item = items.definition_item(account_id, definition)
    if left is None:
        return put(item, "attribute_not_exists(pk)")
    seen = {":tombstone": {"S": "tombstone"}, ":slot": items.encode(left.slot)}
    same_audience = "attribute_not_exists(audience)"
    if left.audience != WHOLE_ACCOUNT:
        same_audience = "audience = :audience"
        seen[":audience"] = items.audience(left.audience)
    is_left = f"(entity = :tombstone AND slot = :slot AND {same_audience})"
    return put(item, f"attribute_not_exists(pk) OR {is_left}", seen)


def _pointer(account_id: str, reference: int | str) -> keys.Key:
    if isinstance(reference, int):
        return keys.definition_id(account_id, reference)
    return keys.definition_external_id(account_id, reference)


def _pointers(account_id: str, definition: Definition) -> list[keys.Key]:
    return [
        keys.definition_id(account_id, definition.definition_id),
        keys.definition_external_id(account_id, definition.external_id),
    ]


def _slot_counter(context_type: ContextType) -> str:
    return f"{context_type}_slots"
