"""Delete contacts and conversations with everything that is stored under them.

A deletion takes several writes. Whatever it was interrupted after, the same deletion goes on: as
long as the contact exists, all of it is repeated; afterwards only remnants are left, which
`delete_remnants` finds by the id alone.
"""

from collections.abc import Iterator, Sequence

from shared.domain.contacts import Contact, Conversation
from shared.domain.errors import ContextTooLarge
from shared.domain.values import Subject
from shared.table import codec, contact_items, keys
from shared.table.dynamo import Table
from shared.table.merged_contacts import redirection_deletions
from shared.table.operations import EXISTS, IS_NEW, MAX_WRITES, Write, check, delete, key_of
from shared.table.page_removal import clear_pages
from shared.table.transactions import write_in_several_transactions


def delete_contact(table: Table, account_id: str, contact: Contact) -> None:
    """Delete a contact, its conversations, values, identifiers, suggestions and evidence.

    Conversations, suggestions and evidence are deleted first. If the rest does not fit into one
    transaction, the values are deleted before the contact. What other requests added meanwhile is
    deleted last. Nothing can be added to the contacts that were merged into it.

    Raises:
        WriteConflict: The stored contact is not this version, or its values were changed.
    """
    for contact_id in (contact.contact_id, *contact.merged_from):
        for conversation in conversations_of(table, account_id, contact_id):
            delete_conversation(table, account_id, conversation)
        _delete_reviews(table, account_id, Subject.contact(contact_id))
    profile = keys.subject(account_id, Subject.contact(contact.contact_id))
    page_deletions = clear_pages(table.query(profile.pk, keys.VALUES))
    contact_deletions = [
        delete(profile, "version = :seen", {":seen": codec.encode(contact.version)}),
        *(
            delete(keys.identifier(account_id, each, contact.contact_id))
            for each in contact.identifiers
        ),
        *redirection_deletions(account_id, contact),
    ]
    if not _try_together(table, contact_deletions, page_deletions):
        write_in_several_transactions(table, page_deletions, [check(profile, EXISTS)])
        table.write(contact_deletions)
    delete_remnants(table, account_id, contact.contact_id)


def delete_remnants(table: Table, account_id: str, contact_id: int) -> None:
    """Delete what is stored under a contact that does not exist.

    Each write is conditional on that: an id may just have been given to a new contact.

    Raises:
        WriteConflict: A contact with this id has been created.
    """
    subject = Subject.contact(contact_id)
    is_gone = [check(keys.subject(account_id, subject), IS_NEW)]
    _delete_values(table, account_id, subject, is_gone)
    _delete_reviews(table, account_id, subject, is_gone)
    for conversation in conversations_of(table, account_id, contact_id):
        delete_conversation(table, account_id, conversation)


def delete_conversation(table: Table, account_id: str, conversation: Conversation) -> None:
    """Delete a conversation with its values, suggestions and evidence.

    Raises:
        WriteConflict: Another request has deleted it, or created it again.
    """
    subject = Subject.conversation(conversation.conversation_id)
    _delete_values(table, account_id, subject)
    # A conversation that is deleted and created again meanwhile keeps its own.
    exists = check(keys.subject(account_id, subject), EXISTS)
    _delete_reviews(table, account_id, subject, [exists])
    listed = keys.contact_conversation(
        account_id, conversation.contact_id, conversation.conversation_id
    )
    table.write([delete(keys.subject(account_id, subject)), delete(listed)])
    delete_conversation_remnants(table, account_id, conversation.conversation_id)


def delete_conversation_remnants(table: Table, account_id: str, conversation_id: str) -> None:
    """Delete what is stored under a conversation that does not exist.

    Raises:
        WriteConflict: A conversation with this id has been created.
    """
    subject = Subject.conversation(conversation_id)
    is_gone = [check(keys.subject(account_id, subject), IS_NEW)]
    _delete_values(table, account_id, subject, is_gone)
    _delete_reviews(table, account_id, subject, is_gone)


def conversations_of(table: Table, account_id: str, contact_id: int) -> Iterator[Conversation]:
    """Yield the conversations of a contact in order of id."""
    listed = table.query(keys.conversations_partition(account_id, contact_id))
    return (contact_items.to_conversation(item) for item in listed)


def _delete_values(
    table: Table, account_id: str, subject: Subject, checks: Sequence[Write] = ()
) -> None:
    partition = keys.subject(account_id, subject).pk
    write_in_several_transactions(table, clear_pages(table.query(partition, keys.VALUES)), checks)


def _delete_reviews(
    table: Table, account_id: str, subject: Subject, checks: Sequence[Write] = ()
) -> None:
    """Delete the suggestions for a subject, and the evidence of its values."""
    found = table.query(keys.review_partition(account_id, subject))
    write_in_several_transactions(table, [[delete(key_of(item))] for item in found], checks)


def _try_together(table: Table, writes: Sequence[Write], groups: Sequence[Sequence[Write]]) -> bool:
    """Apply all writes in one transaction; return whether they fit."""
    transaction = [*writes, *(write for group in groups for write in group)]
    if len(transaction) > MAX_WRITES:
        return False
    try:
        table.write(transaction)
    except ContextTooLarge:
        return False
    return True
