"""Create or update contacts that other systems send, by their identifiers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from shared.domain.accounts import Accounts, Caller
from shared.domain.contacts import Contact, ContactDraft, Contacts, Cooldown, Identifier
from shared.domain.definitions import ContextType, Definition, Definitions
from shared.domain.errors import InvalidField, TooSoon
from shared.domain.json_values import JsonValue
from shared.domain.upserts import IncomingContact, UpsertMode
from shared.domain.values import AUTO_CREATE, STRICT, Extracted
from shared.services.contacts.writes import ContactUpsert, upsert_contact
from shared.services.variables.field_processing import process_fields
from shared.validation.contact_fields import IDENTIFYING_FIELDS, check_fields, with_fields

IDEMPOTENCY_PERIOD = timedelta(days=15)
"""How long a message is known as processed: longer than a queue can keep it."""

SET_RULES = {
    UpsertMode.STRICT: STRICT,
    UpsertMode.COERCE: STRICT,
    UpsertMode.AUTO_CREATE: AUTO_CREATE,
}
"""The rules of each mode for variables without a definition."""


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
        ContextError: Any error of `process_fields` or `upsert_contact`.

    """
    if accounts.find(caller.account_id) is None:
        raise InvalidField("account_id", "there is no such account")
    now = caller.requested_at
    key = f"intake#{incoming.message_id}"
    idempotency_record = Cooldown(key, now, now + IDEMPOTENCY_PERIOD)
    upsert = upsert_of(incoming.identifier, incoming.fields, idempotency_record)
    values = _values(definitions, accounts, caller, incoming)
    try:
        upsert_contact(contacts, definitions, caller, upsert, values, SET_RULES[incoming.mode])
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


def _values(
    definitions: Definitions, accounts: Accounts, caller: Caller, incoming: IncomingContact
) -> Mapping[str, JsonValue]:
    if incoming.mode is UpsertMode.STRICT or not incoming.variables:
        return incoming.variables
    processed = process_fields(
        definitions, accounts, _NoExtractor(), caller, ContextType.CONTACT, incoming.variables
    )
    return processed.values


class _NoExtractor:
    """Implements the port `Extractor` without extraction: systems send each field as a field."""

    def extract(self, _: str, __: Sequence[Definition]) -> list[Extracted]:
        """Return no fields."""
        return []
