"""Contacts: list, get, create, change, delete."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from os import urandom
from uuid import uuid4

from shared.domain.errors import (
    ContactNotFound,
    InvalidField,
    PermissionDenied,
    SeveralContacts,
)
from shared.domain.listing import ContactFilter, ContactPage
from shared.domain.model import (
    Caller,
    Contact,
    ContactDraft,
    ContactSummary,
    ContactWithValues,
    ContextType,
    Identifier,
    JsonValue,
    SetRules,
)
from shared.domain.ports import Claim, Contacts, Definitions
from shared.services.conflicts import until_settled
from shared.services.variables import lookup_names, plan_assignments
from shared.validation.contacts import (
    IDENTIFIER_RULE,
    check_contact,
    is_contact_id,
    is_possible_identifier,
)


@dataclass(frozen=True, slots=True)
class ContactUpsert:
    """The contact of an identifier: as it is made, or how it is changed if there is one."""

    identifier: Identifier
    draft: ContactDraft
    change: Callable[[Contact], Contact]


def list_contacts(
    contacts: Contacts, caller: Caller, wanted: ContactFilter, page: int, limit: int
) -> ContactPage:
    """One page, counted from 1, of the contacts that the caller sees and the filter takes."""
    taken = [
        contact
        for contact in contacts.list(caller.account_id)
        if caller.sees(contact) and wanted.takes(contact)
    ]
    start = (page - 1) * limit
    return ContactPage(taken[start : start + limit], len(taken), page, limit)


def list_summaries(contacts: Contacts, caller: Caller) -> list[ContactSummary]:
    """A summary of every contact that the caller sees, in order of id."""
    return [each for each in contacts.list(caller.account_id) if caller.sees(each)]


def get_contacts(contacts: Contacts, caller: Caller, contact_ids: Sequence[int]) -> list[Contact]:
    """Those of the contacts that the caller sees, without their values, in the order asked for."""
    found = contacts.find_many(caller.account_id, contact_ids)
    return [contact for contact in found if caller.sees(contact)]


def get_contact(contacts: Contacts, caller: Caller, contact_id: int) -> ContactWithValues:
    """A contact and its values; raises ContactNotFound when there is none the caller sees."""
    found = contacts.find_with_values(caller.account_id, contact_id)
    if found is None or not caller.sees(found.contact):
        raise ContactNotFound(str(contact_id))
    return found


def find_contact(contacts: Contacts, caller: Caller, reference: int | Identifier) -> Contact:
    """The one contact of a number or an identifier among those that the caller sees.

    Raises ContactNotFound, or SeveralContacts naming the kind of identifier.
    """
    if isinstance(reference, int):
        found = contacts.find(caller.account_id, reference) if is_contact_id(reference) else None
        if found is None or not caller.sees(found):
            raise ContactNotFound(str(reference))
        return found
    if not is_possible_identifier(reference.value):
        raise ContactNotFound(reference.value)
    named = contacts.find_by_identifier(caller.account_id, reference)
    found = _the_one_seen(named.contacts, caller, reference)
    if found is None:
        raise ContactNotFound(reference.value)
    return found


def create_contact(
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    draft: ContactDraft,
    values: Mapping[str, JsonValue],
    rules: SetRules,
) -> Contact:
    """Store a new contact with its values; unknown variables get definitions.

    Raises InvalidField, InvalidValue, UndefinedVariable, TooManyVariables, or PermissionDenied
    for a team that the caller is not in.
    """
    check_contact(draft)
    _check_team(caller, draft.team)
    return until_settled(lambda: _create(contacts, definitions, caller, draft, values, rules))


def upsert_contact(
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    upsert: ContactUpsert,
    values: Mapping[str, JsonValue],
    rules: SetRules,
) -> tuple[Contact, bool]:
    """Change the one contact of an identifier, or create it: then the second is True.

    Of several that are asked for at once, one is created and the others change it.
    Raises SeveralContacts, and what `create_contact` and `update_contact` raise.
    """
    check_contact(upsert.draft)
    _check_team(caller, upsert.draft.team)
    identifier = upsert.identifier
    if not is_possible_identifier(identifier.value):
        raise InvalidField(identifier.kind, IDENTIFIER_RULE)

    def attempt() -> tuple[Contact, bool]:
        named = contacts.find_by_identifier(caller.account_id, identifier)
        found = _the_one_seen(named.contacts, caller, identifier)
        if found is not None:
            changed = _update(
                contacts, definitions, caller, found, upsert.change(found), values, rules
            )
            return changed, False
        claim = Claim(identifier, named.claimed_by)
        made = _create(contacts, definitions, caller, upsert.draft, values, rules, claim)
        return made, True

    return until_settled(attempt)


def update_contact(
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    contact_id: int,
    change: Callable[[Contact], Contact],
    values: Mapping[str, JsonValue],
    rules: SetRules,
) -> Contact:
    """Change a contact and set variables on it, all or none; None removes a variable.

    Raises ContactNotFound and what `create_contact` raises.
    """

    def attempt() -> Contact:
        before = find_contact(contacts, caller, contact_id)
        return _update(contacts, definitions, caller, before, change(before), values, rules)

    return until_settled(attempt)


def delete_contact(contacts: Contacts, caller: Caller, contact_id: int) -> None:
    """Delete a contact with its values, identifiers and conversations.

    Raises ContactNotFound.
    """

    def attempt() -> None:
        contacts.delete(caller.account_id, find_contact(contacts, caller, contact_id))

    until_settled(attempt)


def _create(
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    draft: ContactDraft,
    values: Mapping[str, JsonValue],
    rules: SetRules,
    claim: Claim | None = None,
) -> Contact:
    known = definitions.find_by_names(caller.account_id, ContextType.CONTACT, lookup_names(values))
    plan = plan_assignments(caller, ContextType.CONTACT, values, known, rules)
    contact = _numbered(draft, contacts.allot(caller.account_id), caller)
    assignments, created = plan.number(definitions, caller.account_id, known)
    contacts.add(caller.account_id, contact, assignments, created, claim)
    return contact


def _update(
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    before: Contact,
    changed: Contact,
    values: Mapping[str, JsonValue],
    rules: SetRules,
) -> Contact:
    check_contact(changed)
    if changed.team != before.team:
        _check_team(caller, changed.team)
    known = definitions.find_by_names(caller.account_id, ContextType.CONTACT, lookup_names(values))
    plan = plan_assignments(caller, ContextType.CONTACT, values, known, rules)
    assignments, created = plan.number(definitions, caller.account_id, known)
    after = replace(changed, updated_at=caller.requested_at, version=before.version + 1)
    contacts.replace(caller.account_id, before, after, assignments, created)
    return after


def _the_one_seen(
    named: Sequence[Contact], caller: Caller, identifier: Identifier
) -> Contact | None:
    seen = [contact for contact in named if caller.sees(contact)]
    if len(seen) > 1:
        raise SeveralContacts(identifier.kind)
    return seen[0] if seen else None


def _numbered(draft: ContactDraft, contact_id: int, caller: Caller) -> Contact:
    given = {spec.name: getattr(draft, spec.name) for spec in fields(ContactDraft)}
    given["uuid"] = draft.uuid or str(uuid4())
    given["external_id"] = draft.external_id or urandom(10).hex()
    return Contact(
        **given,
        contact_id=contact_id,
        created_at=caller.requested_at,
        updated_at=caller.requested_at,
    )


def _check_team(caller: Caller, team: int | None) -> None:
    if team is not None and team not in caller.teams:
        raise PermissionDenied(f"membership of team {team}")
