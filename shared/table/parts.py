"""Store the parts of large values before the pages that refer to them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from os import urandom
from typing import Any

from shared.domain.records import dataclass
from shared.domain.values import Assignment
from shared.table import codec, keys
from shared.table.dynamo import Table
from shared.table.keys import Key
from shared.table.operations import EXISTS, Item, Write, delete, put
from shared.table.part_references import PageReference, Reference
from shared.table.value_items import is_large, page_references

LEASE = "part_lease"
"""The entity of a lease."""

_LEASE_SECONDS = 24 * 60 * 60
"""The time after which parts without a reference are deleted. A request ends within a minute."""


@dataclass(frozen=True, slots=True)
class PageParts:
    """The parts that a write stores for a page, and the references of the page.

    Attributes:
        page: The key of the page.
        references: What the page refers to after the write, by the slots that are set.
        texts: The texts whose parts have to be stored, by slot.
        write_id: The id of the write for this page.
    """

    page: Key
    references: Mapping[int, PageReference]
    texts: Mapping[int, str]
    write_id: str

    @classmethod
    def of(cls, page: Key, assignments: Sequence[Assignment], stored: Item) -> PageParts:
        """Find the parts that assignments need.

        Args:
            page: The key of the page.
            assignments: The values to set on the page.
            stored: The page as read. A large value that it has already needs no new parts.
        """
        write_id = urandom(8).hex()
        large = {each.slot: str(each.value) for each in assignments if is_large(each.value)}
        known = page_references(stored) if large else {}
        wanted = {slot: Reference.to(text, write_id) for slot, text in large.items()}
        kept = {
            slot: known[slot]
            for slot, reference in wanted.items()
            if slot in known and known[slot].reference.sha256 == reference.sha256
        }
        new = {slot: PageReference(page.pk, slot, each) for slot, each in wanted.items()}
        texts = {slot: text for slot, text in large.items() if slot not in kept}
        return cls(page, {**new, **kept}, texts, write_id)

    def value_of(self, assignment: Assignment) -> Any:
        """Return what is stored as the value of a slot: the value, or its reference."""
        placed = self.references.get(assignment.slot)
        return placed.reference.to_value() if placed else assignment.value

    def store(self, table: Table) -> None:
        """Store the lease, then the parts. Sends one request for each."""
        if not self.texts:
            return
        items = [
            item
            for slot, text in self.texts.items()
            for item in self.references[slot].part_items(text)
        ]
        lease = {
            "page": self.page.sk,
            "parts": [item["sk"]["S"] for item in items],
            "expires_at": int(time.time()) + _LEASE_SECONDS,
        }
        for item in [codec.entity_item(self._lease_key, LEASE, lease), *items]:
            table.write([put(item)])

    def lease_deletion(self) -> Write:
        """Build the deletion of the lease, which fails if the lease has expired."""
        return delete(self._lease_key, EXISTS)

    @property
    def _lease_key(self) -> Key:
        return keys.part_lease(self.page.pk, self.write_id)
