"""Contacts: list, search, get, create, change, delete."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from os import urandom
from uuid import uuid4

from shared.domain.accounts import Caller
from shared.domain.contact_lists import (
    ContactFilter,
    ContactPage,
    ContactSearch,
    Cursor,
    FoundContacts,
    NewestContacts,
    SummaryFilter,
)
from shared.domain.contacts import (
    Claim,
    Contact,
    ContactDraft,
    Contacts,
    ContactSummary,
    ContactWithValues,
    Cooldown,
    Identifier,
    IdentifierKind,
)
from shared.domain.errors import (
    ContactNotFound,
    InvalidField,
    PermissionDenied,
    SeveralContacts,
    TooManyDefinitions,
    TooSoon,
)
from shared.domain.variables import (
    ContextType,
    Definition,
    Definitions,
    JsonValue,
    SetRules,
    Tombstone,
)
from shared.services.conflicts import retry_on_conflict
from shared.services.variables.values import Plan, lookup_names, plan_assignments
from shared.services.variables.visibility import visible_values
from shared.validation.contacts import (
    IDENTIFIER_RULE,
    check_contact,
    is_contact_id,
    is_possible_identifier,
)


@dataclass(frozen=True, slots=True)
class ContactUpsert:
    """The contact of an identifier: as it is made, or how it is changed if there is one.

    `otherwise` are identifiers to find it by in turn while nobody has those before;
    with a cooldown it is not done again until that ends.
    """

    identifier: Identifier
    draft: ContactDraft
    change: Callable[[Contact], Contact]
    otherwise: tuple[Identifier, ...] = ()
    cooldown: Cooldown | None = None

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All identifiers in turn."""
        return (self.identifier, *self.otherwise)


@dataclass(frozen=True, slots=True)
class Supplies:
    """What many upserts share, so that each need not ask for it.

    `known` is what the names of their variables stand for, `next_id` gives a contact its number.
    With a `definition_limit` the account has as many definitions, and gets no more.
    """

    known: Mapping[str, Definition | Tombstone]
    next_id: Callable[[], int]
    definition_limit: int | None = None


def list_contacts(
    contacts: Contacts, caller: Caller, wanted: ContactFilter, page: int, limit: int
) -> ContactPage:
    """One page, counted from 1, of the contacts that the caller sees and the filter takes."""
    processed = [each for each in list_summaries(contacts, caller) if wanted.matches(each)]
    start = (page - 1) * limit
    return ContactPage(processed[start : start + limit], len(processed), page, limit)


def list_summaries(contacts: Contacts, caller: Caller) -> list[ContactSummary]:
    """A summary of every contact that the caller sees, in order of id."""
    return [each for each in contacts.list(caller.account_id) if caller.sees(each)]


def list_latest_contacts(
    contacts: Contacts, caller: Caller, wanted: SummaryFilter
) -> list[ContactSummary]:
    """The contacts that the caller sees and the filter takes, the last changed first."""
    processed = [each for each in list_summaries(contacts, caller) if wanted.matches(each)]
    return sorted(processed, key=lambda each: (each.updated_at, each.contact_id), reverse=True)


def get_contacts(contacts: Contacts, caller: Caller, contact_ids: Sequence[int]) -> list[Contact]:
    """Those of the contacts that the caller sees, without their values, in the order asked for."""
    found = contacts.find_many(caller.account_id, contact_ids)
    return [contact for contact in found if caller.sees(contact)]


def list_newest_contacts(
    contacts: Contacts, caller: Caller, before: Cursor | None, limit: int
) -> NewestContacts:
    """The newest contacts that the caller sees: those after a mark, all if it is None."""
    placed = {Cursor(each.created_at, each.contact_id) for each in list_summaries(contacts, caller)}
    rest = sorted((mark for mark in placed if before is None or mark < before), reverse=True)
    page = rest[:limit]
    found = get_contacts(contacts, caller, [mark.contact_id for mark in page])
    return NewestContacts(found, page[-1] if len(rest) > limit else None)


