"""Manage conversations as an operator."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.accounts import Accounts
from shared.domain.contacts import Contact, Contacts, Conversation
from shared.domain.errors import InvalidField, WriteConflict
from shared.services.accounts.administration import (
    ContactNotInAccount,
    ConversationExists,
    ConversationNotInAccount,
    get_account,
)
from shared.services.contacts.conversation_changes import new_conversation_id
from shared.validation.contacts import (
    MAX_IDENTIFIER_BYTES,
    is_contact_id,
    is_possible_identifier,
)


def create_conversation(
    accounts: Accounts,
    contacts: Contacts,
    account_id: str,
    contact_id: int,
    now: datetime,
    conversation_id: str | None = None,
) -> Conversation:
    """Create a conversation with a contact.

    A generated id sorts after earlier ones, because the last conversation of a contact in order of
    id is its current one.

    Raises:
        AccountNotFound: There is no such account.
        ContactNotInAccount: The account has no such contact.
        ConversationExists: The id is already in use.
        InvalidField: The id is not valid.

    """
    if conversation_id is None:
        conversation_id = new_conversation_id(now)
    if not conversation_id or not is_possible_identifier(conversation_id):
        raise InvalidField("id", f"an id has 1 to {MAX_IDENTIFIER_BYTES} bytes of UTF-8")
    _find_contact(accounts, contacts, account_id, contact_id)
    conversation = Conversation(conversation_id, contact_id)
    try:
        contacts.add_conversation(account_id, conversation)
    except WriteConflict:
        # The write also fails if the contact was deleted after the first check.
        _find_contact(accounts, contacts, account_id, contact_id)
        raise ConversationExists(account_id, conversation_id) from None
    return conversation


def list_conversations(
    accounts: Accounts, contacts: Contacts, account_id: str, contact_id: int
) -> Sequence[Conversation]:
    """List the conversations with a contact, in order of id.

    Raises:
        AccountNotFound: There is no such account.
        ContactNotInAccount: The account has no such contact.

    """
    contact = _find_contact(accounts, contacts, account_id, contact_id)
    return contacts.list_conversations(account_id, contact_id, contact.merged_from)


def delete_conversation(
    accounts: Accounts, contacts: Contacts, account_id: str, conversation_id: str
) -> Conversation:
    """Delete a conversation with its variables, and return it.

    Raises:
        AccountNotFound: There is no such account.
        ConversationNotInAccount: The account has no such conversation.

    """
    get_account(accounts, account_id)
    is_possible = is_possible_identifier(conversation_id)
    found = contacts.find_conversation(account_id, conversation_id) if is_possible else None
    if found is None:
        raise ConversationNotInAccount(account_id, conversation_id)
    contacts.delete_conversation(account_id, found)
    return found


def _find_contact(
    accounts: Accounts, contacts: Contacts, account_id: str, contact_id: int
) -> Contact:
    get_account(accounts, account_id)
    found = contacts.find(account_id, contact_id) if is_contact_id(contact_id) else None
    if found is None:
        raise ContactNotInAccount(account_id, contact_id)
    return found
