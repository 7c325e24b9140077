"""Contacts in the table: a partition each, an item for each identifier, one index to list them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.accounts import Attribution
from shared.domain.contacts import (
    Claim,
    Contact,
    ContactSummary,
    ContactWithValues,
    Conversation,
    Cooldown,
    Identifier,
    IdentifierLookup,
)
from shared.domain.errors import ContextTooLarge, Unavailable
from shared.domain.variables import Assignment, Definition, Subject
from shared.table import items, keys
from shared.table.dynamo import MAX_WRITES, Item, Table, Write, check, delete, put
from shared.table.pages import (
    EXISTS,
    ValuesWrite,
    new_pages,
    read_values,
    removals,
    write_in_parts,
    write_with_definitions,
)
from shared.table.variables import VALUES, with_slot_index

_INDEX = "contacts_by_account"
_CONTACT_ID = "contact_id"
_NEW = "attribute_not_exists(pk)"
_CLAIM_KEPT = timedelta(hours=1)
_READS = 5
"""How often a contact is read whose values change while they are read."""
_LOOKUPS = 4
"""How often contacts are looked up whose identifier changes hands while it is looked up."""


class ContactTable:
    """The adapter of the port `Contacts`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def allocate_ids(self, account_id: str, count: int = 1) -> int:
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

    def find_many(self, account_id: str, contact_ids: Sequence[int]) -> list[Contact]:
        """Those contacts that exist, without their values, in the order asked for."""
        wanted = [keys.subject(account_id, Subject.contact(each)) for each in contact_ids]
        found = [items.to_contact(item) for item in self._table.get_many(wanted)]
        place = {contact_id: place for place, contact_id in enumerate(contact_ids)}
        return sorted(found, key=lambda contact: place[contact.contact_id])

    def find_with_values(self, account_id: str, contact_id: int) -> ContactWithValues | None:
        """The contact of that id and all that is stored on it, or None."""
        subject = Subject.contact(contact_id)
        for _ in range(_READS):
            contact, rest = self._read(account_id, subject)
            if contact is None:
                return None
            try:
                values = read_values(rest)
            except items.InconsistentRead:
                continue
            indexed = with_slot_index(self._table, account_id, subject.context_type, values)
            return ContactWithValues(contact, indexed)
        raise Unavailable

    def find_by_identifier(self, account_id: str, identifier: Identifier) -> IdentifierLookup:
        """Every contact with that identifier, strongly consistent, and who is being made for it.

        A contact can lose it between the two reads, while another one gets it: then both reads
        are made again.
        """
        named = IdentifierLookup([], None)
        for _ in range(_LOOKUPS):
            entries = self._table.query(keys.identifier_partition(account_id, identifier))
            ids = {entry["sk"]["S"]: items.decode(entry[_CONTACT_ID]) for entry in entries}
            claimed_by = ids.pop(keys.claim(account_id, identifier).sk, None)
            found = self.find_many(account_id, list(ids.values()))
            named = IdentifierLookup(
                [each for each in found if identifier in each.identifiers], claimed_by
            )
            if len(named.contacts) == len(ids):
                break
        return named

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
        by: Attribution,
        assignments: Sequence[Assignment] = (),
        created: Sequence[Definition] = (),
        claims: Sequence[Claim] = (),
        cooldown: Cooldown | None = None,
    ) -> None:
        """Store a new contact with its values and identifiers, all or none, else WriteConflict.

        With a claim, of several contacts made for one identifier at once only one is stored;
        with a cooldown only if none about the same is running, and then it begins.
        """
        subject = Subject.contact(contact.contact_id)
        writes = [
            put(items.contact_item(account_id, contact, by), _NEW),
            *new_pages(account_id, subject, assignments, by),
            *(put(_identifier_item(account_id, each, contact)) for each in contact.identifiers),
            *(_claim(account_id, each, contact) for each in claims),
            *_cooldown_writes(account_id, cooldown),
        ]
        write_with_definitions(self._table, account_id, writes, created)

    def replace(
        self,
        account_id: str,
        before: Contact,
        after: Contact,
        by: Attribution,
        assignments: Sequence[Assignment] = (),
        created: Sequence[Definition] = (),
        cooldown: Cooldown | None = None,
    ) -> None:
        """Store a changed contact over exactly the version before it, else WriteConflict.

        With a cooldown only if none about the same is running, and then it begins.
        """
        ValuesWrite(
            account_id=account_id,
            subject=Subject.contact(after.contact_id),
            assignments=assignments,
            by=by,
            others=[
                put(
                    items.contact_item(account_id, after, by),
                    "version = :before",
                    {":before": items.encode(before.version)},
                ),
                *_identifier_changes(account_id, before, after),
                *_cooldown_writes(account_id, cooldown),
            ],
            created=created,
        ).apply(self._table)

    def delete(self, account_id: str, contact: Contact) -> None:
        """Remove exactly this version of a contact and all that is its own, else WriteConflict.

        Its conversations go first. It is there until the last write, which takes all that one
        transaction can hold; what a writer added meanwhile is removed after it.
        """
        for conversation in self.list_conversations(account_id, contact.contact_id):
            self.delete_conversation(account_id, conversation)
        subject = Subject.contact(contact.contact_id)
        profile = keys.subject(account_id, subject)
        values = removals(self._table.query(profile.pk, VALUES))
        core = [
            delete(profile, "version = :seen", {":seen": items.encode(contact.version)}),
            *(
                delete(keys.identifier(account_id, each, contact.contact_id))
                for each in contact.identifiers
            ),
        ]
        if not self._written_together(core, values):
            write_in_parts(self._table, values, [check(profile, EXISTS)])
            self._table.write(core)
        self._remove_values(profile.pk)

    def find_conversation(self, account_id: str, conversation_id: str) -> Conversation | None:
        """The conversation of that id, or None."""
        item = self._table.get(keys.subject(account_id, Subject.conversation(conversation_id)))
        return items.to_conversation(item) if item else None

    def list_conversations(self, account_id: str, contact_id: int) -> Sequence[Conversation]:
        """The conversations with a contact, in order of id."""
        listed = self._table.query(keys.conversations_partition(account_id, contact_id))
        return [items.to_conversation(item) for item in listed]

    def cooldown_end(self, account_id: str, about: str) -> datetime | None:
        """When the last cooldown about this ends or has ended; None when that is long ago."""
        item = self._table.get(keys.cooldown(account_id, about))
        return items.instant(items.decode(item["ends_at"])) if item else None

    def add_conversation(self, account_id: str, conversation: Conversation) -> None:
        """Store a conversation; WriteConflict if its id is in use or its contact is not there."""
        subject = Subject.conversation(conversation.conversation_id)
        listed = keys.contact_conversation(
            account_id, conversation.contact_id, conversation.conversation_id
        )
        self._table.write(
            [
                put(items.conversation_item(keys.subject(account_id, subject), conversation), _NEW),
                put(items.conversation_item(listed, conversation)),
                check(keys.subject(account_id, Subject.contact(conversation.contact_id)), EXISTS),
            ]
        )

    def delete_conversation(self, account_id: str, conversation: Conversation) -> None:
        """Remove a conversation and its values."""
        subject = Subject.conversation(conversation.conversation_id)
        profile = keys.subject(account_id, subject)
        listed = keys.contact_conversation(
            account_id, conversation.contact_id, conversation.conversation_id
        )
        self._remove_values(profile.pk)
        self._table.write([delete(profile), delete(listed)])
        # What a writer added meanwhile.
        self._remove_values(profile.pk)

    def _remove_values(self, partition: str) -> None:
        values = removals(self._table.query(partition, VALUES))
        write_in_parts(self._table, values, ())

    def _read(self, account_id: str, subject: Subject) -> tuple[Contact | None, Sequence[Item]]:
        found = list(self._table.query(keys.subject(account_id, subject).pk))
        profile = [item for item in found if item["entity"]["S"] == "contact"]
        rest = [item for item in found if item["entity"]["S"] != "contact"]
        return (items.to_contact(profile[0]) if profile else None), rest

    def _written_together(self, core: Sequence[Write], values: Sequence[Sequence[Write]]) -> bool:
        writes = [*core, *(write for change in values for write in change)]
        if len(writes) > MAX_WRITES:
            return False
        try:
            self._table.write(writes)
        except ContextTooLarge:
            return False
        return True