def search_contacts(contacts: Contacts, caller: Caller, wanted: ContactSearch) -> FoundContacts:
    """One page of the contacts that the caller sees and that mention the text, in order of id."""
    hidden = {
        contact.contact_id
        for identifier in wanted.hidden
        if is_possible_identifier(identifier.value)
        for contact in contacts.find_by_identifier(caller.account_id, identifier).contacts
    }
    mentioned = ContactFilter(mention=wanted.text)
    processed = [
        each.contact_id
        for each in list_summaries(contacts, caller)
        if mentioned.matches(each) and each.contact_id not in hidden
    ]
    start = (wanted.page - 1) * wanted.limit
    found = get_contacts(contacts, caller, processed[start : start + wanted.limit])
    return FoundContacts(found, len(processed), wanted.page)


def get_contact(contacts: Contacts, caller: Caller, contact_id: int) -> ContactWithValues:
    """A contact and the values on it that the caller sees.

    Raises ContactNotFound when there is no such contact that the caller sees.
    """
    found = contacts.find_with_values(caller.account_id, contact_id)
    if found is None or not caller.sees(found.contact):
        raise ContactNotFound(str(contact_id))
    return replace(found, values=visible_values(caller, found.values))


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


def find_contact_by_any(
    contacts: Contacts, caller: Caller, identifiers: Sequence[Identifier]
) -> Contact:
    """The one contact of the first identifier that any contact has which the caller sees.

    Raises ContactNotFound, or SeveralContacts naming the kind of identifier.
    """
    possible = [each for each in identifiers if is_possible_identifier(each.value)]
    found = _look_up(contacts, caller, possible).found
    if found is None:
        raise ContactNotFound(identifiers[0].value)
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
    write = _ContactWrite(contacts, definitions, caller, values, rules)
    return retry_on_conflict(lambda: write.create(draft))


def upsert_contact(
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    upsert: ContactUpsert,
    values: Mapping[str, JsonValue],
    rules: SetRules,
    supplies: Supplies | None = None,
) -> tuple[Contact, bool]:
    """Change the one contact of an identifier, or create it: then the second is True.

    Of several that are asked for at once by an identifier that they share, one is created and the
    others change it.
    Raises TooSoon while a cooldown runs, SeveralContacts, PermissionDenied if only contacts that
    are hidden from the caller have an identifier, and what `create_contact` and `update_contact`
    raise.
    """
    check_contact(upsert.draft)
    _check_team(caller, upsert.draft.team)
    for identifier in upsert.identifiers:
        if not is_possible_identifier(identifier.value):
            raise InvalidField(identifier.kind, IDENTIFIER_RULE)
    write = _ContactWrite(contacts, definitions, caller, values, rules, upsert.cooldown, supplies)

    def attempt() -> tuple[Contact, bool]:
        _check_cooldown(contacts, caller, upsert.cooldown)
        looked_up = _look_up(contacts, caller, upsert.identifiers)
        if looked_up.found is not None:
            return write.update(looked_up.found, upsert.change(looked_up.found)), False
        if looked_up.hidden is not None:
            raise PermissionDenied(f"access to the contact that has this {looked_up.hidden}")
        return write.create(upsert.draft, looked_up.claims), True

    return retry_on_conflict(attempt)


def update_contact(
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    reference: int | Identifier,
    change: Callable[[Contact], Contact],
    values: Mapping[str, JsonValue],
    rules: SetRules,
) -> Contact:
    """Change a contact and set variables on it, all or none; None removes a variable.

    Raises ContactNotFound, SeveralContacts, and what `create_contact` raises.
    """
    write = _ContactWrite(contacts, definitions, caller, values, rules)

    def attempt() -> Contact:
        before = find_contact(contacts, caller, reference)
        return write.update(before, change(before))

    return retry_on_conflict(attempt)


