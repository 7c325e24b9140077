"""Read the value pages of a subject, and build the conditions of writes of a page.

A page is one item with 32 value slots and a count of its writes. A value over 8,192 bytes is stored
as parts in a partition of its own, and the page refers to them, see `part_references`.

An earlier release stored such values in legacy parts, items that sort after the pages. A page with
legacy parts has a token, which every write of the page replaces and requires as it was read, so
that no concurrent writer leaves parts behind.
`docs/adr/0001-pages-of-values.md` compares the costs of pages with those of other designs.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import groupby

from shared.domain.values import Assignment, StoredValue
from shared.table import keys, value_items
from shared.table.dynamo import Table
from shared.table.operations import (
    EXISTS,
    IS_NEW,
    Condition,
    Item,
    Write,
    check,
    key_of,
    name_placeholders,
)
from shared.table.part_references import PageReference

_PARTS_PER_READ = 40
"""The most parts to request at once. They are less than the 16 MB that a response can have."""

_NO_LEGACY_PARTS = f"attribute_not_exists({value_items.LEGACY_PARTS_TOKEN})"


def read_values(
    table: Table, items: Iterable[Item], slots: Container[int] | None = None
) -> list[StoredValue]:
    """Build the values of a subject from its pages, in order of slot.

    Reads the parts that the pages refer to.

    Args:
        table: The table.
        items: The pages as read, and legacy part items.
        slots: The slots of the values. None for all.

    Raises:
        InconsistentRead: A large value was changed while the items were read.
    """
    pages, parts = separate_parts(items)
    texts = read_texts(table, pages, slots)
    return [value for page in pages for value in value_items.to_values(page, parts, texts, slots)]


def read_texts(
    table: Table, pages: Iterable[Item], slots: Container[int] | None = None
) -> dict[PageReference, str]:
    """Read the large texts that pages refer to, without those in legacy parts.

    Sends one request for each 40 parts, none without references.

    Raises:
        InconsistentRead: A part does not exist: its page has changed since it was read.
    """
    wanted = [
        each
        for page in pages
        for slot, each in value_items.page_references(page).items()
        if slots is None or slot in slots
    ]
    part_keys = [key for each in wanted for key in each.part_keys()]
    starts = range(0, len(part_keys), _PARTS_PER_READ)
    found = [
        item
        for start in starts
        for item in table.get_many(part_keys[start : start + _PARTS_PER_READ])
    ]
    parts = {key_of(item): item for item in found}
    return {each: each.join(parts) for each in wanted}


def separate_parts(items: Iterable[Item]) -> tuple[list[Item], dict[int, dict[int, Item]]]:
    """Return the pages, and the legacy parts by slot and part number."""
    pages: list[Item] = []
    parts: dict[int, dict[int, Item]] = {}
    for item in items:
        if item["entity"]["S"] == "values":
            pages.append(item)
        else:
            slot, number = keys.slot_and_part(item["sk"]["S"])
            parts.setdefault(slot, {})[number] = item
    return pages, parts


def same_legacy_parts(page: Item) -> Condition:
    """Build the condition that a page still has the legacy parts token that was read."""
    if value_items.LEGACY_PARTS_TOKEN not in page:
        return _NO_LEGACY_PARTS, {}
    token = page[value_items.LEGACY_PARTS_TOKEN]
    return f"{value_items.LEGACY_PARTS_TOKEN} = :seen", {":seen": token}


def unchanged_since(writes: int | None) -> Condition:
    """Build the condition that a page has the number of writes that was read.

    Args:
        writes: The number, 0 for an older page that does not count, None for no page.
    """
    if writes is None:
        return IS_NEW, {}
    if not writes:
        return f"{EXISTS} AND attribute_not_exists(#{value_items.WRITES})", {}
    return f"#{value_items.WRITES} = :writes_seen", {":writes_seen": {"N": str(writes)}}


def page_check(key: keys.Key, writes: int | None) -> Write:
    """Build the check that a page has the number of writes that was read, as `unchanged_since`."""
    condition, values = unchanged_since(writes)
    names = name_placeholders([value_items.WRITES]) if writes is not None else None
    return check(key, condition, values, names)


def writes_of(page: Item) -> int:
    """Return the number of writes of a page, 0 for an older page that does not count."""
    return int(page[value_items.WRITES]["N"]) if value_items.WRITES in page else 0


def by_page(assignments: Sequence[Assignment]) -> Iterator[tuple[int, list[Assignment]]]:
    """Group assignments by page number, in ascending order."""
    by_slot = sorted(assignments, key=lambda each: each.slot)
    for page, group in groupby(by_slot, key=lambda each: keys.page_of(each.slot)):
        yield page, list(group)
