"""Create, change, upsert and delete contacts, conditionally and once.

A request with an idempotency key stores its record in the transaction of its effect. Its replay
returns the contact as it is then.
"""

from collections.abc import Callable

from shared.domain.accounts import Caller
from shared.domain.contact_changes import ChangedContact, SentVariables, Upsert
from shared.domain.contact_lists import SummaryPage
from shared.domain.contacts import (
    Contact,
    ContactDraft,
    Contacts,
    ContactSummary,
)
from shared.domain.entity_tags import VersionCondition, tag_of_contact
from shared.domain.errors import ContactNotFound, PermissionDenied, PreconditionFailed
from shared.domain.value_changes import IdempotencyKey, RequestTerms
from shared.services.conflicts import retry_on_conflict
from shared.services.contacts.contact_request import (
    ContactRequest,
    ContactStores,
    Known,
    check_audience,
)
from shared.services.contacts.contacts import find_contact
from shared.services.contacts.identification import find_candidates
from shared.validation.contacts import check_contact

_MAX_HIDDEN = 1000
"""How many contacts a page of a list passes over that the caller does not see."""


def create_contact(
    stores: ContactStores,
    caller: Caller,
    draft: ContactDraft,
    variables: SentVariables,
    key: IdempotencyKey | None,
) -> ChangedContact:
    """Create a contact with values of variables, all or none.

    Raises:
        InvalidField: A field of the draft is over its limit.
        InvalidRequest: Variables are not defined, or values do not match their types. Has all
            faults.
        PermissionDenied: The caller would not see the contact.
        IdempotencyKeyReused, RequestInProgress: As the errors say.

    """
    check_contact(draft)
    check_audience(caller, ContactDraft(), draft)
    request = ContactRequest.of(stores, caller, variables, key)
    return retry_on_conflict(lambda: request.replay() or request.create(draft))


def update_contact(
    stores: ContactStores,
    caller: Caller,
    contact_id: int,
    change: Callable[[Contact], Contact],
    terms: RequestTerms,
) -> ChangedContact:
    """Change the fields of a contact.

    Raises:
        ContactNotFound: The caller sees no such contact.
        InvalidField: A field would be over its limit.
        PreconditionFailed: The stored version does not meet the condition.
        PermissionDenied: The caller would not see the contact.
        IdempotencyKeyReused, RequestInProgress: As the errors say.

    """
    request = ContactRequest.of(stores, caller, SentVariables(), terms.key)

    def attempt() -> ChangedContact:
        replay = request.replay()
        if replay is not None:
            return replay
        before = find_contact(stores.contacts, caller, contact_id)
        _check_version(before, terms.condition)
        return request.update(before, change(before))

    return retry_on_conflict(attempt)


def upsert_contact(
    stores: ContactStores,
    caller: Caller,
    upsert: Upsert,
    key: IdempotencyKey | None,
    known: Known | None = None,
) -> ChangedContact:
    """Change the contact that has one of the identifiers, or create it.

    Of several concurrent upserts with the same identifiers, one creates the contact and the others
    change it.

    Args:
        stores: The stores.
        caller: The caller.
        upsert: What to create or change.
        key: The idempotency key.
        known: The definitions of the variables if they were just read. They are read again after
            a conflict.

    Raises:
        SeveralContacts: The caller sees several contacts with the identifiers.
        PermissionDenied: All contacts with an identifier are hidden from the caller, or the caller
            would not see the contact.
        InvalidField, InvalidRequest: As `create_contact`.
        IdempotencyKeyReused, RequestInProgress: As the errors say.

    """
    check_contact(upsert.draft)
    request = ContactRequest.of(stores, caller, upsert.variables, key)
    reads = [known] if known is not None else []

    def attempt() -> ChangedContact:
        replay = request.replay()
        if replay is not None:
            return replay
        definitions = reads.pop() if reads else None
        candidates = find_candidates(stores.contacts, caller, upsert.identifiers)
        found = candidates.only
        if found is not None:
            return request.update(found, upsert.change(found), definitions)
        if candidates.hidden is not None:
            raise PermissionDenied(f"access to the contact that has this {candidates.hidden}")
        check_audience(caller, ContactDraft(), upsert.draft)
        return request.create(upsert.draft, candidates.claims, definitions)

    return retry_on_conflict(attempt)


def delete_contact(
    contacts: Contacts, caller: Caller, contact_id: int, condition: VersionCondition | None
) -> None:
    """Delete a contact with its values, identifiers, conversations and suggestions.

    A deletion that was interrupted is completed when it is repeated.

    Raises:
        ContactNotFound: The caller sees no such contact.
        PreconditionFailed: The stored version does not meet the condition.

    """

    def attempt() -> None:
        found = contacts.find(caller.account_id, contact_id)
        if found is None:
            contacts.delete_remnants(caller.account_id, contact_id)
        if found is None or not caller.sees(found):
            raise ContactNotFound(str(contact_id))
        _check_version(found, condition)
        contacts.delete(caller.account_id, found)

    retry_on_conflict(attempt)


def list_contacts(
    contacts: Contacts, caller: Caller, before: int | None, limit: int
) -> SummaryPage:
    """List the visible contacts with the highest ids below one, the highest first.

    A page passes over so many hidden contacts, and is shorter then although more follow.
    """
    visible: list[ContactSummary] = []
    position, has_more, hidden = before, True, 0
    while has_more and len(visible) < limit and hidden < _MAX_HIDDEN:
        wanted = limit - len(visible)
        found, has_more = contacts.list_page(caller.account_id, position, wanted)
        seen = [each for each in found if caller.sees(each)]
        visible += seen
        hidden += len(found) - len(seen)
        position = found[-1].contact_id if found else position
    return SummaryPage(visible, position if has_more else None)


def _check_version(contact: Contact, condition: VersionCondition | None) -> None:
    if condition is not None and not condition.holds_for(str(contact.version)):
        raise PreconditionFailed(str(tag_of_contact(contact)))
