"""Contacts that come in from other systems, each created or changed by its identifier."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from shared.domain.accounts import Accounts, Caller
from shared.domain.contacts import Contact, ContactDraft, Contacts, Cooldown, Identifier
from shared.domain.errors import InvalidField, TooSoon
from shared.domain.upserts import IncomingContact, UpsertMode
from shared.domain.variables import (
    ContextType,
    Definition,
    Definitions,
    Extracted,
    JsonValue,
    SetRules,
)
from shared.services.contacts.contacts import ContactUpsert, upsert_contact
from shared.services.variables.field_processing import process_fields
from shared.validation.contact_fields import IDENTIFYING_FIELDS, check_fields, with_fields

REMEMBERED = timedelta(days=15)
"""How long it is known that a message was taken: longer than a queue can keep one."""

SET_RULES = {
    UpsertMode.STRICT: SetRules(),
    UpsertMode.COERCE: SetRules(),
    UpsertMode.AUTO_CREATE: SetRules(create_undefined=True),
}
"""How each mode takes what is not defined."""


def ingest(
    contacts: Contacts,
    definitions: Definitions,
    accounts: Accounts,
    caller: Caller,
    incoming: IncomingContact,
) -> bool:
    """Create or change the contact that a message is about; False if it was taken before.

    Raises InvalidField naming `account_id` for an account that is not there, and what
    `upsert_of`, `process_fields` and `upsert_contact` raise.
    """
    if accounts.find(caller.account_id) is None:
        raise InvalidField("account_id", "there is no such account")
    now = caller.requested_at
    once = Cooldown(f"intake#{incoming.message_id}", now, now + REMEMBERED)
    upsert = upsert_of(incoming.identifier, incoming.fields, once)
    values = _values(definitions, accounts, caller, incoming)
    try:
        upsert_contact(contacts, definitions, caller, upsert, values, SET_RULES[incoming.mode])
    except TooSoon:
        return False
    return True


def upsert_of(
    identifier: Identifier, fields: Mapping[str, str | None], once: Cooldown | None = None
) -> ContactUpsert:
    """How the contact of an identifier is made, or changed, by fields.

    The field that the identifier is in has it as it is spelled; a contact that is found keeps its
    own spelling. Raises InvalidField for a field that has no such form, or says another identifier.
    """
    own = IDENTIFYING_FIELDS[identifier.kind]
    given = {own: identifier.value, **fields}
    check_fields(given)
    if Identifier(identifier.kind, given[own] or "") != identifier:
        raise InvalidField(own, "it is what the contact is found by, and cannot be another")
    others = {name: text for name, text in given.items() if name != own}

    def change(contact: Contact) -> Contact:
        return with_fields(contact, others)

    return ContactUpsert(identifier, with_fields(ContactDraft(), given), change, cooldown=once)


def _values(
    definitions: Definitions, accounts: Accounts, caller: Caller, incoming: IncomingContact
) -> Mapping[str, JsonValue]:
    if incoming.mode is UpsertMode.STRICT or not incoming.variables:
        return incoming.variables
    processed = process_fields(
        definitions, accounts, _NoReader(), caller, ContextType.CONTACT, incoming.variables
    )
    return processed.values


class _NoReader:
    """The port `Extractor` where texts are no more than values: a system sends fields as such."""

    def extract(self, _: str, __: Sequence[Definition]) -> list[Extracted]:
        """Nothing."""
        return []
