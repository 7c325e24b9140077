"""Set values on the pages of a subject, in one request or one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256

from shared.domain.accounts import Attribution
from shared.domain.definitions import Definition
from shared.domain.errors import ContextTooLarge, PermissionDenied, WriteConflict
from shared.domain.records import dataclass
from shared.domain.suggestions import Suggestion
from shared.domain.value_changes import WrittenValues
from shared.domain.values import Assignment, Subject
from shared.table import keys, value_items
from shared.table.dynamo import Table
from shared.table.head_writes import raise_business
from shared.table.operations import MAX_WRITES, Item, Write, as_item
from shared.table.page_updates import PageUpdate
from shared.table.pages import by_page, page_check, unchanged_since
from shared.table.precedence import PrecedenceCondition, outranked
from shared.table.suggestion_items import new_suggestion, suggestion_write
from shared.table.transactions import (
    create_in_batches,
    fit_together,
    write_in_several_transactions,
    write_with_definitions,
)
from shared.table.value_records import Record

ALL_SET = WrittenValues()


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
        several_transactions: Use several transactions if one is too small. `others` are part of
            each.
        seen: The number of writes of each page as it was read, which it must still have. Pages
            that are not among them must not exist. None for no requirement.
        once: Whether to send a transaction in any case, which takes effect once.
        record: Builds the first write of the transaction from what could not be set.
        suggestions_kept_for: How long the suggestions are kept that refused assignments become.
            None refuses the whole write instead.
    """

    account_id: str
    subject: Subject
    assignments: Sequence[Assignment]
    by: Attribution
    others: Sequence[Write] = ()
    created: Sequence[Definition] = ()
    several_transactions: bool = False
    seen: Mapping[int, int] | None = None
    once: bool = False
    record: Callable[[WrittenValues], Write] | None = None
    suggestions_kept_for: timedelta | None = None

    def apply(self, table: Table, pages: Mapping[int, Item] | None = None) -> Sequence[Suggestion]:
        """Write the values as `write`, and return the suggestions."""
        return self.write(table, pages).suggestions

    def write(self, table: Table, pages: Mapping[int, Item] | None = None) -> WrittenValues:
        """Write all values or none, unless `several_transactions`.

        Reads the pages first if a new value is large or the condition of precedence is too long.
        Reads them after a failed write, and writes again what they allow: values that may not
        replace one of a stronger source become suggestions.

        Args:
            table: The table.
            pages: The pages, if they have just been read.

        Returns:
            What could not be set.

        Raises:
            WriteConflict: A condition is false, or a page was changed by another request.
            ContextTooLarge: The writes do not fit into a transaction, and `several_transactions`
                is false.
            PermissionDenied: A stored value is of a stronger source, and the write makes no
                suggestions.
        """
        if pages is not None or self._needs_pages:
            return self._write_over(table, self._read_pages(table) if pages is None else pages)
        try:
            self._write(table, self._updates({}, self.assignments), [], ALL_SET)
        except WriteConflict:
            pages = self._read_pages(table)
            has_legacy_parts = any(
                value_items.LEGACY_PARTS_TOKEN in page for page in pages.values()
            )
            if not has_legacy_parts and not self._outranked(pages):
                raise
            return self._write_over(table, pages)
        return ALL_SET

    @property
    def _needs_pages(self) -> bool:
        return any(value_items.is_large(each.value) for each in self.assignments) or any(
            PrecedenceCondition.of(values, self.by).is_too_large
            for _, values in by_page(self.assignments)
        )

    def _write_over(self, table: Table, pages: Mapping[int, Item]) -> WrittenValues:
        standing = self._outranked(pages)
        refused = [each for each in self.assignments if each.slot in standing]
        suggestions = [
            self._suggestion(each, standing[each.slot])
            for each in refused
            if each.is_blind or not _is_same(each, standing[each.slot])
        ]
        allowed = [each for each in self.assignments if each.slot not in standing]
        groups = [[suggestion_write(self.account_id, each)] for each in suggestions]
        groups += self._checks_of_refused(refused, allowed)
        suggested = {each.slot for each in suggestions}
        kept = {slot: each.version for slot, each in standing.items() if slot not in suggested}
        written = WrittenValues(suggestions, kept)
        self._write(table, self._updates(pages, allowed), groups, written)
        return written

    def _checks_of_refused(
        self, refused: Sequence[Assignment], allowed: Sequence[Assignment]
    ) -> list[list[Write]]:
        """Build the checks of the pages that are not written, if they have to be as seen."""
        if self.seen is None:
            return []
        pages = {page for page, _ in by_page(refused)} - {page for page, _ in by_page(allowed)}
        keys_of_pages = {
            page: keys.values_page(self.account_id, self.subject, page) for page in sorted(pages)
        }
        return [[page_check(key, self.seen.get(page))] for page, key in keys_of_pages.items()]

    def _suggestion(self, assignment: Assignment, standing: Record) -> Suggestion:
        if self.suggestions_kept_for is None:
            raise PermissionDenied(f"a source that may replace a value of '{standing.source}'")
        return new_suggestion(
            self.subject, assignment, standing, self.by, self.suggestions_kept_for
        )

    def _outranked(self, pages: Mapping[int, Item]) -> dict[int, Record]:
        return {
            slot: record
            for number, values in by_page(self.assignments)
            for slot, record in outranked(pages.get(number, {}), values, self.by).items()
        }

    def _read_pages(self, table: Table) -> dict[int, Item]:
        numbers = sorted({keys.page_of(each.slot) for each in self.assignments})
        wanted = [keys.values_page(self.account_id, self.subject, number) for number in numbers]
        found = {item["sk"]["S"]: item for item in table.get_many(wanted)}
        return {
            number: found[key.sk]
            for number, key in zip(numbers, wanted, strict=True)
            if key.sk in found
        }

    def _updates(
        self, pages: Mapping[int, Item], assignments: Sequence[Assignment]
    ) -> list[PageUpdate]:
        return [
            PageUpdate.of(self.account_id, self.subject, page, values, pages.get(page, {}))
            for page, values in by_page(assignments)
        ]

    def _guarded(self, page: int, writes: list[Write]) -> list[Write]:
        if self.seen is not None:
            request = writes[0]["Update"]
            condition, values = unchanged_since(self.seen.get(page))
            request["ConditionExpression"] += f" AND {condition}"
            request["ExpressionAttributeValues"].update(values)
        return writes

    def _write(
        self,
        table: Table,
        updates: Sequence[PageUpdate],
        more: list[list[Write]],
        written: WrittenValues,
    ) -> None:
        others = self._others(updates)
        if self.record is not None:
            others = [self.record(written), *others]
        groups = [self._guarded(each.page, each.writes(self.by)) for each in updates] + more
        writes = [*others, *(write for group in groups for write in group)]
        if not writes and not self.created:
            return
        if len(writes) > MAX_WRITES and not self.several_transactions:
            raise ContextTooLarge
        # The parts come first: they cost half of what they would in the transaction.
        for each in updates:
            each.parts.store(table)
        created = self.created
        if self.several_transactions and not fit_together(self.account_id, writes, created):
            create_in_batches(table, self.account_id, created)
            created = ()
        try:
            write_with_definitions(table, self.account_id, writes, created, once=self.once)
        except ContextTooLarge:
            if not self.several_transactions:
                raise
            # No page was written yet.
            create_in_batches(table, self.account_id, created)
            write_in_several_transactions(table, groups, others)

    def _others(self, updates: Sequence[PageUpdate]) -> Sequence[Write]:
        """Return the other writes and checks that the transaction needs."""
        others = self.others
        if not updates:
            # Suggestions alone leave the values of the business as they are.
            raised = raise_business(self.account_id)
            others = [each for each in others if each != raised]
        if self.seen is not None or not all(each.requires_page for each in updates):
            return others
        # A page that was read, and has to be there, needs no check of its subject.
        subject = as_item(keys.subject(self.account_id, self.subject))
        return [each for each in others if each.get("ConditionCheck", {}).get("Key") != subject]


