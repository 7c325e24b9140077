"""Find the contact of a caller, or create it."""

from shared.domain.accounts import Caller
from shared.domain.contacts import ContactDraft, Contacts, Identifier, IdentifierKind, PhoneNumber
from shared.domain.definitions import Definitions
from shared.domain.resolutions import (
    CallerMatch,
    CallerReads,
    CallerRecord,
    UnknownReason,
    WantedCall,
)
from shared.domain.values import STRICT
from shared.services.contacts.contacts import get_contacts
from shared.services.contacts.writes import ContactUpsert, upsert_contact
from shared.validation.contacts import is_contact_id, is_possible_identifier


def candidate_of(
    callers: CallerReads, contacts: Contacts, caller: Caller, wanted: WantedCall
) -> int | UnknownReason:
    """Return the id of the contact that a caller may be, or why there is none."""
    if wanted.contact_id is not None:
        return wanted.contact_id if is_contact_id(wanted.contact_id) else UnknownReason.NO_MATCH
    identifier = wanted.identifier
    if identifier is None:
        return UnknownReason.WITHHELD
    if not is_possible_identifier(identifier.value):
        return UnknownReason.NO_MATCH
    found = callers.contact_ids(caller.account_id, identifier)
    if len(found) > 1:
        # Contacts that the client cannot see do not make a match ambiguous.
        visible = get_contacts(contacts, caller, found)
        found = [each.contact_id for each in visible if identifier in each.identifiers]
    if len(found) > 1:
        return UnknownReason.AMBIGUOUS
    return found[0] if found else UnknownReason.NO_MATCH


def visible_record(
    record: CallerRecord | None, caller: Caller, wanted: WantedCall
) -> CallerRecord | None:
    """Return a contact if the caller of the API sees it and it still has the identifier."""
    if record is None or not caller.sees(record.contact):
        return None
    identifier = wanted.identifier
    if wanted.contact_id is None and identifier not in record.contact.identifiers:
        return None
    return record


def match_of(record: CallerRecord | None, reason: UnknownReason | None) -> CallerMatch:
    """Return the match of a contact that was found, or of none."""
    if record is None:
        return CallerMatch(reason=reason or UnknownReason.NO_MATCH)
    contact = record.contact
    return CallerMatch(
        contact.contact_id, known=True, language=contact.language, time_zone=contact.time_zone
    )


def may_create(caller: Caller, wanted: WantedCall, match: CallerMatch) -> bool:
    """Return whether an unknown caller becomes a contact."""
    return (
        match.reason is UnknownReason.NO_MATCH
        and wanted.creation is not None
        and wanted.call_id is not None
        and wanted.identifier is not None
        and wanted.identifier.kind is IdentifierKind.PHONE
        and caller.may(wanted.creation)
    )


def create_caller(
    contacts: Contacts, definitions: Definitions, caller: Caller, identifier: Identifier
) -> CallerMatch:
    """Create the contact of a phone number, unless another request has created it.

    Raises:
        ContextError: It was not created, or all contacts with the number are hidden.

    """
    number = PhoneNumber(1, f"+{identifier.value}", primary=True)
    upsert = ContactUpsert(identifier, ContactDraft(phone_numbers=(number,)), lambda found: found)
    contact, _ = upsert_contact(contacts, definitions, caller, upsert, {}, STRICT)
    return CallerMatch(contact.contact_id, reason=UnknownReason.NO_MATCH)
