"""Build the writes that create, rename and delete definitions."""

from collections.abc import Mapping, Sequence
from dataclasses import field

from shared.domain.accounts import WHOLE_ACCOUNT, Audience
from shared.domain.definitions import ContextType, Definition, Redefinition, Tombstone
from shared.domain.records import dataclass
from shared.table import codec, definition_items, keys
from shared.table.operations import IS_NEW, MAX_WRITES, Item, Write, put, update

_WRITES_PER_DEFINITION = 3

DEFINITIONS_PER_WRITE = (MAX_WRITES - 2) // _WRITES_PER_DEFINITION
"""The number of new definitions of one context type that fit into a transaction.

Each has its own item and two pointers. Together they have one write of the slot index and one of
the account's head.
"""

UNCHANGED = "version = :version AND definition_id = :id"
"""The condition that the stored definition is still the one that was read."""


def create_definitions(
    account_id: str, definitions: Sequence[Definition], version: int
) -> list[Write]:
    """Build the writes of at most DEFINITIONS_PER_WRITE new definitions.

    Each write is conditional on the name being unused, or on its tombstone having the slot and
    the audience of the new definition. The tombstone can appear after the name was looked up.
    A redefinition is conditional on the tombstone that was looked up.

    Args:
        account_id: The account.
        definitions: The new definitions.
        version: The version of the account's head after the write.
    """
    # A seed file creates definitions of several context types together.
    indexes: dict[ContextType, SlotIndexChange] = {}
    writes: list[Write] = []
    for each in definitions:
        index = indexes.setdefault(
            each.context_type, SlotIndexChange(account_id, each.context_type)
        )
        index.add_audience(each.slot, each.audience)
        writes += _create_definition(account_id, each, index, version)
    return [*writes, *(write for index in indexes.values() for write in index.writes(version))]


def creation_writes(definitions: Sequence[Definition]) -> int:
    """Return the number of writes that `create_definitions` builds."""
    indexes = {
        each.context_type
        for each in definitions
        if isinstance(each, Redefinition) or each.audience != WHOLE_ACCOUNT
    }
    return _WRITES_PER_DEFINITION * len(definitions) + len(indexes)


def put_definition(
    account_id: str, definition: Definition, replaced: Tombstone | None, version: int
) -> Write:
    """Build the write of a definition under a name.

    Args:
        account_id: The account.
        definition: The definition to store.
        replaced: The tombstone that the name may have. The write is conditional on exactly this
            tombstone, or no item, being stored. If it is None, only no item is allowed.
        version: The version of the account's head after the write.
    """
    item = definition_items.definition_item(account_id, definition)
    item = definition_items.at_version(item, version)
    if replaced is None:
        return put(item, IS_NEW)
    values = {":tombstone": {"S": "tombstone"}, ":slot": codec.encode(replaced.slot)}
    same_audience = "attribute_not_exists(audience)"
    if replaced.audience != WHOLE_ACCOUNT:
        same_audience = "audience = :audience"
        values[":audience"] = definition_items.encode_audience(replaced.audience)
    is_replaced = f"(entity = :tombstone AND slot = :slot AND {same_audience})"
    return put(item, f"{IS_NEW} OR {is_replaced}", values)


def as_read(definition: Definition) -> Item:
    """Return the placeholders of UNCHANGED."""
    return {
        ":version": codec.encode(definition.version),
        ":id": codec.encode(definition.definition_id),
    }


def pointer_keys(account_id: str, definition: Definition) -> list[keys.Key]:
    """Return the keys of the two pointers to a definition."""
    return [
        keys.definition_id(account_id, definition.definition_id),
        keys.definition_external_id(account_id, definition.external_id),
    ]


@dataclass(slots=True)
class SlotIndexChange:
    """Collects changes of the slot index of one context type into one write."""

    account_id: str
    context_type: ContextType
    _sets: Item = field(default_factory=dict)
    _removes: list[str] = field(default_factory=list)

    def set_name(self, slot: int, name: str) -> None:
        """Set the current name of a slot's variable. An empty name hides the slot's values."""
        self._sets[definition_items.name_attribute(slot)] = codec.encode(name)

    def add_audience(self, slot: int, audience: Audience) -> None:
        """Set the audience of a slot, unless it is the whole account."""
        if audience != WHOLE_ACCOUNT:
            attribute = definition_items.audience_attribute(slot)
            self._sets[attribute] = definition_items.encode_audience(audience)

    def change_labels(self, slot: int, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Set the labels of renamed options by former label, if they change."""
        attribute = definition_items.labels_attribute(slot)
        if after != before and after:
            self._sets[attribute] = codec.encode(dict(after))
        elif after != before:
            self._removes.append(attribute)

    def remove_audience(self, slot: int) -> None:
        """Show the values of a slot to the whole account."""
        self._removes.append(definition_items.audience_attribute(slot))

    def writes(self, version: int) -> list[Write]:
        """Return the write, or an empty list if there are no changes.

        `version` is the version of the account's head after it.
        """
        if not self._sets and not self._removes:
            return []
        key = keys.slot_index(self.account_id, self.context_type)
        fixed = definition_items.at_version(codec.entity_attributes("renames"), version)
        return [update(key, {**fixed, **self._sets}, self._removes)]


def _create_definition(
    account_id: str, definition: Definition, index: SlotIndexChange, version: int
) -> list[Write]:
    replaced = Tombstone(definition.name, definition.slot, definition.audience)
    if isinstance(definition, Redefinition):
        replaced = definition.deleted
        index.set_name(replaced.slot, "")
    return [
        put_definition(account_id, definition, replaced, version),
        *(
            put(definition_items.definition_pointer_item(key, definition), IS_NEW)
            for key in pointer_keys(account_id, definition)
        ),
    ]
