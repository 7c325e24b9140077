"""Read the value pages of a subject.

A page is one item with 32 value slots. Values over 8,192 bytes are stored as separate part items
that sort after the pages. A page with large values has a generation token; every write of a large
value replaces the token and requires the one it read, so concurrent writers cannot orphan parts.
`docs/adr/0001-pages-of-values.md` compares the costs of pages with those of other designs.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from shared.domain.values import Assignment, StoredValue
from shared.table import keys, value_items
from shared.table.operations import EXISTS, IS_NEW, Item, Write, check, name_placeholders

_NO_LARGE_VALUES = f"attribute_not_exists({value_items.GENERATION})"


def read_values(items: Iterable[Item]) -> list[StoredValue]:
    """Build the values of a subject from its page and part items, in order of slot.

    Raises:
        InconsistentRead: A large value was changed while the items were read.
    """
    pages, parts = separate_parts(items)
    return [value for page in pages for value in value_items.to_values(page, parts)]


def separate_parts(items: Iterable[Item]) -> tuple[list[Item], dict[int, dict[int, Item]]]:
    """Return the pages, and the parts by slot and part number."""
    pages: list[Item] = []
    parts: dict[int, dict[int, Item]] = {}
    for item in items:
        if item["entity"]["S"] == "values":
            pages.append(item)
        else:
            slot, number = keys.slot_and_part(item["sk"]["S"])
            parts.setdefault(slot, {})[number] = item
    return pages, parts


def same_generation(page: Item) -> tuple[str, Item]:
    """Build the condition that a page still has the generation that was read.

    Returns:
        The condition expression and its placeholders.
    """
    if value_items.GENERATION not in page:
        return _NO_LARGE_VALUES, {}
    return f"{value_items.GENERATION} = :seen", {":seen": page[value_items.GENERATION]}


def unchanged_since(writes: int | None) -> tuple[str, Item]:
    """Build the condition that a page has the number of writes that was read.

    Args:
        writes: The number, 0 for a page from before it was counted, None for no page.

    Returns:
        The condition expression and its placeholders.
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
    """Return the number of writes of a page, 0 for a page from before it was counted."""
    return int(page[value_items.WRITES]["N"]) if value_items.WRITES in page else 0


def same_write_count(page: Item, steps: int = 0) -> tuple[str, Item]:
    """Build the condition that a page has been written `steps` times since it was read.

    Returns:
        An extension of a condition expression, and its placeholders.
    """
    if value_items.WRITES not in page:
        return f" AND attribute_not_exists(#{value_items.WRITES})", {}
    count = {"N": str(int(page[value_items.WRITES]["N"]) + steps)}
    return f" AND #{value_items.WRITES} = :writes_before", {":writes_before": count}


def by_page(assignments: Sequence[Assignment]) -> Iterator[tuple[int, list[Assignment]]]:
    """Group assignments by page number, in ascending order."""
    by_slot = sorted(assignments, key=lambda each: each.slot)
    for page, group in groupby(by_slot, key=lambda each: keys.page_of(each.slot)):
        yield page, list(group)
