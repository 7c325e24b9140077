"""Create, list and delete conversations as a caller of an API."""

from collections.abc import Sequence
from datetime import datetime
from os import urandom

from shared.domain.accounts import Caller
from shared.domain.contacts import Contacts, Conversation
from shared.domain.errors import (
    ConversationNotFound,
    Fault,
    InvalidRequest,
    WriteConflict,
)
from shared.domain.value_changes import IdempotencyKey, IdempotencyRecords
from shared.services.conflicts import retry_on_conflict
from shared.services.contacts.contacts import find_contact, find_current_contact
from shared.services.contacts.conversations import contact_of, find_conversation
from shared.services.variables.value_changes import find_record, new_record
from shared.validation.contacts import is_possible_identifier


def new_conversation_id(now: datetime) -> str:
    """Return a new id, which sorts after earlier ones.

    The last conversation of a contact in order of id is its current one.
    """
    return f"conv_{int(now.timestamp() * 1000):012x}{urandom(6).hex()}"


def create_conversation(
    contacts: Contacts,
    records: IdempotencyRecords,
    caller: Caller,
    contact_id: int,
    conversation_id: str | None,
    key: IdempotencyKey | None,
) -> tuple[Conversation, bool]:
    """Create a conversation with a contact, once for an idempotency key.

    Returns:
        The conversation, and whether an earlier request has created it.

    Raises:
        ContactNotFound: The caller sees no such contact.
        ConversationNotFound: The conversation of the earlier request has been deleted.
        InvalidRequest: Another conversation has the id.
        IdempotencyKeyReused, RequestInProgress: As the errors say.

    """

    def attempt() -> tuple[Conversation, bool]:
        record = find_record(records, caller, key)
        if record is not None:
            return find_conversation(contacts, caller, record.resource), True
        contact = find_current_contact(contacts, caller, contact_id)
        created = conversation_id or new_conversation_id(caller.requested_at)
        conversation = Conversation(created, contact.contact_id)
        once = None if key is None else new_record(caller, key, {}, created, is_new=True)
        try:
            contacts.add_conversation(caller.account_id, conversation, once)
        except WriteConflict:
            # The record or the conversation exists, or the contact has just been deleted.
            exists = contacts.find_conversation(caller.account_id, created) is not None
            if exists and find_record(records, caller, key) is None:
                fault = Fault("invalid_value", "another conversation has this id", ("id",))
                raise InvalidRequest.from_faults([fault]) from None
            raise
        return conversation, False

    return retry_on_conflict(attempt)


def list_page_of_conversations(
    contacts: Contacts, caller: Caller, contact_id: int, after: str | None, limit: int
) -> tuple[Sequence[Conversation], str | None]:
    """List conversations with a contact in order of id, from a position on.

    Returns:
        The conversations, and the position of the next page, if any.

    Raises:
        ContactNotFound: The caller sees no such contact.

    """
    contact = find_contact(contacts, caller, contact_id)
    found, has_more = contacts.list_conversations_page(
        caller.account_id, contact_id, after, limit, contact.merged_from
    )
    return found, found[-1].conversation_id if has_more else None


def delete_conversation(contacts: Contacts, caller: Caller, conversation_id: str) -> None:
    """Delete a conversation with its values and suggestions.

    A deletion that was interrupted is completed when it is repeated.

    Raises:
        ConversationNotFound: There is no such conversation with a contact that the caller sees.

    """
    if not is_possible_identifier(conversation_id):
        raise ConversationNotFound(conversation_id)

    def attempt() -> None:
        found = contacts.find_conversation(caller.account_id, conversation_id)
        if found is None:
            contacts.delete_conversation_remnants(caller.account_id, conversation_id)
            raise ConversationNotFound(conversation_id)
        contact_of(contacts, caller, found)
        contacts.delete_conversation(caller.account_id, found)

    retry_on_conflict(attempt)
