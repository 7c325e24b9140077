"""Definitions in the table: one item under the name, two pointers to it, a counter of ids."""

from collections.abc import Iterable, Mapping, Sequence

from shared.domain.errors import TooManyDefinitions, WriteConflict
from shared.domain.model import ContextType, Definition, Tombstone
from shared.domain.ports import Numbers
from shared.table import items, keys
from shared.table.dynamo import Item, Table, Write, delete, put, update

WRITES_PER_DEFINITION = 3
"""A definition's own item and its two pointers."""

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

    def allot(self, account_id: str, context_type: ContextType, count: int) -> Numbers:
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
                return Numbers(last[_DEFINITION_ID] - count + 1, last[slots] - count)
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
        before = seen.get(_ALLOTTED)
        return self._table.add_within(
            keys.counters(account_id),
            items.COUNTERS,
            counters,
            f"#{_ALLOTTED} = :seen" if before else f"attribute_not_exists(#{_ALLOTTED})",
            {":seen": before} if before else {},
            {_ALLOTTED: becomes},
        )

    def allot_slots(self, account_id: str, context_type: ContextType, count: int) -> int:
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
        self._table.write([write for each in definitions for write in creation(account_id, each)])

    def replace(self, account_id: str, definition: Definition) -> None:
        """Store a changed definition over the version before it, else WriteConflict."""
        self._table.write(
            [
                put(
                    items.definition_item(account_id, definition),
                    "version = :before AND definition_id = :id",
                    {
                        ":before": items.encode(definition.version - 1),
                        ":id": items.encode(definition.definition_id),
                    },
                )
            ]
        )

    def rename(
        self, account_id: str, before: Definition, after: Definition, displaced: Tombstone | None
    ) -> None:
        """Store a definition under its new name, its values with it, else WriteConflict.

        `displaced` is what a deleted definition of that name has left: its values are no longer
        shown, since the name is another variable's now.
        """
        names = {items.value_attribute(after.slot): items.encode(after.name)}
        if displaced:
            names[items.value_attribute(displaced.slot)] = items.encode("")
        renames = keys.renames(account_id, after.context_type)
        self._table.write(
            [
                _naming(account_id, after, displaced.slot if displaced else None),
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
                update(renames, {**items.entity_mark("renames"), **names}),
            ]
        )

    def delete(self, account_id: str, definition: Definition) -> None:
        """Leave a tombstone in place of exactly this version, else WriteConflict."""
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
            ]
        )


def creation(account_id: str, definition: Definition) -> list[Write]:
    """What creates a definition: it fails if the name is taken, or if its slot is another's.

    The slot condition holds a tombstone that appeared after the name was looked up.
    """
    return [
        _naming(account_id, definition, definition.slot),
        *(
            put(items.definition_pointer_item(pointer, definition), "attribute_not_exists(pk)")
            for pointer in _pointers(account_id, definition)
        ),
    ]


def current_names(table: Table, account_id: str, context_type: ContextType) -> dict[int, str]:
    """The names of slots whose variables were renamed; empty where values are not shown."""
    item = table.get(keys.renames(account_id, context_type))
    return items.to_renames(item) if item else {}


def _naming(account_id: str, definition: Definition, left_slot: int | None) -> Write:
    # Over nothing, or over the tombstone of exactly this slot.
    return put(
        items.definition_item(account_id, definition),
        "attribute_not_exists(pk) OR (entity = :tombstone AND slot = :slot)",
        {":tombstone": {"S": "tombstone"}, ":slot": items.encode(left_slot)},
    )


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
