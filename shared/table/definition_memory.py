"""Definitions that a function keeps in memory between requests.

What is kept of an account is exactly what the table had at one version of the account's head. A
request uses it only if the head that it has read has the same version, or a later one whose list
of changes tells what to drop. Every method therefore takes the head that the request has read.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from threading import Lock
from typing import NamedTuple

from shared.domain.accounts import Audience
from shared.domain.definitions import ContextType, Definition, Tombstone
from shared.domain.records import dataclass
from shared.table.account_head import AccountHead, ChangedSlot

MAX_ENTRIES = 50_000
"""The most accounts, definitions and slots that a function keeps, together."""

NO_LABELS: Mapping[str, str] = {}

MAX_KEYS = 10_000
"""The most API keys whose account a function remembers."""


class SlotName(NamedTuple):
    """What the slot index tells of a slot.

    Attributes:
        name: The current name of its variable. A hidden slot has an empty name.
        audience: Who gets its values.
        labels: The labels of renamed options, by former label.
    """

    name: str
    audience: Audience
    labels: Mapping[str, str] = NO_LABELS


@dataclass(slots=True)
class _AccountMemory:
    """What is known of an account at one version of its head.

    Attributes:
        definitions: Definitions and tombstones by context type and name.
        references: Context type and name by id and by external id.
        slots: Names and audiences by context type, then by slot.
    """

    generation: str
    version: int
    definitions: dict[tuple[ContextType, str], Definition | Tombstone] = field(default_factory=dict)
    references: dict[int | str, tuple[ContextType, str]] = field(default_factory=dict)
    slots: dict[ContextType, dict[int, SlotName]] = field(default_factory=dict)

    def __len__(self) -> int:
        return 1 + len(self.definitions) + sum(map(len, self.slots.values()))

    def clear(self) -> None:
        """Forget everything."""
        self.definitions.clear()
        self.references.clear()
        self.slots.clear()

    def drop(self, changed: Collection[ChangedSlot]) -> None:
        """Forget what is known of slots that have changed."""
        for slot in changed:
            self.slots.get(slot.context_type, {}).pop(slot.slot, None)
        for key, each in list(self.definitions.items()):
            if (key[0], each.slot) in changed:
                del self.definitions[key]
                if isinstance(each, Definition):
                    self.references.pop(each.definition_id, None)
                    self.references.pop(each.external_id, None)


class DefinitionMemory:
    """Definitions, and names and audiences of slots, as of the heads of their accounts.

    Threads of a local run share it. The accounts and keys used least recently are dropped first.
    """

    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        self._accounts: OrderedDict[str, _AccountMemory] = OrderedDict()
        self._key_accounts: OrderedDict[str, str] = OrderedDict()
        self._entries = 0
        self._lock = Lock()
        self.is_used: bool | None = None
        """Whether the function uses definitions. None until a request has succeeded."""

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._accounts.clear()
            self._key_accounts.clear()
            self._entries = 0
            self.is_used = None

    def end_request(self) -> None:
        """Mark the function as not using definitions, if no request has used any."""
        if self.is_used is None:
            self.is_used = False

    def account_of_key(self, key_hash: str) -> str | None:
        """Return the account that a key was found in before. Unverified."""
        return self._key_accounts.get(key_hash)

    def remember_key(self, key_hash: str, account_id: str) -> None:
        """Remember the account of a key."""
        with self._lock:
            self._key_accounts[key_hash] = account_id
            self._key_accounts.move_to_end(key_hash)
            if len(self._key_accounts) > MAX_KEYS:
                self._key_accounts.popitem(last=False)

    def definitions(
        self,
        account_id: str,
        head: AccountHead | None,
        context_type: ContextType,
        names: Iterable[str],
    ) -> dict[str, Definition | Tombstone]:
        """Return the definitions and tombstones of names that are known at a head."""
        with self._lock:
            known = self._known_at(account_id, head)
            if known is None:
                return {}
            found = ((name, known.definitions.get((context_type, name))) for name in names)
            return {name: each for name, each in found if each is not None}

    def find(
        self, account_id: str, head: AccountHead | None, reference: int | str
    ) -> Definition | None:
        """Return the definition with an id or external id if it is known at a head."""
        with self._lock:
            known = self._known_at(account_id, head)
            key = known.references.get(reference) if known is not None else None
            found = known.definitions.get(key) if known is not None and key else None
            if isinstance(found, Definition) and reference in (
                found.definition_id,
                found.external_id,
            ):
                return found
            return None

    def slots(
        self,
        account_id: str,
        head: AccountHead | None,
        context_type: ContextType,
        slots: Collection[int],
    ) -> dict[int, SlotName] | None:
        """Return the names and audiences of slots, or None unless all are known at a head."""
        with self._lock:
            known = self._known_at(account_id, head)
            if known is None:
                return None
            names = known.slots.get(context_type, {})
            found = {slot: names[slot] for slot in slots if slot in names}
            return found if len(found) == len({*slots}) else None

    def has_name(
        self, account_id: str, head: AccountHead, context_type: ContextType, names: Collection[str]
    ) -> bool:
        """Return whether a slot is known to have one of the names at a head."""
        with self._lock:
            known = self._known_at(account_id, head)
            return known is not None and any(
                each.name in names for each in known.slots.get(context_type, {}).values()
            )

    def learn_definitions(
        self,
        account_id: str,
        head: AccountHead,
        context_type: ContextType,
        definitions: Iterable[Definition | Tombstone],
    ) -> None:
        """Keep definitions that were read after a head and are not newer than it."""
        with self._lock:
            known = self._known_at(account_id, head)
            if known is None:
                return
            before = len(known)
            for each in definitions:
                key = (context_type, each.name)
                known.definitions[key] = each
                if isinstance(each, Definition):
                    known.references[each.definition_id] = key
                    known.references[each.external_id] = key
            self._entries += len(known) - before
            self._evict()

    def learn_slots(
        self,
        account_id: str,
        head: AccountHead,
        context_type: ContextType,
        slots: Mapping[int, SlotName],
    ) -> None:
        """Keep names and audiences that were read after a head and are not newer than it."""
        with self._lock:
            known = self._known_at(account_id, head)
            if known is None:
                return
            before = len(known)
            known.slots.setdefault(context_type, {}).update(slots)
            self._entries += len(known) - before
            self._evict()

    def _known_at(self, account_id: str, head: AccountHead | None) -> _AccountMemory | None:
        """Return what is known of an account, brought to the version of a head.

        Returns:
            None without a head, and if a later head is known: another request has read it.
        """
        self.is_used = True
        if head is None:
            return None
        known = self._accounts.get(account_id)
        if known is None:
            known = self._accounts[account_id] = _AccountMemory(
                head.generation, head.definitions_version
            )
            self._entries += len(known)
            return known
        self._accounts.move_to_end(account_id)
        if known.generation == head.generation and known.version == head.definitions_version:
            return known
        if known.generation == head.generation and known.version > head.definitions_version:
            return None
        before = len(known)
        changed = head.changed_since(known.version) if known.generation == head.generation else None
        if changed is None:
            known.clear()
        else:
            known.drop(changed)
        known.generation, known.version = head.generation, head.definitions_version
        self._entries -= before - len(known)
        return known

    def _evict(self) -> None:
        while self._entries > self._max_entries:
            _, oldest = self._accounts.popitem(last=False)
            self._entries -= len(oldest)