def single_page_update(
    account_id: str, subject: Subject, assignments: Sequence[Assignment], by: Attribution
) -> Write | None:
    """Build the update of a page without large values.

    If its condition fails, the error has the page.

    Returns:
        None if the assignments need more than one write, or have to be compared with the page.
    """
    pages = list(by_page(assignments))
    if len(pages) != 1 or any(value_items.is_large(each.value) for each in assignments):
        return None
    if PrecedenceCondition.of(assignments, by).is_too_large:
        return None
    write, *others = PageUpdate.of(account_id, subject, *pages[0]).writes(by)
    write["Update"]["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return None if others else write


def _is_same(assignment: Assignment, record: Record) -> bool:
    """Return whether the value that an assignment sets is stored already."""
    value, stored = assignment.value, record.value
    if isinstance(stored, dict):
        return isinstance(value, str) and stored["sha256"] == sha256(value.encode()).hexdigest()
    return (type(value), value) == (type(stored), stored)


def new_pages(
    account_id: str, subject: Subject, assignments: Sequence[Assignment]
) -> list[PageUpdate]:
    """Build the pages of a new subject.

    Page 0 is always among them, so that setting the subject's first values is a single update.
    """
    values = {0: [], **dict(by_page([each for each in assignments if each.value is not None]))}
    return [PageUpdate.of(account_id, subject, *page) for page in values.items()]
