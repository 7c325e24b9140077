"""Convert the head of an account to its item and back.

The head has the version of the account's definitions and the slots that changed last. A function
that keeps definitions in memory compares the versions and drops what has changed. Therefore every
write of a definition raises the head in the same transaction.
`docs/adr/0035-account-head.md` has the reasons and the costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from os import urandom
from typing import NamedTuple

from shared.domain.definitions import ContextType, Definition, Redefinition
from shared.domain.records import dataclass
from shared.table import codec, keys
from shared.table.operations import Item

_CACHED_SLOTS = 1024
"""Every request reads a head, most of whose slots the one before had too."""

MAX_CHANGES = 32
"""The number of changed slots that a head lists."""

_NO_CHANGES: Item = {"L": []}


class ChangedSlot(NamedTuple):
    """A slot whose definition changed."""

    context_type: ContextType
    slot: int


@dataclass(frozen=True, slots=True)
class AccountHead:
    """The versions of an account's data.

    Attributes:
        generation: A random token that is made with the first version. Versions of different
            generations cannot be compared.
        definitions_version: The version of the definitions. It counts changed slots.
        agents_version: The version of the agents.
        business_version: The version of the business values.
        definition_count: The number of live definitions. None in an account from before there
            were heads, until its definitions are counted.
        changed: The slots of the last versions, oldest first.
    """

    generation: str = ""
    definitions_version: int = 0
    agents_version: int = 0
    business_version: int = 0
    definition_count: int | None = None
    changed: tuple[ChangedSlot, ...] = ()

    def changed_since(self, version: int) -> frozenset[ChangedSlot] | None:
        """Return the slots that changed after a version, or None if the list is too short."""
        count = self.definitions_version - version
        if not 0 <= count <= len(self.changed):
            return None
        return frozenset(self.changed[len(self.changed) - count :])

    def after(self, change: HeadChange) -> AccountHead:
        """Return the head that a change leads to."""
        return replace(
            self,
            generation=self.generation or urandom(6).hex(),
            definitions_version=self.definitions_version + len(change.slots),
            definition_count=(
                None if self.definition_count is None else self.definition_count + change.added
            ),
            changed=(*self.changed, *change.slots)[-MAX_CHANGES:],
        )

    def flushed(self, definitions: int) -> AccountHead:
        """Return a head that makes every function drop the definitions of the account.

        Args:
            definitions: The number of live definitions.
        """
        return replace(
            self,
            generation=self.generation or urandom(6).hex(),
            definitions_version=self.definitions_version + MAX_CHANGES + 1,
            definition_count=definitions,
            changed=(),
        )


@dataclass(frozen=True, slots=True)
class HeadChange:
    """What a write of definitions changes.

    Attributes:
        slots: The slots whose definition, name or audience changes.
        added: The change of the number of live definitions.
    """

    slots: Sequence[ChangedSlot]
    added: int = 0


def creation_of(created: Iterable[Definition]) -> HeadChange:
    """Return the change of the head that new definitions make."""
    slots: list[ChangedSlot] = []
    count = 0
    for each in created:
        count += 1
        slots.append(ChangedSlot(each.context_type, each.slot))
        if isinstance(each, Redefinition):
            slots.append(ChangedSlot(each.context_type, each.deleted.slot))
    return HeadChange(slots, count)


def to_account_head(item: Item | None) -> AccountHead:
    """Build a head from its item, which an account without definitions may lack."""
    if item is None:
        return AccountHead()
    plain = codec.decode_item({**item, "changed": _NO_CHANGES})
    changed = item.get("changed", _NO_CHANGES)["L"]
    return AccountHead(
        generation=plain.get("generation", ""),
        definitions_version=plain.get("schema", 0),
        agents_version=plain.get("agents", 0),
        business_version=plain.get("business", 0),
        definition_count=plain.get("definitions"),
        changed=tuple(_to_changed_slot(slot["S"]) for slot in changed),
    )


def new_account_head_item(account_id: str) -> Item:
    """Build the head of a new account, which has no definitions."""
    return codec.entity_item(keys.account_head(account_id), "account_head", {"definitions": 0})


@lru_cache(_CACHED_SLOTS)
def _to_changed_slot(text: str) -> ChangedSlot:
    context_type, _, slot = text.partition("/")
    return ChangedSlot(ContextType(context_type), int(slot))
