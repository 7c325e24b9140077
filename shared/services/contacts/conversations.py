"""Find conversations with contacts, and set variables on them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from shared.domain.accounts import Caller
from shared.domain.contacts import Contact, Contacts, Conversation, Identifier
from shared.domain.definitions import Definitions
from shared.domain.errors import ConversationNotFound
from shared.domain.values import SentValue, SetRules, Subject, Variables, VariablesSet
from shared.services.conflicts import retry_on_conflict
from shared.services.contacts.contacts import find_contact_by_any
from shared.services.variables.assignments import lookup_names
from shared.services.variables.definitions import DefinitionAllocator
from shared.services.variables.values import assign
from shared.validation.contacts import is_possible_identifier


def find_conversation(contacts: Contacts, caller: Caller, conversation_id: str) -> Conversation:
    """Find a conversation.

    Raises:
        ConversationNotFound: There is no such conversation with a contact that the caller sees.

    """
    if not is_possible_identifier(conversation_id):
        raise ConversationNotFound(conversation_id)
    found = contacts.find_conversation(caller.account_id, conversation_id)
    if found is None:
        raise ConversationNotFound(conversation_id)
    return replace(found, contact_id=contact_of(contacts, caller, found).contact_id)


def contact_of(contacts: Contacts, caller: Caller, conversation: Conversation) -> Contact:
    """Return the contact that a conversation is with now.

    Raises:
        ConversationNotFound: The caller sees no such contact.

    """
    found = contacts.find_current(caller.account_id, conversation.contact_id)
    if found is None or not caller.sees(found):
        raise ConversationNotFound(conversation.conversation_id)
    return found


def list_conversations(
    contacts: Contacts, caller: Caller, contact: Contact
) -> Sequence[Conversation]:
    """List the conversations with a contact, in order of id.

    The caller must have been found to see the contact.
    """
    return contacts.list_conversations(caller.account_id, contact.contact_id, contact.merged_from)


def find_conversation_of(
    contacts: Contacts, caller: Caller, reference: str | tuple[Identifier, ...]
) -> Conversation:
    """Find a conversation by its id, or the last conversation of a contact by identifiers.

    Raises:
        ContactNotFound: No identifier has a contact that the caller sees.
        SeveralContacts: The caller sees several contacts with an identifier.
        ConversationNotFound: There is no such conversation.

    """
    if isinstance(reference, str):
        return find_conversation(contacts, caller, reference)
    contact = find_contact_by_any(contacts, caller, reference)
    conversations = list_conversations(contacts, caller, contact)
    if not conversations:
        raise ConversationNotFound("")
    return conversations[-1]


def set_conversation_variables(
    variables: Variables,
    definitions: Definitions,
    contacts: Contacts,
    caller: Caller,
    conversation: Conversation,
    values: Mapping[str, SentValue],
    rules: SetRules,
) -> VariablesSet:
    """Set variables of a conversation, all or none; None removes a value.

    Returns:
        The variables that have a value in the request, and what became a suggestion.

    Raises:
        ConversationNotFound: The conversation was deleted concurrently.
        UndefinedVariable: A variable has no definition, and the rules do not create it.
        InvalidValue: A value does not fit the type of its variable.
        TooManyVariables: There are too many values.

    """
    subject = Subject.conversation(conversation.conversation_id)
    attempts = count()
    allocator = DefinitionAllocator(definitions, caller.account_id)

    def attempt() -> VariablesSet:
        if next(attempts):
            find_conversation(contacts, caller, conversation.conversation_id)
        found = variables.find(caller.account_id, subject, lookup_names(values))
        known = found.definitions
        return assign(variables, allocator, caller, subject, values, known, rules)

    return retry_on_conflict(attempt)