def _claim(account_id: str, claim: Claim, contact: Contact) -> Write:
    # Over no claim, or over the one that was seen to have led to no contact.
    item = items.claim_item(
        keys.claim(account_id, claim.identifier),
        contact.contact_id,
        contact.created_at + _CLAIM_KEPT,
    )
    return put(
        item,
        "attribute_not_exists(pk) OR contact_id = :seen OR expires_at < :now",
        {":seen": items.encode(claim.seen), ":now": items.seconds(contact.created_at)},
    )


def _identifier_changes(account_id: str, before: Contact, after: Contact) -> list[Write]:
    gone = before.identifiers - after.identifiers
    new = after.identifiers - before.identifiers
    return [
        *(delete(keys.identifier(account_id, each, before.contact_id)) for each in gone),
        *(put(_identifier_item(account_id, each, after)) for each in new),
    ]


def _cooldown_writes(account_id: str, cooldown: Cooldown | None) -> list[Write]:
    # TTL deletes late, so an item that is still there may be of one that has ended.
    if cooldown is None:
        return []
    started = {":start": items.encode(cooldown.starts_at)}
    item = items.cooldown_item(account_id, cooldown)
    return [put(item, f"{_NEW} OR ends_at <= :start", started)]


def _identifier_item(account_id: str, identifier: Identifier, contact: Contact) -> Item:
    return items.entity_item(
        keys.identifier(account_id, identifier, contact.contact_id),
        "identifier",
        {_CONTACT_ID: contact.contact_id},
    )
