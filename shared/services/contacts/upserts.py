"""Create or update contacts that other systems send, by their identifiers."""

from collections.abc import Mapping
from datetime import timedelta

from shared.domain.accounts import Accounts, Caller
from shared.domain.contacts import Contact, ContactDraft, Contacts, Cooldown, Identifier
from shared.domain.definitions import ContextType, Definitions
from shared.domain.errors import InvalidField, TooSoon
from shared.domain.upserts import IncomingContact
from shared.services.contacts.writes import ContactUpsert, upsert_contact
from shared.services.variables.matched_values import SET_RULES, match_values
from shared.validation.contact_fields import IDENTIFYING_FIELDS, check_fields, with_fields

IDEMPOTENCY_PERIOD = timedelta(days=15)
"""How long a message is known as processed: longer than a queue can keep it."""


def ingest(
    contacts: Contacts,
    definitions: Definitions,
    accounts: Accounts,
    caller: Caller,
    incoming: IncomingContact,
) -> bool:
    """Create or update the contact of a message, once per message id.

    Returns:
        False if the message was processed before.

    Raises:
        InvalidField: The account does not exist (`account_id`), or a field is not valid.
        ContextError: Any error of `match_values` or `upsert_contact`.

    """
    if accounts.find(caller.account_id) is None:
        raise InvalidField("account_id", "there is no such account")
    now = caller.requested_at
    key = f"intake#{incoming.message_id}"
    idempotency_record = Cooldown(key, now, now + IDEMPOTENCY_PERIOD)
    upsert = upsert_of(incoming.identifier, incoming.fields, idempotency_record)
    mode = incoming.mode
    matched = match_values(
        definitions, accounts, caller, ContextType.CONTACT, incoming.variables, mode
    )
    try:
        upsert_contact(contacts, definitions, caller, upsert, matched.values, SET_RULES[mode])
    except TooSoon:
        return False
    return True


def upsert_of(
    identifier: Identifier,
    fields: Mapping[str, str | None],
    idempotency_record: Cooldown | None = None,
) -> ContactUpsert:
    """Build the upsert of a contact from fields.

    A new contact gets the identifier as the fields spell it; an existing contact keeps its own
    spelling.

    Raises:
        InvalidField: A field is not valid, or contradicts the identifier.

    """
    own = IDENTIFYING_FIELDS[identifier.kind]
    given = {own: identifier.value, **fields}
    check_fields(given)
    if Identifier(identifier.kind, given[own] or "") != identifier:
        raise InvalidField(own, "it is what the contact is found by, and cannot be another")
    others = {name: text for name, text in given.items() if name != own}

    def change(contact: Contact) -> Contact:
        return with_fields(contact, others)

    draft = with_fields(ContactDraft(), given)
    return ContactUpsert(identifier, draft, change, cooldown=idempotency_record)
