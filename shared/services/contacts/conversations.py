"""Conversations with contacts, and the variables kept on them."""

from collections.abc import Sequence
from itertools import count

from shared.domain.accounts import Caller
from shared.domain.contacts import Contacts, Conversation, Identifier
from shared.domain.errors import ContactNotFound, ConversationNotFound
from shared.domain.variables import Definitions, JsonObject, SetRules, Subject, Variables
from shared.services.conflicts import retry_on_conflict
from shared.services.contacts.contacts import find_contact, find_contact_by_any
from shared.services.variables.values import assign, lookup_names
from shared.validation.contacts import is_possible_identifier


def find_conversation(contacts: Contacts, caller: Caller, conversation_id: str) -> Conversation:
    """The conversation of that id.

    Raises ConversationNotFound when there is none with a contact that the caller sees.
    """
    if not is_possible_identifier(conversation_id):
        raise ConversationNotFound(conversation_id)
    found = contacts.find_conversation(caller.account_id, conversation_id)
    if found is None:
        raise ConversationNotFound(conversation_id)
    try:
        find_contact(contacts, caller, found.contact_id)
    except ContactNotFound:
        raise ConversationNotFound(conversation_id) from None
    return found


def list_conversations(
    contacts: Contacts, caller: Caller, contact_id: int
) -> Sequence[Conversation]:
    """The conversations with a contact that the caller was found to see, in order of id."""
    return contacts.list_conversations(caller.account_id, contact_id)


def find_conversation_of(
    contacts: Contacts, caller: Caller, reference: str | tuple[Identifier, ...]
) -> Conversation:
    """The conversation of an id, or the last one with the contact of the first identifier found.

    Raises ContactNotFound, SeveralContacts, or ConversationNotFound.
    """
    if isinstance(reference, str):
        return find_conversation(contacts, caller, reference)
    contact = find_contact_by_any(contacts, caller, reference)
    processed = list_conversations(contacts, caller, contact.contact_id)
    if not processed:
        raise ConversationNotFound("")
    return processed[-1]


def set_conversation_variables(
    variables: Variables,
    definitions: Definitions,
    contacts: Contacts,
    caller: Caller,
    conversation: Conversation,
    values: JsonObject,
    rules: SetRules,
) -> None:
    """Set variables of a conversation that was found, all or none; None removes a variable.

    Raises ConversationNotFound when it is gone meanwhile, UndefinedVariable, InvalidValue,
    TooManyVariables.
    """
    subject = Subject.conversation(conversation.conversation_id)
    tries = count()

    def attempt() -> None:
        if next(tries):
            find_conversation(contacts, caller, conversation.conversation_id)
        found = variables.find(caller.account_id, subject, lookup_names(values))
        assign(variables, definitions, caller, subject, values, found.definitions, rules)

    retry_on_conflict(attempt)
