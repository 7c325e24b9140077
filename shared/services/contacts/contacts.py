"""Find, list and search contacts."""

from collections.abc import Iterable, Sequence
from dataclasses import field, replace

from shared.domain.accounts import Caller
from shared.domain.contacts import (
    Claim,
    Contact,
    Contacts,
    ContactSummary,
    ContactWithValues,
    Identifier,
    IdentifierKind,
)
from shared.domain.errors import ContactNotFound, SeveralContacts
from shared.domain.records import dataclass
from shared.services.variables.visibility import visible_values
from shared.validation.contacts import is_contact_id, is_possible_identifier


@dataclass(slots=True)
class IdentifierMatch:
    """The result of looking for a contact by several identifiers.

    Attributes:
        found: The contact of the first identifier that has one which the caller sees, or None.
        claims: Claims on the identifiers before it, which prevent a concurrent creation.
        hidden: The kind of the first of these identifiers whose contacts are all hidden from the
            caller.

    """

    found: Contact | None = None
    claims: list[Claim] = field(default_factory=list)
    hidden: IdentifierKind | None = None


def list_summaries(contacts: Contacts, caller: Caller) -> list[ContactSummary]:
    """List a summary of every contact that the caller sees, in order of id."""
    return [each for each in contacts.list(caller.account_id) if caller.sees(each)]


def latest_first(found: Iterable[ContactSummary]) -> list[ContactSummary]:
    """Sort contacts, the most recently changed first."""
    return sorted(found, key=lambda each: (each.updated_at, each.contact_id), reverse=True)


def get_contacts(contacts: Contacts, caller: Caller, contact_ids: Sequence[int]) -> list[Contact]:
    """Return the visible contacts of these ids without values, in the order of the ids."""
    found = contacts.find_many(caller.account_id, contact_ids)
    return [contact for contact in found if caller.sees(contact)]


def get_contact(contacts: Contacts, caller: Caller, contact_id: int) -> ContactWithValues:
    """Return a contact with the values that the caller gets; raises ContactNotFound."""
    found = contact_with_all_values(contacts, caller, contact_id)
    return replace(found, values=visible_values(caller, found.values))


def contact_with_all_values(
    contacts: Contacts, caller: Caller, contact_id: int
) -> ContactWithValues:
    """Return a contact with all values, for use cases that apply the rule of visibility.

    Raises:
        ContactNotFound: The caller sees no such contact.

    """
    found = contacts.find_with_values(caller.account_id, contact_id)
    if found is None or not caller.sees(found.contact):
        raise ContactNotFound(str(contact_id))
    return found


def find_contact(contacts: Contacts, caller: Caller, reference: int | Identifier) -> Contact:
    """Find the visible contact of an id or an identifier.

    Raises:
        ContactNotFound: There is no such contact, or it is hidden from the caller.
        SeveralContacts: The caller sees several contacts with the identifier.

    """
    if isinstance(reference, int):
        found = contacts.find(caller.account_id, reference) if is_contact_id(reference) else None
        if found is None or not caller.sees(found):
            raise ContactNotFound(str(reference))
        return found
    if not is_possible_identifier(reference.value):
        raise ContactNotFound(reference.value)
    lookup = contacts.find_by_identifier(caller.account_id, reference)
    found = _single_visible(lookup.contacts, caller, reference)
    if found is None:
        raise ContactNotFound(reference.value)
    return found


def find_current_contact(contacts: Contacts, caller: Caller, contact_id: int) -> Contact:
    """Find the visible contact of an id, or the one that it was merged into.

    Raises:
        ContactNotFound: The caller sees no such contact.

    """
    is_possible = is_contact_id(contact_id)
    found = contacts.find_current(caller.account_id, contact_id) if is_possible else None
    if found is None or not caller.sees(found):
        raise ContactNotFound(str(contact_id))
    return found


def find_contact_by_any(
    contacts: Contacts, caller: Caller, identifiers: Sequence[Identifier]
) -> Contact:
    """Find the visible contact of the first identifier that has one.

    Raises:
        ContactNotFound: No identifier has a contact that the caller sees.
        SeveralContacts: The caller sees several contacts with an identifier.

    """
    possible = [each for each in identifiers if is_possible_identifier(each.value)]
    found = match_identifiers(contacts, caller, possible).found
    if found is None:
        raise ContactNotFound(identifiers[0].value)
    return found


def match_identifiers(
    contacts: Contacts, caller: Caller, identifiers: Sequence[Identifier]
) -> IdentifierMatch:
    """Look for a visible contact by several identifiers, in order; raises SeveralContacts."""
    match = IdentifierMatch()
    for identifier in identifiers:
        lookup = contacts.find_by_identifier(caller.account_id, identifier)
        match.found = _single_visible(lookup.contacts, caller, identifier)
        if match.found is not None:
            break
        if lookup.contacts and match.hidden is None:
            match.hidden = identifier.kind
        match.claims.append(Claim(identifier, lookup.claimed_by))
    return match


def _single_visible(
    found: Sequence[Contact], caller: Caller, identifier: Identifier
) -> Contact | None:
    visible = [contact for contact in found if caller.sees(contact)]
    if len(visible) > 1:
        raise SeveralContacts(identifier.kind)
    return visible[0] if visible else None
