"""Remove the expired values of an account, and count the subjects with a value.

Readers leave expired values out, and nothing else removes them until they are replaced. An
operator runs this; it reads the business, every contact and every conversation.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from datetime import datetime

from shared.domain.accounts import Attribution, Audience
from shared.domain.changes import SWEEP
from shared.domain.definitions import ContextType
from shared.domain.errors import WriteConflict
from shared.domain.records import dataclass
from shared.domain.sources import Source
from shared.domain.values import BUSINESS, Subject
from shared.table import codec, keys, value_items
from shared.table.contact_items import to_contact
from shared.table.contact_removal import conversations_of
from shared.table.definition_reads import read_slot_index
from shared.table.dynamo import Table
from shared.table.operations import Item
from shared.table.page_removal import clear_pages
from shared.table.transactions import write_in_several_transactions
from shared.table.value_records import Record

_INDEX = "contacts_by_account"
_ATTEMPTS = 3
"""How often a subject is tried that other requests write at the same time."""


@dataclass(slots=True)
class SubjectsRead:
    """How many subjects have been read."""

    contacts: int = 0
    conversations: int = 0
    business: int = 0

    def add(self, subject: Subject) -> None:
        """Count a subject."""
        self.contacts += subject.context_type is ContextType.CONTACT
        self.conversations += subject.context_type is ContextType.CONVERSATION
        self.business += subject.context_type is ContextType.BUSINESS


@dataclass(slots=True)
class Sweep:
    """What a sweep has done so far.

    Attributes:
        read: The subjects that were read.
        removed: The values that were removed.
        skipped: The subjects that other requests kept writing.
    """

    read: SubjectsRead
    removed: int = 0
    skipped: int = 0


@dataclass(slots=True)
class Count:
    """What has been counted so far: by context type, the subjects with a value of each slot."""

    read: SubjectsRead
    by_slot: dict[ContextType, Counter[int]]


class ExpiredValues:
    """Sweeps and counts the values of contacts, of conversations and of the business.

    Both hold one subject in memory at a time.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def sweep(self, account_id: str, now: Callable[[], datetime]) -> Iterator[Sweep]:
        """Remove expired values from every subject, and yield what was done after each.

        A value that is set at the same time stays. Reads no subject of a context type without a
        variable that expires.
        """
        expiring = {each for each in ContextType if self._expiring(account_id, each)}
        done = Sweep(SubjectsRead())
        for subject in self._subjects(account_id, expiring):
            done.read.add(subject)
            removed = self._sweep_subject(account_id, subject, now)
            done.removed += removed or 0
            done.skipped += removed is None
            yield done

    def count(
        self, account_id: str, now: datetime, counted: Container[ContextType]
    ) -> Iterator[Count]:
        """Count the subjects with a value that has not expired; yield the counts after each.

        Args:
            account_id: The account.
            now: When a value has expired or not.
            counted: The context types to count. Subjects of no others are read.
        """
        audiences = {each: self._expiring(account_id, each) for each in ContextType}
        done = Count(SubjectsRead(), {each: Counter() for each in ContextType})
        for subject in self._subjects(account_id, counted):
            done.read.add(subject)
            records = _records(self._pages(account_id, subject))
            kind = subject.context_type
            done.by_slot[kind].update(records.keys() - _expired(records, audiences[kind], now))
            yield done

    def _sweep_subject(
        self, account_id: str, subject: Subject, now: Callable[[], datetime]
    ) -> int | None:
        """Remove the expired values of a subject; return their number, None without success."""
        for _ in range(_ATTEMPTS):
            items = self._pages(account_id, subject)
            records = _records(items)
            # Read after the values, so that it has the age of each of them.
            audiences = self._expiring(account_id, subject.context_type) if records else {}
            at = now()
            expired = _expired(records, audiences, at)
            if not expired:
                return 0
            by = Attribution(at, SWEEP, value_source=Source.SYSTEM)
            evidence = {
                slot: keys.evidence(account_id, subject, slot)
                for slot in sorted(expired)
                if records[slot].has_evidence
            }
            groups = clear_pages(items, by, records.keys() - expired, evidence)
            try:
                write_in_several_transactions(self._table, groups, ())
            except WriteConflict:
                continue
            return len(expired)
        return None

    def _expiring(self, account_id: str, context_type: ContextType) -> dict[int, Audience]:
        index = read_slot_index(self._table, account_id, context_type)
        return {
            slot: audience
            for slot, audience in index.audiences.items()
            if audience.expires_after_seconds is not None
        }

    def _subjects(self, account_id: str, wanted: Container[ContextType]) -> Iterator[Subject]:
        """Yield the subjects of context types: the business, each contact, its conversations."""
        if ContextType.BUSINESS in wanted:
            yield BUSINESS
        if ContextType.CONTACT not in wanted and ContextType.CONVERSATION not in wanted:
            return
        for contact_id in self._contact_ids(account_id):
            if ContextType.CONTACT in wanted:
                yield Subject.contact(contact_id)
            if ContextType.CONVERSATION in wanted:
                yield from self._conversations(account_id, contact_id)

    def _contact_ids(self, account_id: str) -> Iterator[int]:
        listed = self._table.query_index(_INDEX, keys.listed_contact(account_id, 0).pk)
        return (int(codec.decode(item["contact_id"])) for item in listed)

    def _conversations(self, account_id: str, contact_id: int) -> Iterator[Subject]:
        """Yield the conversations of a contact and of those that were merged into it."""
        item = self._table.get(keys.subject(account_id, Subject.contact(contact_id)))
        merged = to_contact(item).merged_from if item else ()
        for each in (contact_id, *merged):
            for conversation in conversations_of(self._table, account_id, each):
                yield Subject.conversation(conversation.conversation_id)

    def _pages(self, account_id: str, subject: Subject) -> Sequence[Item]:
        return [*self._table.query(keys.subject(account_id, subject).pk, keys.VALUES)]


def _records(items: Sequence[Item]) -> dict[int, Record]:
    return {
        slot: record
        for item in items
        if item["entity"]["S"] == "values"
        for slot, record in value_items.stored_records(item).items()
    }


def _expired(records: dict[int, Record], audiences: dict[int, Audience], now: datetime) -> set[int]:
    return {
        slot
        for slot, record in records.items()
        if slot in audiences and audiences[slot].has_expired(record.updated_at, now)
    }
