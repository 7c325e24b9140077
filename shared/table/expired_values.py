"""Remove the expired values of an account's contacts, and count the contacts with a value.

Readers leave expired values out, and nothing else removes them until they are replaced. An
operator runs this; it reads every contact.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from shared.domain.accounts import Attribution, Audience
from shared.domain.changes import SWEEP
from shared.domain.definitions import ContextType
from shared.domain.errors import WriteConflict
from shared.domain.records import dataclass
from shared.domain.sources import Source
from shared.domain.values import Subject
from shared.table import codec, keys, value_items
from shared.table.definition_reads import read_slot_index
from shared.table.dynamo import Table
from shared.table.operations import Item, Write, delete
from shared.table.page_removal import clear_pages
from shared.table.transactions import write_in_several_transactions
from shared.table.value_records import Record

_INDEX = "contacts_by_account"
_ATTEMPTS = 3
"""How often a contact is tried that other requests write at the same time."""


@dataclass(slots=True)
class Sweep:
    """What a sweep has done so far.

    Attributes:
        contacts: The contacts that were read.
        removed: The values that were removed.
        skipped: The contacts that other requests kept writing.
    """

    contacts: int = 0
    removed: int = 0
    skipped: int = 0


class ExpiredValues:
    """Sweeps and counts the values of contacts."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def sweep(self, account_id: str, now: Callable[[], datetime]) -> Iterator[Sweep]:
        """Remove expired values from every contact, and yield what was done after each.

        A value that is set at the same time stays. Reads no contact if no variable expires.
        """
        if not self._expiring(account_id):
            return
        done = Sweep()
        for contact_id in self._contact_ids(account_id):
            done.contacts += 1
            removed = self._sweep_contact(account_id, Subject.contact(contact_id), now)
            done.removed += removed or 0
            done.skipped += removed is None
            yield done

    def count(self, account_id: str, now: datetime) -> tuple[Counter[int], int]:
        """Count the contacts with a value that has not expired, by slot.

        Returns:
            The number by slot, and the number of contacts.
        """
        audiences = self._expiring(account_id)
        found, contacts = Counter[int](), 0
        for contact_id in self._contact_ids(account_id):
            contacts += 1
            records = _records(self._pages(account_id, Subject.contact(contact_id)))
            found.update(records.keys() - _expired(records, audiences, now))
        return found, contacts

    def _sweep_contact(
        self, account_id: str, subject: Subject, now: Callable[[], datetime]
    ) -> int | None:
        """Remove the expired values of a contact; return their number, None without success."""
        for _ in range(_ATTEMPTS):
            items = self._pages(account_id, subject)
            records = _records(items)
            # Read after the values, so that it has the age of each of them.
            audiences = self._expiring(account_id) if records else {}
            at = now()
            expired = _expired(records, audiences, at)
            if not expired:
                return 0
            by = Attribution(at, SWEEP, value_source=Source.SYSTEM)
            # Evidence first: without its value, nothing would find it again.
            groups = [
                [_delete_evidence(keys.evidence(account_id, subject, slot), records[slot])]
                for slot in sorted(expired)
                if records[slot].has_evidence
            ]
            groups += clear_pages(items, by, records.keys() - expired)
            try:
                write_in_several_transactions(self._table, groups, ())
            except WriteConflict:
                continue
            return len(expired)
        return None

    def _expiring(self, account_id: str) -> dict[int, Audience]:
        index = read_slot_index(self._table, account_id, ContextType.CONTACT)
        return {
            slot: audience
            for slot, audience in index.audiences.items()
            if audience.expires_after_seconds is not None
        }

    def _contact_ids(self, account_id: str) -> Iterator[int]:
        listed = self._table.query_index(_INDEX, keys.listed_contact(account_id, 0).pk)
        return (int(codec.decode(item["contact_id"])) for item in listed)

    def _pages(self, account_id: str, subject: Subject) -> Sequence[Item]:
        return [*self._table.query(keys.subject(account_id, subject).pk, keys.VALUES)]


def _records(items: Sequence[Item]) -> dict[int, Record]:
    return {
        slot: record
        for item in items
        if item["entity"]["S"] == "values"
        for slot, record in value_items.stored_records(item).items()
    }


def _delete_evidence(key: keys.Key, record: Record) -> Write:
    """Build the write that deletes the evidence of a value, unless it is of a newer one."""
    condition = "attribute_not_exists(pk) OR version = :version"
    return delete(key, condition, {":version": codec.encode(record.version)})


def _expired(records: dict[int, Record], audiences: dict[int, Audience], now: datetime) -> set[int]:
    return {
        slot
        for slot, record in records.items()
        if slot in audiences and audiences[slot].has_expired(record.updated_at, now)
    }
