"""Read definitions, and names and audiences of slots, from memory or from the table.

What is in memory is used as of the head that the request has read. What is read from the table may
be newer than the head. This is noticed by the version that each item has of its last write, or by a
name in memory that no item has any more. From then on the request uses nothing from memory.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from shared.domain.accounts import WHOLE_ACCOUNT
from shared.domain.definitions import ContextType, Definition, SlotIndex, Tombstone
from shared.domain.option_labels import with_current_labels
from shared.domain.values import StoredValue
from shared.table import definition_items, keys
from shared.table.account_head import AccountHead
from shared.table.definition_memory import NO_LABELS, DefinitionMemory, SlotName
from shared.table.dynamo import Table
from shared.table.keys import Key
from shared.table.operations import Item
from shared.table.seen_heads import distrust_memory, trusted_head


class DefinitionReads:
    """Reads definitions and slots for the adapters.

    Without a memory, and outside of a request, it reads everything from the table.
    """

    def __init__(self, table: Table, memory: DefinitionMemory | None = None) -> None:
        self._table = table
        self._memory = memory or DefinitionMemory(0)

    def by_names(
        self,
        account_id: str,
        context_type: ContextType,
        names: Iterable[str],
        beside: Sequence[Key] = (),
    ) -> tuple[dict[str, Definition | Tombstone], list[Item]]:
        """Read the definitions and tombstones of names.

        Args:
            account_id: The account.
            context_type: The context type of the definitions.
            names: The names.
            beside: Keys of other items to read in the same request.

        Returns:
            What the names have, by name, and the other items.
        """
        names = list(dict.fromkeys(names))
        head = trusted_head(account_id)
        known = self._memory.definitions(account_id, head, context_type, names)
        missing = [name for name in names if name not in known]
        items, others = self._read(account_id, context_type, missing, beside)
        found = [definition_items.to_definition(item) for item in items]
        gone = set(missing) - {each.name for each in found}
        if head is not None and (
            any(map(_is_newer_than(head.definitions_version), items))
            or self._has_renamed(account_id, head, context_type, gone)
        ):
            distrust_memory()
            again, _ = self._read(account_id, context_type, list(known), ())
            found += map(definition_items.to_definition, again)
            known, head = {}, None
        if head is not None:
            self._memory.learn_definitions(account_id, head, context_type, found)
        return {**known, **{each.name: each for each in found}}, others

    def by_reference(self, account_id: str, reference: int | str) -> Definition | None:
        """Return a definition by its id or external id if it is in memory."""
        return self._memory.find(account_id, trusted_head(account_id), reference)

    def learn(self, account_id: str, item: Item) -> None:
        """Keep a definition that was read after the head."""
        head = trusted_head(account_id)
        found = definition_items.to_definition(item)
        if head is None or not isinstance(found, Definition):
            return
        if _is_newer_than(head.definitions_version)(item):
            distrust_memory()
            return
        self._memory.learn_definitions(account_id, head, found.context_type, [found])

    def index_values(
        self, account_id: str, context_type: ContextType, values: Sequence[StoredValue]
    ) -> tuple[StoredValue, ...]:
        """Give values the current names of their variables and their audiences.

        Leaves out values whose name is now that of another variable. If a slot is not in memory,
        the slot index is read. It is read after the values, so that it has the audience of each.
        """
        if not values:
            return ()
        head = trusted_head(account_id)
        slots = [value.slot for value in values]
        known = self._memory.slots(account_id, head, context_type, slots)
        if known is None:
            index = self.slot_index(account_id, context_type)
            known = {
                value.slot: SlotName(
                    index.names.get(value.slot, value.name),
                    index.audience_of(value.slot),
                    index.labels.get(value.slot, NO_LABELS),
                )
                for value in values
            }
            if head is not None and index.version > head.definitions_version:
                distrust_memory()
            elif head is not None:
                self._memory.learn_slots(account_id, head, context_type, known)
        named = ((value, known[value.slot]) for value in values)
        return tuple(_with_name(value, slot) for value, slot in named if slot.name)

    def slot_index(self, account_id: str, context_type: ContextType) -> SlotIndex:
        """Read the slot index of a context type. It is empty if it is not stored."""
        return read_slot_index(self._table, account_id, context_type)

    def _has_renamed(
        self, account_id: str, head: AccountHead, context_type: ContextType, gone: set[str]
    ) -> bool:
        """Return whether one of the names that no definition has is in memory at a head."""
        return bool(gone) and self._memory.has_name(account_id, head, context_type, gone)

    def _read(
        self,
        account_id: str,
        context_type: ContextType,
        names: Sequence[str],
        beside: Sequence[Key],
    ) -> tuple[list[Item], list[Item]]:
        wanted = [keys.definition(account_id, context_type, name) for name in names]
        definitions: list[Item] = []
        others: list[Item] = []
        partition = keys.definitions_partition(account_id)
        for item in self._table.get_many([*beside, *wanted]):
            (definitions if item["pk"]["S"] == partition else others).append(item)
        return definitions, others


def read_slot_index(table: Table, account_id: str, context_type: ContextType) -> SlotIndex:
    """Read the slot index of a context type. It is empty if it is not stored."""
    item = table.get(keys.slot_index(account_id, context_type))
    return definition_items.to_slot_index(item) if item else SlotIndex()


def _is_newer_than(version: int) -> Callable[[Item], bool]:
    return lambda item: definition_items.version_of(item) > version


def _with_name(value: StoredValue, slot: SlotName) -> StoredValue:
    if slot.labels:
        value = with_current_labels(value, slot.labels)
    # Nearly every value has this audience, and a request can have thousands.
    is_of_all = slot.audience is WHOLE_ACCOUNT or slot.audience == WHOLE_ACCOUNT
    if slot.name == value.name and is_of_all:
        return value
    return replace(value, name=slot.name, audience=slot.audience)