def delete_contact(contacts: Contacts, caller: Caller, reference: int | Identifier) -> None:
    """Delete a contact with its values, identifiers and conversations.

    Raises ContactNotFound or SeveralContacts.
    """

    def attempt() -> None:
        contacts.delete(caller.account_id, find_contact(contacts, caller, reference))

    retry_on_conflict(attempt)


@dataclass(frozen=True, slots=True)
class _ContactWrite:
    """A contact and values of its variables, to be written together."""

    contacts: Contacts
    definitions: Definitions
    caller: Caller
    values: Mapping[str, JsonValue]
    rules: SetRules
    cooldown: Cooldown | None = None
    supplies: Supplies | None = None

    def create(self, draft: ContactDraft, claims: Sequence[Claim] = ()) -> Contact:
        """Store a new contact with the values, else WriteConflict."""
        account_id = self.caller.account_id
        known, plan = self._plan()
        # Definitions first, since an account can be full of them.
        assignments, created = plan.number(self.definitions, account_id, known)
        contact = _numbered(draft, self._next_id(), self.caller)
        by = self.caller.attribution
        self.contacts.add(account_id, contact, by, assignments, created, claims, self.cooldown)
        return contact

    def update(self, before: Contact, changed: Contact) -> Contact:
        """Store a changed contact with the values, else WriteConflict."""
        account_id = self.caller.account_id
        check_contact(changed)
        if changed.team != before.team:
            _check_team(self.caller, changed.team)
        if changed == before and not self.values and self.cooldown is None:
            return before
        known, plan = self._plan()
        assignments, created = plan.number(self.definitions, account_id, known)
        after = replace(changed, updated_at=self.caller.requested_at, version=before.version + 1)
        by = self.caller.attribution
        self.contacts.replace(account_id, before, after, by, assignments, created, self.cooldown)
        return after

    def _plan(self) -> tuple[Mapping[str, Definition | Tombstone], Plan]:
        known = self._known(lookup_names(self.values))
        plan = plan_assignments(self.caller, ContextType.CONTACT, self.values, known, self.rules)
        if plan.drafts and self.supplies and self.supplies.definition_limit is not None:
            # Asked for again, all definitions of the account would be counted for each row.
            raise TooManyDefinitions(self.supplies.definition_limit)
        return known, plan

    def _known(self, names: Sequence[str]) -> Mapping[str, Definition | Tombstone]:
        if self.supplies:
            return self.supplies.known
        return self.definitions.find_by_names(self.caller.account_id, ContextType.CONTACT, names)

    def _next_id(self) -> int:
        return (
            self.supplies.next_id()
            if self.supplies
            else self.contacts.allocate_ids(self.caller.account_id)
        )


def _check_cooldown(contacts: Contacts, caller: Caller, cooldown: Cooldown | None) -> None:
    if cooldown is None:
        return
    ends_at = contacts.cooldown_end(caller.account_id, cooldown.about)
    if ends_at is not None and ends_at > cooldown.starts_at:
        raise TooSoon(math.ceil((ends_at - cooldown.starts_at).total_seconds()))


@dataclass(slots=True)
class _LookUp:
    """The contact of the first of several identifiers that has one which the caller sees.

    `claims` are for the identifiers before it. `hidden` is the first kind of these that only
    contacts have which are hidden from the caller.
    """

    found: Contact | None = None
    claims: list[Claim] = field(default_factory=list)
    hidden: IdentifierKind | None = None


def _look_up(contacts: Contacts, caller: Caller, identifiers: Sequence[Identifier]) -> _LookUp:
    """Look for a contact by several identifiers in turn; raises SeveralContacts."""
    result = _LookUp()
    for identifier in identifiers:
        named = contacts.find_by_identifier(caller.account_id, identifier)
        result.found = _the_one_seen(named.contacts, caller, identifier)
        if result.found is not None:
            break
        if named.contacts and result.hidden is None:
            result.hidden = identifier.kind
        result.claims.append(Claim(identifier, named.claimed_by))
    return result


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
