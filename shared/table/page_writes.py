"""Set values on the pages of a subject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import urandom

from shared.domain.accounts import Attribution
from shared.domain.definitions import Definition
from shared.domain.errors import ContextTooLarge, WriteConflict
from shared.domain.values import Assignment, Subject
from shared.table import codec, keys, value_items
from shared.table.dynamo import Table
from shared.table.operations import Item, Write, delete, put, update
from shared.table.pages import by_page, same_generation, unchanged_since
from shared.table.transactions import create_in_batches, write_in_parts, write_with_definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesWrite:
    """A write of values on one subject.

    Attributes:
        account_id: The account.
        subject: The contact, conversation or business.
        assignments: The values to set. None removes a value.
        by: Who sets the values.
        others: Further writes and checks of the same transaction.
        created: New definitions.
        in_parts: Use several transactions if one is too small. `others` are part of each.
        seen: The number of writes of each page as it was read, which it must still have. Pages
            that are not among them must not exist. None for no requirement.
        once: Whether to send a transaction in any case, which takes effect once.
    """

    account_id: str
    subject: Subject
    assignments: Sequence[Assignment]
    by: Attribution
    others: Sequence[Write] = ()
    created: Sequence[Definition] = ()
    in_parts: bool = False
    seen: Mapping[int, int] | None = None
    once: bool = False

    def apply(self, table: Table) -> None:
        """Write all values or none.

        Reads the pages first only if a new value is large or a page has large values.

        Raises:
            WriteConflict: A condition is false, or a page was changed by another request.
            ContextTooLarge: The writes do not fit into a transaction, and `in_parts` is false.
        """
        if any(value_items.is_large(each.value) for each in self.assignments):
            self._write(table, self._page_writes(self._read_pages(table)))
            return
        try:
            self._write(table, self._page_writes({}))
        except WriteConflict:
            pages = self._read_pages(table)
            if not any(value_items.GENERATION in page for page in pages.values()):
                raise
            self._write(table, self._page_writes(pages))

    def _read_pages(self, table: Table) -> dict[int, Item]:
        numbers = sorted({keys.page_of(each.slot) for each in self.assignments})
        wanted = [keys.values_page(self.account_id, self.subject, number) for number in numbers]
        found = {item["sk"]["S"]: item for item in table.get_many(wanted)}
        return {
            number: found[key.sk]
            for number, key in zip(numbers, wanted, strict=True)
            if key.sk in found
        }

    def _page_writes(self, pages: Mapping[int, Item]) -> list[list[Write]]:
        return [
            self._guarded(
                page,
                _PageUpdate(
                    self.account_id, self.subject, page, values, pages.get(page, {})
                ).writes(self.by),
            )
            for page, values in by_page(self.assignments)
        ]

    def _guarded(self, page: int, writes: list[Write]) -> list[Write]:
        if self.seen is not None:
            request = writes[0]["Update"]
            condition, values = unchanged_since(self.seen.get(page))
            request["ConditionExpression"] += f" AND {condition}"
            request["ExpressionAttributeValues"].update(values)
        return writes

    def _write(self, table: Table, page_writes: list[list[Write]]) -> None:
        writes = [*self.others, *(write for group in page_writes for write in group)]
        try:
            write_with_definitions(table, self.account_id, writes, self.created, once=self.once)
        except ContextTooLarge:
            if not self.in_parts:
                raise
            create_in_batches(table, self.account_id, self.created)
            write_in_parts(table, page_writes, self.others)


@dataclass(frozen=True, slots=True)
class _PageUpdate:
    """The change of one page.

    `stored` is the page item as read. It is empty if the page was not read, and the update then
    requires a page without large values.
    """

    account_id: str
    subject: Subject
    page: int
    assignments: Sequence[Assignment]
    stored: Item = field(default_factory=dict)

    def writes(self, by: Attribution) -> list[Write]:
        """Build the update of the page, followed by the writes and deletions of parts."""
        generation = urandom(8).hex()
        old_part_counts = value_items.large_slots(self.stored)
        new_parts = {
            each.slot: value_items.split(each.value)
            for each in self.assignments
            if value_items.is_large(each.value)
        }
        untouched = old_part_counts.keys() - {each.slot for each in self.assignments}
        puts = [
            put(self._part_item(slot, number, generation, text))
            for slot, texts in new_parts.items()
            for number, text in enumerate(texts)
        ]
        deletions = [
            delete(keys.value_part(self.account_id, self.subject, each.slot, number))
            for each in self.assignments
            for number in range(
                len(new_parts.get(each.slot, ())), old_part_counts.get(each.slot, 0)
            )
        ]
        has_large = bool(new_parts or untouched)
        return [self._update(by, generation, has_large=has_large), *puts, *deletions]

    def _update(self, by: Attribution, generation: str, *, has_large: bool) -> Write:
        sets = {
            value_items.value_attribute(each.slot): value_items.encode_value(each, by, generation)
            for each in self.assignments
            if each.value is not None
        }
        removes = [
            value_items.value_attribute(each.slot)
            for each in self.assignments
            if each.value is None
        ]
        condition, placeholders = same_generation(self.stored)
        if has_large:
            sets[value_items.GENERATION] = codec.encode(generation)
        elif placeholders:
            removes.append(value_items.GENERATION)
        key = keys.values_page(self.account_id, self.subject, self.page)
        fixed = {
            **codec.entity_attributes("values"),
            codec.ATTRIBUTION: codec.encode_attribution(by),
        }
        return update(key, {**fixed, **sets}, removes, condition, placeholders, value_items.WRITES)

    def _part_item(self, slot: int, number: int, generation: str, text: bytes) -> Item:
        key = keys.value_part(self.account_id, self.subject, slot, number)
        return value_items.value_part_item(key, generation, text)


def single_page_update(
    account_id: str, subject: Subject, assignments: Sequence[Assignment], by: Attribution
) -> Write | None:
    """Build the update of a page without large values.

    Returns:
        None if the assignments need more than one write.
    """
    pages = list(by_page(assignments))
    if len(pages) != 1 or any(value_items.is_large(each.value) for each in assignments):
        return None
    (write,) = _PageUpdate(account_id, subject, *pages[0]).writes(by)
    return write


def new_pages(
    account_id: str, subject: Subject, assignments: Sequence[Assignment], by: Attribution
) -> list[Write]:
    """Build the writes of the pages of a new subject.

    Page 0 is always among them, so that setting the subject's first values is a single update.
    """
    values = {0: [], **dict(by_page([each for each in assignments if each.value is not None]))}
    groups = [_PageUpdate(account_id, subject, *page).writes(by) for page in values.items()]
    return [write for group in groups for write in group]
