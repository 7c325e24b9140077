"""Store the values of variables."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from shared.domain.accounts import Attribution, Audience
from shared.domain.definitions import ContextType, Definition, SlotIndex, Tombstone
from shared.domain.errors import RequestInProgress, Unavailable, WriteConflict
from shared.domain.option_labels import as_defined
from shared.domain.sources import LAST_WRITE_WINS, Source
from shared.domain.suggestions import Suggestion
from shared.domain.value_changes import ValuesSnapshot, WriteGuard, WrittenValues
from shared.domain.values import Assignment, Evidence, StoredValue, Subject, VariableLookup
from shared.table import contact_items, keys, value_items
from shared.table.definition_memory import DefinitionMemory
from shared.table.definition_reads import DefinitionReads, read_slot_index
from shared.table.dynamo import Table
from shared.table.errors import conflicting_item
from shared.table.idempotency import is_being_written, record_write
from shared.table.operations import EXISTS, Item, Write, check, key_of
from shared.table.page_removal import clear_pages
from shared.table.page_writes import ALL_SET, ValuesWrite, single_page_update
from shared.table.pages import page_check, read_texts, read_values, separate_parts, writes_of
from shared.table.part_references import InconsistentRead
from shared.table.precedence import outranked
from shared.table.suggestion_items import new_suggestion, suggestion_write, to_evidence
from shared.table.transactions import write_in_several_transactions
from shared.table.value_records import Record

_MAX_READS = 5
"""How often to read values that are changed during the read."""


SUGGESTIONS_KEPT = timedelta(days=30)
"""How long suggestions are kept unless the deployment says otherwise."""


class VariableTable:
    """The adapter of the port `Variables`."""

    def __init__(
        self,
        table: Table,
        memory: DefinitionMemory | None = None,
        suggestions_kept_for: timedelta = SUGGESTIONS_KEPT,
    ) -> None:
        self._table = table
        self._reads = DefinitionReads(table, memory)
        self._suggestions_kept_for = suggestions_kept_for

    def find(self, account_id: str, subject: Subject, names: Iterable[str]) -> VariableLookup:
        """Find the definitions of names and, for a contact subject, the contact.

        Sends one request for each 100 items: the contact, and the names that memory does not have.
        """
        is_contact = subject.context_type is ContextType.CONTACT
        beside = [keys.subject(account_id, subject)] if is_contact else []
        definitions, items = self._reads.by_names(account_id, subject.context_type, names, beside)
        contact = contact_items.to_contact(items[0]) if items else None
        return VariableLookup(contact, definitions)

    def save(
        self,
        account_id: str,
        subject: Subject,
        assignments: Sequence[Assignment],
        created: Sequence[Definition],
        by: Attribution,
        *,
        several_transactions: bool = False,
    ) -> Sequence[Suggestion]:
        """Store values: with one update if they are small, defined and on one page."""
        written = self._write(
            account_id, subject, assignments, created, by, several_transactions=several_transactions
        )
        return written.suggestions

    def write(
        self,
        account_id: str,
        subject: Subject,
        assignments: Sequence[Assignment],
        created: Sequence[Definition],
        by: Attribution,
        guard: WriteGuard | None = None,
    ) -> WrittenValues:
        """Store values as `save`, and return what could not be set.

        A guarded write is conditional on the pages that were read, and always a transaction.
        """
        if guard is None:
            return self._write(
                account_id, subject, assignments, created, by, several_transactions=False
            )
        record = guard.record
        seen = None if guard.snapshot is None else guard.snapshot.writes
        write = ValuesWrite(
            account_id=account_id,
            subject=subject,
            assignments=assignments,
            by=by,
            others=self._guard_checks(account_id, subject, assignments, seen),
            created=created,
            suggestions_kept_for=self._suggestions_kept_for,
            seen=seen,
            once=True,
            record=None
            if record is None
            else partial(record_write, account_id, record, assignments),
        )
        try:
            return write.write(self._table)
        except WriteConflict as conflict:
            if record is not None and is_being_written(conflict):
                raise RequestInProgress from conflict
            raise

    def find_evidence(
        self, account_id: str, subject: Subject, value: StoredValue
    ) -> Evidence | None:
        """Return the evidence of a value, or None. Reads nothing for a value without."""
        if not value.has_evidence:
            return None
        item = self._table.get(keys.evidence(account_id, subject, value.slot))
        return to_evidence(item, value.version) if item else None

    def as_stored(self, assignment: Assignment, by: Attribution) -> StoredValue:
        """Return the value that a write of an assignment stores."""
        return value_items.as_stored(assignment, by)

    def snapshot(
        self, account_id: str, subject: Subject, slots: Collection[int] | None = None
    ) -> ValuesSnapshot:
        """Return the values of a subject, and how often their pages have been written."""
        for _ in range(_MAX_READS):
            found = self._value_items(account_id, subject, slots)
            pages, _parts = separate_parts(found)
            writes = {keys.page_number(page["sk"]["S"]): writes_of(page) for page in pages}
            try:
                values: Sequence[StoredValue] = read_values(self._table, found, slots)
            except InconsistentRead:
                continue
            if slots is None:
                values = self._reads.index_values(account_id, subject.context_type, values)
                return ValuesSnapshot(values, writes)
            numbers = {keys.page_of(slot) for slot in slots}
            wanted = {page: count for page, count in writes.items() if page in numbers}
            return ValuesSnapshot(values, wanted)
        raise Unavailable

    def list(self, account_id: str, subject: Subject) -> tuple[StoredValue, ...]:
        """Return all values of a subject in order of slot, with their current names."""
        partition = keys.subject(account_id, subject).pk
        for _ in range(_MAX_READS):
            try:
                values = read_values(self._table, self._table.query(partition, keys.VALUES))
            except InconsistentRead:
                continue
            return self._reads.index_values(account_id, subject.context_type, values)
        raise Unavailable

    def find_value(
        self, account_id: str, subject: Subject, definition: Definition | Tombstone
    ) -> StoredValue | None:
        """Return the value of one variable on a subject, or None."""
        for _ in range(_MAX_READS):
            try:
                found = self._value_of(account_id, subject, definition.slot)
            except InconsistentRead:
                continue
            return as_defined(found, definition) if found else None
        raise Unavailable

    def values_of_many(
        self, account_id: str, contact_ids: Sequence[int], definition: Definition
    ) -> dict[int, StoredValue]:
        """Return the values of one variable by contact id. Contacts without a value are absent."""
        page = keys.page_of(definition.slot)
        contacts = {
            keys.values_page(account_id, Subject.contact(each), page): each for each in contact_ids
        }
        found = {contacts[key_of(item)]: item for item in self._table.get_many(list(contacts))}
        try:
            values = self._values_on(found.values(), definition.slot)
        except InconsistentRead:
            values = {}
        return {
            contact_id: as_defined(value, definition)
            for contact_id, page in found.items()
            if (
                value := values[key_of(page)]
                if key_of(page) in values
                else self.find_value(account_id, Subject.contact(contact_id), definition)
            )
        }

    def clear(
        self,
        account_id: str,
        subject: Subject,
        by: Attribution,
        sees: Callable[[Audience], bool],
    ) -> None:
        """Remove the values of a subject that the caller can see and may replace.

        Uses one transaction, or one for each group of pages that fits. Only values that were read
        are removed: a concurrent set keeps all of its values on a page or none.
        """
        found = list(self._table.query(keys.subject(account_id, subject).pk, keys.VALUES))
        if not found:
            return
        # Read the index after the values, so that it has the audience of each of them.
        index = read_slot_index(self._table, account_id, subject.context_type)
        hidden = {slot for slot, audience in index.audiences.items() if not sees(audience)}
        stronger = self._outranked(account_id, subject, found, by, index)
        kept = hidden | {each.slot for each in stronger}
        evidence = {
            slot: keys.evidence(account_id, subject, slot)
            for slot, record in _records(found).items()
            if record.has_evidence
        }
        groups = clear_pages(found, by, kept, evidence)
        groups += [
            [suggestion_write(account_id, each)] for each in stronger if each.slot not in hidden
        ]
        # The subject may be deleted with its pages before a suggestion is stored.
        has_suggestions = bool(stronger) and not _is_business(subject)
        checks = [check(keys.subject(account_id, subject), EXISTS)] if has_suggestions else []
        write_in_several_transactions(self._table, groups, checks)

    def _outranked(
        self,
        account_id: str,
        subject: Subject,
        items: Sequence[Item],
        by: Attribution,
        index: SlotIndex,
    ) -> Sequence[Suggestion]:
        """Return suggestions to remove the values that the writer may not replace.

        Reads the definitions only of values of other sources.
        """
        records = {
            slot: record
            for slot, record in _records(items).items()
            if record.source not in (by.value_source, Source.SYSTEM)
        }
        names = {slot: index.names.get(slot, record.name) for slot, record in records.items()}
        if not records or by.value_source is Source.SYSTEM:
            return []
        known = self.find(account_id, subject, {*names.values()} - {""}).definitions
        removals = [
            Assignment(
                *(slot, names[slot], record.variable_type, None),
                precedence=definition.precedence,
                stale_after_seconds=getattr(definition, "replaceable_after_seconds", None),
            )
            for slot, record in records.items()
            if (definition := known.get(names[slot])) and definition.slot == slot
            if definition.precedence != LAST_WRITE_WINS
        ]
        standing = {
            slot: record
            for page in _pages(items)
            for slot, record in outranked(page, removals, by).items()
        }
        kept_for = self._suggestions_kept_for
        return [
            new_suggestion(subject, each, standing[each.slot], by, kept_for)
            for each in removals
            if each.slot in standing
        ]

    def _value_items(
        self, account_id: str, subject: Subject, slots: Collection[int] | None
    ) -> Sequence[Item]:
        """Return the pages of slots; all pages and legacy parts if one has such parts."""
        if slots is not None:
            numbers = sorted({keys.page_of(slot) for slot in slots})
            wanted = [keys.values_page(account_id, subject, number) for number in numbers]
            found = self._table.get_many(wanted)
            if not any(value_items.LEGACY_PARTS_TOKEN in page for page in found):
                return found
        return [*self._table.query(keys.subject(account_id, subject).pk, keys.VALUES)]

    def _guard_checks(
        self,
        account_id: str,
        subject: Subject,
        assignments: Sequence[Assignment],
        seen: Mapping[int, int] | None,
    ) -> Sequence[Write]:
        """Build the writes about the subject, and the checks of pages that are only read."""
        checks = []
        written = {keys.page_of(each.slot) for each in assignments}
        has_all = seen is not None and written and not written - seen.keys()
        if not has_all and not _is_business(subject):
            # A page outlives its contact only until `delete_remnants` runs.
            checks.append(check(keys.subject(account_id, subject), EXISTS))
        checks += [
            page_check(keys.values_page(account_id, subject, page), count)
            for page, count in sorted((seen or {}).items())
            if page not in written
        ]
        return checks

    def _write(
        self,
        account_id: str,
        subject: Subject,
        assignments: Sequence[Assignment],
        created: Sequence[Definition],
        by: Attribution,
        *,
        several_transactions: bool,
    ) -> WrittenValues:
        pages: dict[int, Item] | None = None
        is_business = _is_business(subject)
        if not (created or is_business):
            is_saved, pages = self._save_page(account_id, subject, assignments, by)
            if is_saved:
                return ALL_SET
        others = [] if is_business else [check(keys.subject(account_id, subject), EXISTS)]
        return ValuesWrite(
            account_id=account_id,
            subject=subject,
            assignments=assignments,
            by=by,
            others=others,
            created=created,
            several_transactions=several_transactions,
            suggestions_kept_for=self._suggestions_kept_for,
        ).write(self._table, pages)

    def _value_of(self, account_id: str, subject: Subject, slot: int) -> StoredValue | None:
        page = self._table.get(keys.values_page(account_id, subject, keys.page_of(slot)))
        if page is None:
            return None
        if slot in value_items.legacy_part_counts(page):
            partition = keys.subject(account_id, subject).pk
            found = read_values(self._table, self._table.query(partition, keys.VALUES), {slot})
            return found[0] if found else None
        return self._values_on([page], slot)[key_of(page)]

    def _values_on(self, pages: Collection[Item], slot: int) -> dict[keys.Key, StoredValue | None]:
        """Return the values of one slot by page, without those in legacy parts."""
        texts = read_texts(self._table, pages, {slot})
        return {
            key_of(page): next(iter(value_items.to_values(page, {}, texts, {slot})), None)
            for page in pages
            if slot not in value_items.legacy_part_counts(page)
        }

    def _save_page(
        self, account_id: str, subject: Subject, assignments: Sequence[Assignment], by: Attribution
    ) -> tuple[bool, dict[int, Item] | None]:
        """Set values that are on one page with one update, if nothing has to be read for it.

        Returns:
            Whether the values are set, and the page as stored if its condition has failed: a
            stronger value stands, or the page has values in legacy parts. The page is None if it
            does not exist, if one update is not enough, or if another transaction held it.
        """
        # A page outlives its contact only until `delete_remnants` runs, so the contact need not be
        # checked.
        write = single_page_update(account_id, subject, assignments, by, [(EXISTS, {})])
        if write is None:
            return False, None
        try:
            self._table.write([write])
        except WriteConflict as conflict:
            page = conflicting_item(conflict)
            return False, {keys.page_of(assignments[0].slot): page} if page else None
        return True, None


def _pages(items: Iterable[Item]) -> Iterable[Item]:
    return (item for item in items if item["entity"]["S"] == "values")


def _records(items: Iterable[Item]) -> dict[int, Record]:
    return {
        slot: record
        for page in _pages(items)
        for slot, record in value_items.stored_records(page).items()
    }


def _is_business(subject: Subject) -> bool:
    return subject.context_type is ContextType.BUSINESS
