"""Pages of values: what sets them, what reads them, what removes them.

A value that is too large for a page is kept in parts, items of their own that sort after all
pages; its page then says how many they are. A page with such values carries a stamp that changes
with each of them, so that no writer leaves parts behind which nobody knows of.
The table of costs that decided for pages is in `docs/adr/0001-pages-of-values.md`.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from os import urandom

from shared.domain.accounts import Attribution
from shared.domain.errors import ContextTooLarge, WriteConflict
from shared.domain.variables import Assignment, Definition, StoredValue, Subject
from shared.table import items, keys
from shared.table.definitions import DEFINITIONS_PER_WRITE, creations
from shared.table.dynamo import MAX_WRITES, Item, Table, Write, delete, key_of, put, update

EXISTS = "attribute_exists(pk)"

_SMALL = f"attribute_not_exists({items.LARGE_VALUES})"
_MAX_PART_CHARS = 2_000_000
"""How much of a set in parts is written at once; DynamoDB's 4 MB count pages as they are, too."""

_MAX_REMOVED_BYTES = 3_500_000
"""How much of the large values of one page is removed at once; the page itself counts, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesWrite:
    """Values of one subject, and all that is written together with them.

    `others` are writes that make the whole fail if they do; `created` are definitions.
    """

    account_id: str
    subject: Subject
    assignments: Sequence[Assignment]
    by: Attribution
    others: Sequence[Write] = ()
    created: Sequence[Definition] = ()
    in_parts: bool = False

    def apply(self, table: Table) -> None:
        """Write all or nothing, else WriteConflict; ContextTooLarge beyond one transaction.

        In parts, what one transaction can't hold is written in several.
        Pages are read first only where large values are, or come.
        """
        if any(items.is_large(each.value) for each in self.assignments):
            self._write(table, self._changes(self._pages(table)))
            return
        try:
            self._write(table, self._changes({}))
        except WriteConflict:
            pages = self._pages(table)
            if not any(items.LARGE_VALUES in page for page in pages.values()):
                raise
            self._write(table, self._changes(pages))

    def _pages(self, table: Table) -> dict[int, Item]:
        numbers = sorted({keys.page_of(each.slot) for each in self.assignments})
        wanted = [keys.values_page(self.account_id, self.subject, number) for number in numbers]
        found = {item["sk"]["S"]: item for item in table.get_many(wanted)}
        return {
            number: found[key.sk]
            for number, key in zip(numbers, wanted, strict=True)
            if key.sk in found
        }

    def _changes(self, seen: Mapping[int, Item]) -> list[list[Write]]:
        return [
            _PageChange(self.account_id, self.subject, page, values, seen.get(page, {})).writes(
                self.by
            )
            for page, values in by_page(self.assignments)
        ]

    def _write(self, table: Table, changes: list[list[Write]]) -> None:
        writes = [*self.others, *(write for change in changes for write in change)]
        try:
            write_with_definitions(table, self.account_id, writes, self.created)
        except ContextTooLarge:
            if not self.in_parts:
                raise
            _create_first(table, self.account_id, self.created)
            write_in_parts(table, changes, self.others)


@dataclass(frozen=True, slots=True)
class _PageChange:
    """What a set does to one page, which was read as `seen` if it has large values."""

    account_id: str
    subject: Subject
    page: int
    values: Sequence[Assignment]
    seen: Item = field(default_factory=dict)

    def writes(self, by: Attribution) -> list[Write]:
        """The update of the page, then its parts that come and go."""
        generation = urandom(8).hex()
        before = items.large_slots(self.seen)
        after = {
            each.slot: items.split(each.value) for each in self.values if items.is_large(each.value)
        }
        remaining = {*after, *(before.keys() - {each.slot for each in self.values})}
        parts = [
            put(self._part_item(slot, number, generation, text))
            for slot, texts in after.items()
            for number, text in enumerate(texts)
        ]
        gone = [
            delete(keys.value_part(self.account_id, self.subject, each.slot, number))
            for each in self.values
            for number in range(len(after.get(each.slot, ())), before.get(each.slot, 0))
        ]
        return [self._update(by, generation, has_large=bool(remaining)), *parts, *gone]

    def _update(self, by: Attribution, generation: str, *, has_large: bool) -> Write:
        sets = {
            items.value_attribute(each.slot): items.stored_value(each, by.at, generation)
            for each in self.values
            if each.value is not None
        }
        removes = [items.value_attribute(each.slot) for each in self.values if each.value is None]
        condition, seen = as_seen(self.seen)
        if has_large:
            sets[items.LARGE_VALUES] = items.encode(generation)
        elif seen:
            removes.append(items.LARGE_VALUES)
        key = keys.values_page(self.account_id, self.subject, self.page)
        marks = {**items.entity_mark("values"), items.ATTRIBUTION: items.attribution(by)}
        return update(key, {**marks, **sets}, removes, condition, seen, items.WRITES)

    def _part_item(self, slot: int, number: int, generation: str, text: bytes) -> Item:
        key = keys.value_part(self.account_id, self.subject, slot, number)
        return items.value_part_item(key, generation, text)


def as_seen(page: Item) -> tuple[str, Item]:
    """The condition that a page has the large values it was read with, and its values."""
    if items.LARGE_VALUES not in page:
        return _SMALL, {}
    return f"{items.LARGE_VALUES} = :seen", {":seen": page[items.LARGE_VALUES]}


def small_update(
    account_id: str, subject: Subject, assignments: Sequence[Assignment], by: Attribution
) -> Write | None:
    """What sets one page that has no large value, if that is all there is to do."""
    pages = list(by_page(assignments))
    if len(pages) != 1 or any(items.is_large(each.value) for each in assignments):
        return None
    (change,) = _PageChange(account_id, subject, *pages[0]).writes(by)
    return change


def new_pages(
    account_id: str, subject: Subject, assignments: Sequence[Assignment], by: Attribution
) -> list[Write]:
    """The pages of a subject that is new; the first one always, so that a set finds it."""
    values = {0: [], **dict(by_page([each for each in assignments if each.value is not None]))}
    changes = [_PageChange(account_id, subject, *page).writes(by) for page in values.items()]
    return [write for change in changes for write in change]


def by_page(assignments: Sequence[Assignment]) -> Iterator[tuple[int, list[Assignment]]]:
    """Assignments by the number of their page, in its order."""
    in_order = sorted(assignments, key=lambda each: each.slot)
    for page, values in groupby(in_order, key=lambda each: keys.page_of(each.slot)):
        yield page, list(values)


def read_values(found: Iterable[Item]) -> list[StoredValue]:
    """The values of a subject's pages and parts, in order of slot.

    Raises TornValue when a large value was changed while they were read.
    """
    pages, parts = _sorted_out(found)
    return [value for page in pages for value in items.to_values(page, parts)]


def removals(
    found: Iterable[Item], by: Attribution | None = None, kept: Container[int] = frozenset()
) -> list[list[Write]]:
    """What removes the values of pages and parts as they were read, page by page.

    Pages are emptied and stay, by whoever does it, so that their writes are counted on, and only
    if nobody has written to them since; without anyone they go, with their subject.
    Values in slots that are `kept` stay.
    """
    pages, parts = _sorted_out(found)
    return [change for page in pages for change in _removal(page, parts, by, kept)]


def _sorted_out(found: Iterable[Item]) -> tuple[list[Item], dict[int, dict[int, Item]]]:
    pages: list[Item] = []
    parts: dict[int, dict[int, Item]] = {}
    for item in found:
        if item["entity"]["S"] == "values":
            pages.append(item)
        else:
            slot, number = keys.slot_and_part(item["sk"]["S"])
            parts.setdefault(slot, {})[number] = item
    return pages, parts


def _removal(
    page: Item,
    parts: Mapping[int, Mapping[int, Item]],
    by: Attribution | None,
    kept: Container[int],
) -> Iterator[list[Write]]:
    # Large values of more than a transaction go before the rest, each step on the one before it.
    key = key_of(page)
    condition, seen = as_seen(page)
    marks = {items.ATTRIBUTION: items.attribution(by)} if by else {}
    large_slots = items.large_slots(page)
    large = {slot: list(parts.get(slot, {}).values()) for slot in large_slots if slot not in kept}
    *earlier, last = _removed_together(large)
    left = [items.value_attribute(slot) for slot in items.value_slots(page) if slot not in kept]
    for done, slots in enumerate(earlier):
        generation = items.encode(urandom(8).hex())
        names = [items.value_attribute(slot) for slot in slots]
        sets = {**marks, items.LARGE_VALUES: generation}
        unwritten, count = _unwritten(page, done) if by else ("", {})
        step = update(key, sets, names, condition + unwritten, {**seen, **count}, items.WRITES)
        yield [step, *_part_deletions(large, slots)]
        seen = {":seen": generation}
        left = [name for name in left if name not in names]
    gone = _part_deletions(large, last)
    if by is None:
        yield [delete(key, condition, seen), *gone]
    elif left:
        # The subject may have been deleted meanwhile, and this page with it.
        unwritten, count = _unwritten(page, len(earlier))
        there = f"{condition} AND {EXISTS}{unwritten}"
        sets, names = marks, left
        if large_slots.keys() - large.keys():
            sets = {**marks, items.LARGE_VALUES: items.encode(urandom(8).hex())}
        elif seen:
            names = [*left, items.LARGE_VALUES]
        yield [update(key, sets, names, there, {**seen, **count}, items.WRITES), *gone]


def _unwritten(page: Item, done: int) -> tuple[str, Item]:
    """The end of a condition: the page was written so many times since it was read, and no more."""
    if items.WRITES not in page:
        return f" AND attribute_not_exists(#{items.WRITES})", {}
    count = {"N": str(int(page[items.WRITES]["N"]) + done)}
    return f" AND #{items.WRITES} = :writes_before", {":writes_before": count}


def _removed_together(large: Mapping[int, Sequence[Item]]) -> list[list[int]]:
    groups: list[list[int]] = [[]]
    size = 0
    for slot, parts in large.items():
        added = sum(map(items.part_size, parts))
        if groups[-1] and size + added > _MAX_REMOVED_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(slot)
        size += added
    return groups


def _part_deletions(large: Mapping[int, Sequence[Item]], slots: Iterable[int]) -> list[Write]:
    return [delete(key_of(part)) for slot in slots for part in large[slot]]


def write_with_definitions(
    table: Table, account_id: str, writes: Sequence[Write], created: Sequence[Definition]
) -> None:
    """Write all of it in one transaction, or the definitions first where that is too much.

    Definitions that are made and then not used harm nobody; values without definitions would.
    """
    if len(writes) > MAX_WRITES:
        raise ContextTooLarge
    together = [*writes, *creations(account_id, created)]
    if len(together) <= MAX_WRITES:
        table.write(together)
        return
    _create_first(table, account_id, created)
    table.write(writes)


def write_in_parts(
    table: Table, changes: Sequence[Sequence[Write]], others: Sequence[Write]
) -> None:
    """Write changes, each as a whole, in as few transactions as they fit; `others` in each."""
    room = MAX_WRITES - len(others)
    part: list[Sequence[Write]] = []
    writes = chars = 0
    for change in changes:
        added = sum(len(repr(write)) for write in change)
        if part and (writes + len(change) > room or chars + added > _MAX_PART_CHARS):
            _write_part(table, part, others)
            part, writes, chars = [], 0, 0
        part.append(change)
        writes += len(change)
        chars += added
    if part:
        _write_part(table, part, others)


def _write_part(table: Table, part: Sequence[Sequence[Write]], others: Sequence[Write]) -> None:
    try:
        table.write([*others, *(write for change in part for write in change)])
    except ContextTooLarge:
        if len(part) == 1:
            raise
        # Pages count as they are in the table, which is known to DynamoDB alone.
        half = len(part) // 2
        _write_part(table, part[:half], others)
        _write_part(table, part[half:], others)


def _create_first(table: Table, account_id: str, created: Sequence[Definition]) -> None:
    for start in range(0, len(created), DEFINITIONS_PER_WRITE):
        table.write(creations(account_id, created[start : start + DEFINITIONS_PER_WRITE]))
