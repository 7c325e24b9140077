"""Store the conversations of contacts.

A conversation has an item of its own, and one in the list of its contact.
"""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.contacts import Conversation
from shared.domain.value_changes import IdempotencyRecord
from shared.domain.values import Subject
from shared.table import contact_items, contact_removal, keys
from shared.table.dynamo import Table
from shared.table.idempotency import record_writes, refuse_second_request
from shared.table.operations import EXISTS, IS_NEW, check, put


class ConversationTable:
    """The methods of the port `Contacts` that are about conversations."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find_conversation(self, account_id: str, conversation_id: str) -> Conversation | None:
        """Return a conversation, or None if it does not exist."""
        item = self._table.get(keys.subject(account_id, Subject.conversation(conversation_id)))
        return contact_items.to_conversation(item) if item else None

    def list_conversations(
        self, account_id: str, contact_id: int, merged_from: Sequence[int] = ()
    ) -> Sequence[Conversation]:
        """Return the conversations of a contact and of those merged into it, in order of id."""
        found = [
            replace(each, contact_id=contact_id)
            for listed_under in (contact_id, *merged_from)
            for each in contact_removal.conversations_of(self._table, account_id, listed_under)
        ]
        return sorted(found, key=_conversation_order)

    def list_conversations_page(
        self,
        account_id: str,
        contact_id: int,
        after: str | None,
        limit: int,
        merged_from: Sequence[int] = (),
    ) -> tuple[Sequence[Conversation], bool]:
        """Return at most `limit` conversations after one, and whether there may be more."""
        pages = [
            self._conversations_page(account_id, each, after, limit)
            for each in (contact_id, *merged_from)
        ]
        found = [replace(each, contact_id=contact_id) for page, _ in pages for each in page]
        page = sorted(found, key=_conversation_order)[:limit]
        return page, len(found) > limit or any(has_more for _, has_more in pages)

    def add_conversation(
        self,
        account_id: str,
        conversation: Conversation,
        record: IdempotencyRecord | None = None,
    ) -> None:
        """Store a new conversation, and the idempotency record of the request."""
        profile, listed = _conversation_keys(account_id, conversation)
        writes = [
            put(contact_items.conversation_item(profile, conversation), IS_NEW),
            put(contact_items.conversation_item(listed, conversation)),
            check(keys.subject(account_id, Subject.contact(conversation.contact_id)), EXISTS),
        ]
        with refuse_second_request(record):
            self._table.write([*record_writes(account_id, record), *writes])

    def delete_conversation(self, account_id: str, conversation: Conversation) -> None:
        """Delete a conversation with its values, suggestions and evidence."""
        contact_removal.delete_conversation(self._table, account_id, conversation)

    def delete_conversation_remnants(self, account_id: str, conversation_id: str) -> None:
        """Delete what an interrupted deletion has left of a conversation that does not exist."""
        contact_removal.delete_conversation_remnants(self._table, account_id, conversation_id)

    def _conversations_page(
        self, account_id: str, contact_id: int, after: str | None, limit: int
    ) -> tuple[Sequence[Conversation], bool]:
        partition = keys.conversations_partition(account_id, contact_id)
        start = None if after is None else keys.contact_conversation(account_id, contact_id, after)
        found, has_more = self._table.query_page(partition, keys.CONVERSATIONS, start, limit)
        return [contact_items.to_conversation(item) for item in found], has_more


def _conversation_order(conversation: Conversation) -> bytes:
    """Return what DynamoDB orders conversations by."""
    sort_key = keys.contact_conversation("", 0, conversation.conversation_id).sk
    return sort_key.encode()


def _conversation_keys(account_id: str, conversation: Conversation) -> tuple[keys.Key, keys.Key]:
    profile = keys.subject(account_id, Subject.conversation(conversation.conversation_id))
    listed = keys.contact_conversation(
        account_id, conversation.contact_id, conversation.conversation_id
    )
    return profile, listed
