"""Set values on the pages of a subject, in one request or one transaction."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

from shared.domain.accounts import Attribution
from shared.domain.definitions import ContextType, Definition
from shared.domain.errors import ContextTooLarge, PermissionDenied, WriteConflict
from shared.domain.records import dataclass
from shared.domain.suggestions import Suggestion
from shared.domain.value_changes import WrittenValues
from shared.domain.values import Assignment, Subject
from shared.table import keys, value_items
from shared.table.dynamo import Table
from shared.table.head_writes import increment_business_version
from shared.table.operations import EXISTS, MAX_WRITES, Condition, Item, Write, as_item, check
from shared.table.page_updates import PageUpdate, only_removes
from shared.table.pages import by_page, page_check, unchanged_since
from shared.table.precedence import PrecedenceCondition, outranked
from shared.table.suggestion_items import new_suggestion, suggestion_write
from shared.table.transactions import (
    create_in_batches,
    fit_one_transaction,
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
        suggestions_kept_for: How long the suggestions are kept that outranked assignments become.
            None fails the whole write instead.
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

    def write(self, table: Table, pages: Mapping[int, Item] | None = None) -> WrittenValues:
        """Write all values or none, unless `several_transactions`.

        Reads the pages first if a new value is large or the condition of precedence is too long.
        Reads them after a failed write, and writes again what they allow: values that may not
        replace one of a stronger source become suggestions.

        A suggestion is stored even if the stronger value has changed since it was read.
        Suggestions that do not fit into the transaction are stored before it, if the subject
        exists, and stay if it fails.

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
            return self._write_with_pages(
                table, self._read_pages(table) if pages is None else pages
            )
        try:
            self._send(table, self._updates(self.assignments, {}), [], ALL_SET)
        except WriteConflict:
            pages = self._read_pages(table)
            if not self._differs_with_pages(pages):
                raise
            return self._write_with_pages(table, pages)
        return ALL_SET

    @property
    def _needs_pages(self) -> bool:
        return any(value_items.is_large(each.value) for each in self.assignments) or any(
            PrecedenceCondition.of(values, self.by).is_too_large
            for _, values in by_page(self.assignments)
        )

    def _differs_with_pages(self, pages: Mapping[int, Item]) -> bool:
        """Return whether the write is another one now that the pages have been read."""
        return (
            any(value_items.LEGACY_PARTS_TOKEN in page for page in pages.values())
            or bool(self._outranked(pages))
            or any(
                number not in pages and only_removes(values)
                for number, values in by_page(self.assignments)
            )
        )

    def _write_with_pages(self, table: Table, pages: Mapping[int, Item]) -> WrittenValues:
        standing = self._outranked(pages)
        outranked_ones = [each for each in self.assignments if each.slot in standing]
        suggestions = [
            self._suggestion(each, standing[each.slot])
            for each in outranked_ones
            if each.is_blind or not _is_same(each, standing[each.slot])
        ]
        suggested = {each.slot for each in suggestions}
        kept = {slot: each.version for slot, each in standing.items() if slot not in suggested}
        updates = [
            each
            for each in self._updates(
                [each for each in self.assignments if each.slot not in standing], pages
            )
            # A page that does not exist has nothing to remove.
            if each.stored or not only_removes(each.assignments)
        ]
        written = WrittenValues(suggestions, kept)
        self._send(table, updates, self._page_checks(updates), written)
        return written

    def _page_checks(self, updates: Sequence[PageUpdate]) -> list[Write]:
        """Build the checks of the pages that are not updated, if they have to be as seen."""
        if self.seen is None:
            return []
        unchanged = {page for page, _ in by_page(self.assignments)} - {
            each.page for each in updates
        }
        return [
            page_check(keys.values_page(self.account_id, self.subject, page), self.seen.get(page))
            for page in sorted(unchanged)
        ]

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
        self, assignments: Sequence[Assignment], pages: Mapping[int, Item]
    ) -> list[PageUpdate]:
        return [
            PageUpdate.of(self.account_id, self.subject, page, values, pages.get(page, {}))
            for page, values in by_page(assignments)
        ]

    def _send(
        self,
        table: Table,
        updates: Sequence[PageUpdate],
        page_checks: Sequence[Write],
        written: WrittenValues,
    ) -> None:
        others = self._others(updates)
        if self.record is not None:
            others = [self.record(written), *others]
        groups = [each.writes(self.by, self._conditions(each.page)) for each in updates]
        groups += [[each] for each in page_checks]
        suggestions = [suggestion_write(self.account_id, each) for each in written.suggestions]
        # Suggestions alone leave the values of the business as they are.
        changes_business = bool(updates) and self.subject.context_type is ContextType.BUSINESS
        if self.several_transactions:
            groups += [[each] for each in suggestions]
            self._send_separately(table, updates, groups, others, changes_business=changes_business)
            return
        writes = [*others, *(write for group in groups for write in group)]
        self._send_together(table, updates, writes, suggestions, changes_business=changes_business)

    def _conditions(self, page: int) -> Sequence[Condition]:
        return [] if self.seen is None else [unchanged_since(self.seen.get(page))]

    def _send_together(
        self,
        table: Table,
        updates: Sequence[PageUpdate],
        writes: Sequence[Write],
        suggestions: Sequence[Write],
        *,
        changes_business: bool,
    ) -> None:
        """Send writes in one transaction, and suggestions with them if they fit."""
        if len(writes) + changes_business > MAX_WRITES:
            raise ContextTooLarge
        room = MAX_WRITES - changes_business
        if suggestions and not fit_one_transaction([*writes, *suggestions], room):
            subject = self._subject_checks()
            write_in_several_transactions(table, [[each] for each in suggestions], subject)
            suggestions = ()
        writes = [*writes, *suggestions]
        if not writes and not self.created:
            return
        # The parts come first: they cost half of what they would in the transaction.
        for each in updates:
            each.parts.store(table)
        write_with_definitions(
            *(table, self.account_id, writes, self.created),
            once=self.once,
            changes_business=changes_business,
        )

    def _send_separately(
        self,
        table: Table,
        updates: Sequence[PageUpdate],
        groups: Sequence[Sequence[Write]],
        others: Sequence[Write],
        *,
        changes_business: bool,
    ) -> None:
        """Send groups of writes in one transaction, or in as many as they need."""
        for each in updates:
            each.parts.store(table)
        writes = [*others, *(write for group in groups for write in group)]
        if self.created and fit_together(writes, self.created):
            # DynamoDB alone knows the size of the updated pages.
            with suppress(ContextTooLarge):
                write_with_definitions(
                    *(table, self.account_id, writes, self.created),
                    changes_business=changes_business,
                )
                return
        create_in_batches(table, self.account_id, self.created)
        versions = [increment_business_version(self.account_id)] if changes_business else []
        write_in_several_transactions(table, groups, [*others, *versions])

    def _subject_checks(self) -> list[Write]:
        """Build the check that the subject exists. The business always does."""
        if self.subject.context_type is ContextType.BUSINESS:
            return []
        return [check(keys.subject(self.account_id, self.subject), EXISTS)]

    def _others(self, updates: Sequence[PageUpdate]) -> Sequence[Write]:
        """Return the other writes and checks that the transaction needs."""
        has_page = bool(updates) and all(each.requires_page for each in updates)
        if self.seen is not None or not has_page:
            return self.others
        # A page that has to be there needs no check of its subject.
        subject = as_item(keys.subject(self.account_id, self.subject))
        return [
            each for each in self.others if each.get("ConditionCheck", {}).get("Key") != subject
        ]


def single_page_update(
    account_id: str,
    subject: Subject,
    assignments: Sequence[Assignment],
    by: Attribution,
    conditions: Sequence[Condition] = (),
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
    write, *others = PageUpdate.of(account_id, subject, *pages[0]).writes(by, conditions)
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
