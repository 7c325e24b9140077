"""Store contacts, their identifiers and cooldowns.

A contact and its values share a partition. Each identifier of a contact has an item of its own.
An index lists the contacts of an account.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from shared.domain.accounts import Attribution
from shared.domain.contacts import (
    Claim,
    Contact,
    ContactSummary,
    ContactWithValues,
    Cooldown,
    Identifier,
    IdentifierLookup,
)
from shared.domain.definitions import Definition
from shared.domain.errors import ContextTooLarge, Unavailable
from shared.domain.value_changes import IdempotencyRecord, WrittenValues
from shared.domain.values import Assignment, Subject
from shared.table import codec, contact_items, contact_removal, keys
from shared.table.account_items import COUNTERS
from shared.table.contact_allocation import CONTACT_ID, MAX_CONTACTS, allocate_contact_ids
from shared.table.contact_writes import claim_write, cooldown_writes, identifier_changes
from shared.table.conversations import ConversationTable
from shared.table.definition_memory import DefinitionMemory
from shared.table.definition_reads import DefinitionReads
from shared.table.dynamo import Table
from shared.table.idempotency import record_write, record_writes, refuse_second_request
from shared.table.merged_contacts import survivor_of
from shared.table.operations import IS_NEW, MAX_WRITES, Item, put
from shared.table.page_writes import ValuesWrite, new_pages
from shared.table.pages import read_values
from shared.table.part_references import InconsistentRead
from shared.table.transactions import write_with_definitions
from shared.table.variables import SUGGESTIONS_KEPT

_INDEX = "contacts_by_account"
_MAX_READS = 5
"""How often to read a contact whose values are changed during the read."""
_MAX_LOOKUPS = 4
"""How often to look up an identifier that moves between contacts during the lookup."""


class ContactTable(ConversationTable):
    """The adapter of the port `Contacts`."""

    def __init__(
        self,
        table: Table,
        memory: DefinitionMemory | None = None,
        suggestions_kept_for: timedelta = SUGGESTIONS_KEPT,
        limit: int = MAX_CONTACTS,
    ) -> None:
        super().__init__(table)
        self._reads = DefinitionReads(table, memory)
        self._suggestions_kept_for = suggestions_kept_for
        self._limit = limit

    def allocate_ids(self, account_id: str, count: int = 1) -> int:
        """Allocate consecutive contact ids that were never allocated before; return the first.

        Raises:
            TooManyContacts: The account could have more contacts than its limit.
        """
        return allocate_contact_ids(self._table, account_id, count, self._limit)

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Exclude all ids up to this one from allocation."""
        self._table.raise_to(keys.counters(account_id), COUNTERS, CONTACT_ID, highest_id)

    def find(self, account_id: str, contact_id: int) -> Contact | None:
        """Return a contact without its values, or None if it does not exist."""
        item = self._table.get(keys.subject(account_id, Subject.contact(contact_id)))
        return contact_items.to_contact(item) if item else None

    def find_current(self, account_id: str, contact_id: int) -> Contact | None:
        """Return a contact, or the one that it was merged into, or None."""
        found = self.find(account_id, contact_id)
        if found is not None:
            return found
        survivor = survivor_of(self._table, account_id, contact_id)
        return None if survivor is None else self.find(account_id, survivor)

    def find_many(self, account_id: str, contact_ids: Sequence[int]) -> list[Contact]:
        """Return the contacts that exist, without their values, in the order of the ids."""
        wanted = [keys.subject(account_id, Subject.contact(each)) for each in contact_ids]
        found = [contact_items.to_contact(item) for item in self._table.get_many(wanted)]
        positions = {contact_id: position for position, contact_id in enumerate(contact_ids)}
        return sorted(found, key=lambda contact: positions[contact.contact_id])

    def find_with_values(self, account_id: str, contact_id: int) -> ContactWithValues | None:
        """Return a contact and its values, or None if it does not exist.

        Raises:
            Unavailable: Large values were changed during each of several reads.
        """
        subject = Subject.contact(contact_id)
        for _ in range(_MAX_READS):
            contact, value_items = self._read_partition(account_id, subject)
            if contact is None:
                return None
            try:
                values = read_values(self._table, value_items)
            except InconsistentRead:
                continue
            indexed = self._reads.index_values(account_id, subject.context_type, values)
            return ContactWithValues(contact, indexed)
        raise Unavailable

    def find_by_identifier(self, account_id: str, identifier: Identifier) -> IdentifierLookup:
        """Find the contacts with an identifier, and the contact that has claimed it.

        Strongly consistent. Reads the identifier's items and then the contacts. If a contact lost
        the identifier between the two reads, another may have received it, so both are repeated.
        """
        lookup = IdentifierLookup([], None)
        for _ in range(_MAX_LOOKUPS):
            entries = self._table.query(keys.identifier_partition(account_id, identifier))
            ids = {entry["sk"]["S"]: codec.decode(entry[CONTACT_ID]) for entry in entries}
            claimed_by = ids.pop(keys.claim(account_id, identifier).sk, None)
            found = self.find_many(account_id, list(ids.values()))
            lookup = IdentifierLookup(
                [each for each in found if identifier in each.identifiers], claimed_by
            )
            if len(lookup.contacts) == len(ids):
                break
        return lookup

    def list(self, account_id: str) -> list[ContactSummary]:
        """Return all contacts of an account in order of id. The read is eventually consistent."""
        partition = keys.listed_contact(account_id, 0).pk
        found = self._table.query_index(_INDEX, partition)
        return [contact_items.to_contact_summary(item) for item in found]

    def list_page(
        self, account_id: str, before: int | None, limit: int
    ) -> tuple[Sequence[ContactSummary], bool]:
        """Return summaries of the contacts with the highest ids below one, the highest first.

        The read is eventually consistent, and reads no more than the page.

        Args:
            account_id: The account.
            before: The id below which the page starts. None for the first page.
            limit: The maximum number of summaries.

        Returns:
            The summaries, and whether there may be more.
        """
        start = None if before is None else keys.listed_contact(account_id, before).sk
        partition = keys.listed_contact(account_id, 0).pk
        found, has_more = self._table.query_index_page(_INDEX, partition, start, limit)
        return [contact_items.to_contact_summary(item) for item in found], has_more

    def add(
        self,
        account_id: str,
        contact: Contact,
        by: Attribution,
        assignments: Sequence[Assignment] = (),
        created: Sequence[Definition] = (),
        claims: Sequence[Claim] = (),
        once: Cooldown | IdempotencyRecord | None = None,
    ) -> None:
        """Store a new contact with its values and identifiers in one transaction.

        Args:
            account_id: The account.
            contact: The contact.
            by: Who creates it.
            assignments: The values of its variables.
            created: New definitions.
            claims: Claims on identifiers. Of several requests that create a contact for the same
                identifier, only one succeeds.
            once: A cooldown to start, or the idempotency record of the request.

        Raises:
            WriteConflict: The contact or the record exists, a definition or a claim was created by
                another request, or a cooldown about the same is running.
            RequestInProgress: Another request is writing the record.
            ContextTooLarge: The writes do not fit into a transaction.
        """
        subject = Subject.contact(contact.contact_id)
        cooldown, record = _separate(once)
        pages = new_pages(account_id, subject, assignments)
        writes = [
            *record_writes(account_id, record),
            put(contact_items.contact_item(account_id, contact, by), IS_NEW),
            *(write for page in pages for write in page.writes(by)),
            *(
                put(contact_items.identifier_item(account_id, each, contact.contact_id))
                for each in contact.identifiers
            ),
            *(claim_write(account_id, each, contact) for each in claims),
            *cooldown_writes(account_id, cooldown),
        ]
        if len(writes) > MAX_WRITES:
            raise ContextTooLarge
        for page in pages:
            page.parts.store(self._table)
        with refuse_second_request(record):
            write_with_definitions(self._table, account_id, writes, created)

    def replace(
        self,
        account_id: str,
        before: Contact,
        after: Contact,
        by: Attribution,
        assignments: Sequence[Assignment] = (),
        created: Sequence[Definition] = (),
        once: Cooldown | IdempotencyRecord | None = None,
    ) -> WrittenValues:
        """Store a changed contact and set values on it in one transaction.

        Values that may not replace what is stored become suggestions.

        Args:
            account_id: The account.
            before: The stored contact.
            after: The changed contact.
            by: Who changes it.
            assignments: The values to set.
            created: New definitions.
            once: A cooldown to start, or the idempotency record of the request.

        Returns:
            What could not be set.

        Raises:
            WriteConflict: The stored contact is not `before`, another request wrote a page or
                created a definition, the record exists, or a cooldown about the same is running.
            RequestInProgress: Another request is writing the record.
            ContextTooLarge: The writes do not fit into a transaction.
        """
        cooldown, record = _separate(once)
        write = ValuesWrite(
            account_id=account_id,
            subject=Subject.contact(after.contact_id),
            assignments=assignments,
            by=by,
            others=[
                put(
                    contact_items.contact_item(account_id, after, by),
                    "version = :before",
                    {":before": codec.encode(before.version)},
                ),
                *identifier_changes(account_id, before, after),
                *cooldown_writes(account_id, cooldown),
            ],
            created=created,
            suggestions_kept_for=self._suggestions_kept_for,
            record=None
            if record is None
            else partial(record_write, account_id, record, assignments),
        )
        with refuse_second_request(record):
            return write.write(self._table)

    def delete(self, account_id: str, contact: Contact) -> None:
        """Delete a contact, its conversations, values and identifiers.

        Raises:
            WriteConflict: The stored contact is not this version, or its values were changed.
        """
        contact_removal.delete_contact(self._table, account_id, contact)

    def delete_remnants(self, account_id: str, contact_id: int) -> None:
        """Delete what an interrupted deletion has left of a contact that does not exist.

        Raises:
            WriteConflict: A contact with this id has been created.
        """
        # What is left of a merged contact belongs to its survivor.
        if survivor_of(self._table, account_id, contact_id) is None:
            contact_removal.delete_remnants(self._table, account_id, contact_id)

    def cooldown_end(self, account_id: str, about: str) -> datetime | None:
        """Return when the latest cooldown ends or has ended. None if its record has expired."""
        item = self._table.get(keys.cooldown(account_id, about))
        return codec.to_datetime(codec.decode(item["ends_at"])) if item else None

    def _read_partition(
        self, account_id: str, subject: Subject
    ) -> tuple[Contact | None, Sequence[Item]]:
        found = list(self._table.query(keys.subject(account_id, subject).pk))
        profile = [item for item in found if item["entity"]["S"] == "contact"]
        value_items = [item for item in found if item["entity"]["S"] != "contact"]
        return (contact_items.to_contact(profile[0]) if profile else None), value_items


def _separate(
    once: Cooldown | IdempotencyRecord | None,
) -> tuple[Cooldown | None, IdempotencyRecord | None]:
    if isinstance(once, IdempotencyRecord):
        return None, once
    return once, None
