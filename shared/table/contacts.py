"""Contacts in the table: a partition each, an item for each identifier, one index to list them."""

from collections.abc import Sequence

from shared.domain.model import (
    Assignment,
    Contact,
    ContactSummary,
    ContactWithValues,
    Conversation,
    Definition,
    Identifier,
    Subject,
)
from shared.table import items, keys
from shared.table.dynamo import Item, Table, Write, delete, put
from shared.table.variables import new_pages, page_updates, write_with_definitions

_INDEX = "contacts_by_account"
_CONTACT_ID = "contact_id"
_NEW = "attribute_not_exists(pk)"


class ContactTable:
    """The adapter of the port `Contacts`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def allot(self, account_id: str, count: int = 1) -> int:
        """The first of as many contact ids as asked for, never given before or again."""
        counters = keys.counters(account_id)
        last = self._table.add(counters, items.COUNTERS, {_CONTACT_ID: count})
        return last[_CONTACT_ID] - count + 1

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Give no contact id up to this one from now on."""
        self._table.raise_to(keys.counters(account_id), items.COUNTERS, _CONTACT_ID, highest_id)

    def find(self, account_id: str, contact_id: int) -> Contact | None:
        """The contact of that id without its values, or None."""
        item = self._table.get(keys.subject(account_id, Subject.contact(contact_id)))
        return items.to_contact(item) if item else None

    def find_with_values(self, account_id: str, contact_id: int) -> ContactWithValues | None:
        """The contact of that id and all that is stored on it, or None."""
        partition = keys.subject(account_id, Subject.contact(contact_id)).pk
        contact: Contact | None = None
        values = []
        for item in self._table.query(partition):
            if item["entity"]["S"] == "contact":
                contact = items.to_contact(item)
            else:
                values += items.to_values(item)
        return ContactWithValues(contact, tuple(values)) if contact else None

    def find_by_identifier(self, account_id: str, identifier: Identifier) -> list[Contact]:
        """Every contact with that identifier, strongly consistent."""
        entries = self._table.query(keys.identifier_partition(account_id, identifier))
        ids = [items.decode(entry[_CONTACT_ID]) for entry in entries]
        wanted = [keys.subject(account_id, Subject.contact(contact_id)) for contact_id in ids]
        return [items.to_contact(item) for item in self._table.get_many(wanted)]

    def list(self, account_id: str) -> list[ContactSummary]:
        """Every contact of the account in order of id."""
        partition = keys.listed_contact(account_id, 0).pk
        return [
            items.to_contact_summary(item) for item in self._table.query_index(_INDEX, partition)
        ]

    def add(
        self,
        account_id: str,
        contact: Contact,
        assignments: Sequence[Assignment] = (),
        created: Sequence[Definition] = (),
    ) -> None:
        """Store a new contact with its values and identifiers, all or none, else WriteConflict."""
        subject = Subject.contact(contact.contact_id)
        pages = new_pages(account_id, subject, assignments, contact.created_at)
        writes = [
            put(items.contact_item(account_id, contact), _NEW),
            *(put(page, _NEW) for page in pages),
            *(put(_identifier_item(account_id, each, contact)) for each in contact.identifiers),
        ]
        write_with_definitions(self._table, account_id, writes, created)

    def replace(
        self,
        account_id: str,
        before: Contact,
        after: Contact,
        assignments: Sequence[Assignment] = (),
        created: Sequence[Definition] = (),
    ) -> None:
        """Store a changed contact over exactly the version before it, else WriteConflict."""
        subject = Subject.contact(after.contact_id)
        writes = [
            put(
                items.contact_item(account_id, after),
                "version = :before",
                {":before": items.encode(before.version)},
            ),
            *_identifier_changes(account_id, before, after),
            *page_updates(account_id, subject, assignments, after.updated_at),
        ]
        write_with_definitions(self._table, account_id, writes, created)

    def add_conversation(self, account_id: str, conversation: Conversation) -> None:
        """Store a conversation; WriteConflict if there is one of that id."""
        self._table.write([put(items.conversation_item(account_id, conversation), _NEW)])


def _identifier_changes(account_id: str, before: Contact, after: Contact) -> list[Write]:
    gone = before.identifiers - after.identifiers
    new = after.identifiers - before.identifiers
    return [
        *(delete(keys.identifier(account_id, each, before.contact_id)) for each in gone),
        *(put(_identifier_item(account_id, each, after)) for each in new),
    ]


def _identifier_item(account_id: str, identifier: Identifier, contact: Contact) -> Item:
    return items.entity_item(
        keys.identifier(account_id, identifier, contact.contact_id),
        "identifier",
        {_CONTACT_ID: contact.contact_id},
    )
