"""Remove the values of a subject."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from os import urandom
from types import MappingProxyType

from shared.domain.accounts import Attribution
from shared.table import codec, value_items
from shared.table.keys import Key
from shared.table.operations import EXISTS, Item, Write, delete, key_of, update
from shared.table.pages import same_legacy_parts, separate_parts, unchanged_since, writes_of

_MAX_PART_BYTES = 3_500_000
"""How many bytes of legacy parts one transaction deletes. The page counts toward the 4 MB, too."""


def clear_pages(
    items: Iterable[Item],
    cleared_by: Attribution | None = None,
    kept_slots: Container[int] = frozenset(),
    evidence: Mapping[int, Key] = MappingProxyType({}),
) -> list[list[Write]]:
    """Build the writes that remove the values of a subject, grouped by page.

    Clears pages but keeps their items, so that write counters continue.

    Args:
        items: Page and legacy part items as read, in key order.
        cleared_by: Who clears the values. None deletes the pages, when the subject itself is
            deleted.
        kept_slots: Slots whose values stay.
        evidence: The keys of the evidence of values, by slot. It is deleted with its value: later,
            nothing would find it.

    Returns:
        Groups of writes. Each group must be in one transaction, in this order. Each is
        conditional on the page being unchanged.
    """
    pages, parts = separate_parts(items)
    return [
        group
        for page in pages
        for group in _clear_page(page, parts, cleared_by, kept_slots, evidence)
    ]


def _clear_page(
    page: Item,
    parts: Mapping[int, Mapping[int, Item]],
    cleared_by: Attribution | None,
    kept_slots: Container[int],
    evidence: Mapping[int, Key],
) -> Iterator[list[Write]]:
    key, writes = key_of(page), writes_of(page)
    condition, placeholders = same_legacy_parts(page)
    attribution = {codec.ATTRIBUTION: codec.encode_attribution(cleared_by)} if cleared_by else {}
    part_counts = value_items.legacy_part_counts(page)
    removed_parts = {
        slot: list(parts.get(slot, {}).values()) for slot in part_counts if slot not in kept_slots
    }
    slots_left = [slot for slot in value_items.value_slots(page) if slot not in kept_slots]
    # Legacy parts that exceed a transaction are removed first. Each step requires the token
    # that the step before it has set.
    *first_groups, last_group = _group_by_size(removed_parts)
    for step, slots in enumerate(first_groups):
        token = codec.encode(_new_token())
        removed = [value_items.value_attribute(slot) for slot in slots]
        sets = {**attribution, value_items.LEGACY_PARTS_TOKEN: token}
        unchanged, count = unchanged_since(writes + step) if cleared_by else (EXISTS, {})
        change = update(
            key,
            sets,
            removed,
            f"{condition} AND {unchanged}",
            {**placeholders, **count},
            value_items.WRITES,
        )
        yield [
            change,
            *_part_deletions(removed_parts, slots),
            *_evidence_deletions(evidence, slots),
        ]
        placeholders = {":seen": token}
        slots_left = [slot for slot in slots_left if slot not in slots]
    names = [value_items.value_attribute(slot) for slot in slots_left]
    deletions = [
        *_part_deletions(removed_parts, last_group),
        *_evidence_deletions(evidence, slots_left),
    ]
    if cleared_by is None:
        yield [delete(key, condition, placeholders), *deletions]
    elif names:
        # Requires the page: another request may have deleted it with its subject, and the update
        # would create it again.
        unchanged, count = unchanged_since(writes + len(first_groups))
        sets = attribution
        if part_counts.keys() - removed_parts.keys():
            sets = {**attribution, value_items.LEGACY_PARTS_TOKEN: codec.encode(_new_token())}
        elif placeholders:
            names = [*names, value_items.LEGACY_PARTS_TOKEN]
        change = update(
            key,
            sets,
            names,
            f"{condition} AND {unchanged}",
            {**placeholders, **count},
            value_items.WRITES,
        )
        yield [change, *deletions]


def _new_token() -> str:
    return urandom(8).hex()


def _group_by_size(parts: Mapping[int, Sequence[Item]]) -> list[list[int]]:
    """Group slots so that the parts of each group fit into one transaction."""
    groups: list[list[int]] = [[]]
    size = 0
    for slot, slot_parts in parts.items():
        added = sum(map(value_items.part_size, slot_parts))
        if groups[-1] and size + added > _MAX_PART_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(slot)
        size += added
    return groups


def _part_deletions(parts: Mapping[int, Sequence[Item]], slots: Iterable[int]) -> list[Write]:
    return [delete(key_of(part)) for slot in slots for part in parts[slot]]


def _evidence_deletions(evidence: Mapping[int, Key], slots: Iterable[int]) -> list[Write]:
    return [delete(evidence[slot]) for slot in slots if slot in evidence]
