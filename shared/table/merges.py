"""Merge two contacts in one transaction.

The transaction moves the values, so every concurrent write of either contact has to make it fail.
A write of a page that exists changes the number of its writes. A write that creates a page checks
only that its contact exists, so the transaction checks that the merged contact has no page but
those that were read: of the slots that were allocated when the pages were read. A definition with a
later slot raises the head of the account, which the transaction checks, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from shared.domain.accounts import Attribution
from shared.domain.contact_merges import MergePlan, Side, ValueConflict
from shared.domain.contacts import Contact, ContactWithValues
from shared.domain.definitions import ContextType, SlotIndex
from shared.domain.errors import ContextTooLarge, TooLargeToMerge, Unavailable
from shared.domain.records import dataclass
from shared.domain.suggestions import Suggestion
from shared.domain.value_changes import IdempotencyRecord
from shared.domain.values import Assignment, Evidence, StoredValue, Subject
from shared.table import codec, contact_items, keys, value_items
from shared.table.contact_writes import identifier_changes
from shared.table.definition_reads import read_slot_index
from shared.table.dynamo import Table
from shared.table.head_writes import read_head
from shared.table.idempotency import record_write, refuse_second_request
from shared.table.merge_sides import MergeSide, SeenDefinitions
from shared.table.merged_contacts import redirections
from shared.table.operations import (
    IS_NEW,
    MAX_WRITES,
    Item,
    Write,
    check,
    delete,
    key_of,
    name_placeholders,
    put,
)
from shared.table.page_updates import PageUpdate
from shared.table.page_writes import ValuesWrite
from shared.table.pages import (
    by_page,
    page_check,
    read_values,
    separate_parts,
    unchanged_since,
    writes_of,
)
from shared.table.part_references import InconsistentRead
from shared.table.suggestion_items import new_suggestion, suggestion_write, to_evidence
from shared.table.value_records import Record, facts_of
from shared.table.variables import SUGGESTIONS_KEPT

_MAX_READS = 5
"""How often to read a contact whose values are changed during the read."""

_SLOTS = f"{ContextType.CONTACT}_slots"
"""The attribute of the counters with the number of slots that were allocated for contacts."""

_RECORD = 1
"""The write of the idempotency record, which a dry run counts, too."""


class MergeTable:
    """The adapter of the port `Merges`."""

    def __init__(self, table: Table, suggestions_kept_for: timedelta = SUGGESTIONS_KEPT) -> None:
        self._table = table
        self._suggestions_kept_for = suggestions_kept_for

    def read(self, account_id: str, survivor_id: int, merged_id: int) -> "StoredPair | None":
        """Return two contacts with all of their values, or None unless both exist.

        Raises:
            Unavailable: Large values were changed during each of several reads.
        """
        # In this order: a definition that the head counts has a slot that the counters count.
        head = read_head(self._table, account_id)
        counters = self._table.get(keys.counters(account_id)) or {}
        slots = codec.decode(counters[_SLOTS]) if _SLOTS in counters else 0
        survivor = self._read_side(account_id, survivor_id)
        merged = self._read_side(account_id, merged_id)
        if survivor is None or merged is None:
            return None
        # Read the index after the values, so that it has the audience of each of them.
        index = read_slot_index(self._table, account_id, ContextType.CONTACT)
        return StoredPair(
            self._table,
            account_id,
            SeenDefinitions(head, slots),
            survivor,
            merged,
            index,
            self._suggestions_kept_for,
        )

    def _read_side(self, account_id: str, contact_id: int) -> MergeSide | None:
        partition = keys.subject(account_id, Subject.contact(contact_id)).pk
        for _ in range(_MAX_READS):
            found = list(self._table.query(partition))
            profiles = [item for item in found if item["entity"]["S"] == "contact"]
            if not profiles:
                return None
            items = [item for item in found if item["entity"]["S"] != "contact"]
            try:
                values = read_values(self._table, items)
            except InconsistentRead:
                continue
            return MergeSide(contact_items.to_contact(profiles[0]), items, values)
        raise Unavailable


@dataclass(frozen=True)
class StoredPair:
    """Two contacts as they were read, an implementation of `ContactPair`."""

    table: Table
    account_id: str
    definitions: SeenDefinitions
    survivor_side: MergeSide
    merged_side: MergeSide
    index: SlotIndex
    suggestions_kept_for: timedelta

    @cached_property
    def survivor(self) -> ContactWithValues:
        """The contact that stays, with all values."""
        return self.survivor_side.with_values(self.index)

    @cached_property
    def merged(self) -> ContactWithValues:
        """The contact that is merged into it, with all values."""
        return self.merged_side.with_values(self.index)

    @cached_property
    def evidence(self) -> Mapping[keys.Key, Item]:
        """The evidence of the values, by its key. Read only if a value has any."""
        return {
            key_of(item): item
            for side in (self.survivor_side, self.merged_side)
            if any(each.has_evidence for each in side.values)
            for item in self.table.query(
                keys.review_partition(self.account_id, _subject(side.contact)), keys.EVIDENCE
            )
        }

    def suggestions(self, plan: MergePlan, by: Attribution) -> Sequence[Suggestion]:
        """Return the suggestions that the lost values become, in their order."""
        return [self._suggestion(each, by) for each in plan.suggested]

    def check_size(self, plan: MergePlan, by: Attribution) -> None:
        """Require that the merge fits into one transaction; raises TooLargeToMerge."""
        with _too_large():
            others = self._others(plan, by)
        updates = [
            PageUpdate.of(
                self.account_id,
                _subject(plan.survivor),
                page,
                assignments,
                self.survivor_side.pages.get(page, {}),
            )
            for page, assignments in by_page(self._assignments(plan))
        ]
        count = len(others) + sum(len(each.writes(by)) for each in updates) + _RECORD
        if count > MAX_WRITES:
            raise TooLargeToMerge(f"it takes {count} writes, and a transaction has {MAX_WRITES}")

    def merge(self, plan: MergePlan, by: Attribution, record: IdempotencyRecord | None) -> None:
        """Merge the contacts in one transaction.

        Raises:
            WriteConflict: One of the contacts has changed since it was read, a definition has been
                written, or there is a record of the key.
            RequestInProgress: Another request is writing the record.
            TooLargeToMerge: The writes do not fit into one transaction.
        """
        pages = self.survivor_side.pages
        with _too_large(), refuse_second_request(record):
            ValuesWrite(
                account_id=self.account_id,
                subject=_subject(plan.survivor),
                assignments=self._assignments(plan),
                by=by,
                others=self._others(plan, by),
                seen={number: writes_of(page) for number, page in pages.items()},
                once=True,
                record=None
                if record is None
                else lambda written: record_write(self.account_id, record, (), written),
            ).write(self.table, pages)

    def _assignments(self, plan: MergePlan) -> list[Assignment]:
        """Return the records that are copied to the survivor, with their evidence."""
        taken = {each.slot for each in plan.taken}
        merged = self.merged_side
        return [
            Assignment(
                *(each.slot, each.name, each.variable_type, each.value),
                evidence=self._evidence_of(merged, each),
                facts=facts_of(
                    merged.pages[keys.page_of(each.slot)][value_items.value_attribute(each.slot)]
                ),
            )
            for each in merged.values
            if each.slot in taken
        ]

    def _evidence_of(self, side: MergeSide, value: StoredValue) -> Evidence | None:
        if not value.has_evidence:
            return None
        key = keys.evidence(self.account_id, _subject(side.contact), value.slot)
        item = self.evidence.get(key)
        return to_evidence(item, value.version) if item else None

    def _suggestion(self, conflict: ValueConflict, by: Attribution) -> Suggestion:
        kept, lost = conflict.kept, conflict.lost
        side = self.merged_side if conflict.side is Side.FROM else self.survivor_side
        evidence = self._evidence_of(side, lost)
        assignment = Assignment(
            *(lost.slot, lost.name, lost.variable_type, lost.value),
            confidence=lost.confidence,
            evidence=evidence,
        )
        standing = Record(kept.name, kept.value, kept.variable_type, kept.updated_at, kept.version)
        subject = _subject(self.survivor_side.contact)
        made = new_suggestion(subject, assignment, standing, by, self.suggestions_kept_for)
        return replace(made, source=lost.source)

    def _others(self, plan: MergePlan, by: Attribution) -> list[Write]:
        """Build all writes but those of the survivor's pages and the idempotency record."""
        before, merged = self.survivor_side.contact, self.merged_side.contact
        return [
            put(
                contact_items.contact_item(self.account_id, plan.survivor, by),
                "version = :before",
                {":before": codec.encode(before.version)},
            ),
            delete(
                keys.subject(self.account_id, _subject(merged)),
                "version = :seen",
                {":seen": codec.encode(merged.version)},
            ),
            *redirections(self.account_id, merged, before.contact_id, by),
            *identifier_changes(self.account_id, before, plan.survivor),
            *(
                delete(keys.identifier(self.account_id, each, merged.contact_id))
                for each in merged.identifiers
            ),
            *self._page_removals(),
            *self._page_checks(plan),
            self.definitions.check(self.account_id),
            *(suggestion_write(self.account_id, each) for each in self.suggestions(plan, by)),
        ]

    def _page_removals(self) -> list[Write]:
        """Build the removal of the merged contact's pages, and checks that it has no others."""
        side, subject = self.merged_side, _subject(self.merged_side.contact)
        _, parts = separate_parts(side.items)
        absent = {*range(-(-self.definitions.slots // keys.VALUES_PER_PAGE))} - side.pages.keys()
        return [
            *(_page_deletion(page) for page in side.pages.values()),
            *(delete(key_of(part)) for each in parts.values() for part in each.values()),
            *(
                check(keys.values_page(self.account_id, subject, number), IS_NEW)
                for number in sorted(absent)
            ),
        ]

    def _page_checks(self, plan: MergePlan) -> list[Write]:
        """Build checks of the survivor's pages that only decided what is kept."""
        pages, subject = self.survivor_side.pages, _subject(self.survivor_side.contact)
        compared = {keys.page_of(each.slot) for each in self.merged_side.values}
        written = {keys.page_of(each.slot) for each in plan.taken}
        return [
            page_check(
                keys.values_page(self.account_id, subject, number),
                writes_of(pages[number]) if number in pages else None,
            )
            for number in sorted(compared - written)
        ]


def _subject(contact: Contact) -> Subject:
    return Subject.contact(contact.contact_id)


def _page_deletion(page: Item) -> Write:
    condition, values = unchanged_since(writes_of(page))
    write = delete(key_of(page), condition, values)
    write["Delete"]["ExpressionAttributeNames"] = name_placeholders([value_items.WRITES])
    return write


@contextmanager
def _too_large() -> Iterator[None]:
    try:
        yield
    except ContextTooLarge as error:
        raise TooLargeToMerge("their values are too large for one transaction") from error
