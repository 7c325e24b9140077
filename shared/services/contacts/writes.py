"""Create, update and delete contacts together with their variables."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from os import urandom
from uuid import uuid4

from shared.domain.accounts import Caller
from shared.domain.contacts import (
    Claim,
    Contact,
    ContactDraft,
    Contacts,
    Cooldown,
    Identifier,
)
from shared.domain.definitions import ContextType, Definition, Definitions, Tombstone
from shared.domain.errors import InvalidField, PermissionDenied, TooManyDefinitions, TooSoon
from shared.domain.records import dataclass
from shared.domain.values import SentValue, SetRules
from shared.services.conflicts import retry_on_conflict
from shared.services.contacts.contacts import find_contact, match_identifiers
from shared.services.variables.assignments import Plan, lookup_names, plan_assignments
from shared.services.variables.definitions import DefinitionAllocator
from shared.validation.contacts import IDENTIFIER_RULE, check_contact, is_possible_identifier


@dataclass(frozen=True, slots=True)
class ContactUpsert:
    """How to create the contact of an identifier, or change the contact that has it.

    Attributes:
        identifier: The first identifier to find the contact by.
        draft: The contact to create.
        change: Returns the changed contact.
        otherwise: More identifiers, each used while no contact has those before it.
        cooldown: What must not be repeated before the cooldown ends. Also serves as an
            idempotency record.

    """

    identifier: Identifier
    draft: ContactDraft
    change: Callable[[Contact], Contact]
    otherwise: tuple[Identifier, ...] = ()
    cooldown: Cooldown | None = None

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All identifiers, in the order of their use."""
        return (self.identifier, *self.otherwise)


@dataclass(frozen=True, slots=True)
class UpsertBatch:
    """What the upserts of a batch share, so that each upsert saves the reads.

    Attributes:
        known: The definitions of all variable names of the batch.
        next_id: Returns an unused contact id.
        definition_limit: The limit of definitions if the account has reached it, else None.

    """

    known: Mapping[str, Definition | Tombstone]
    next_id: Callable[[], int]
    definition_limit: int | None = None


def create_contact(
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    draft: ContactDraft,
    values: Mapping[str, SentValue],
    rules: SetRules,
) -> Contact:
    """Create a contact with values of variables, all or none.

    Raises:
        InvalidField: A field of the draft is invalid.
        InvalidValue: A value does not fit the type of its variable.
        UndefinedVariable: A variable has no definition, and the rules do not create it.
        TooManyVariables: There are too many values.
        PermissionDenied: The caller is not in the team of the contact.

    """
    check_contact(draft)
    check_team(caller, draft.team)
    allocator = DefinitionAllocator(definitions, caller.account_id)
    write = _ContactWrite(contacts, definitions, caller, values, rules, allocator)
    return retry_on_conflict(lambda: write.create(draft))


def upsert_contact(
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    upsert: ContactUpsert,
    values: Mapping[str, SentValue],
    rules: SetRules,
    batch: UpsertBatch | None = None,
) -> tuple[Contact, bool]:
    """Change the contact of an identifier, or create it.

    Of several concurrent upserts with the same identifier, one creates the contact and the others
    change it.

    Returns:
        The contact, and whether it was created.

    Raises:
        TooSoon: The cooldown of an earlier upsert has not ended.
        SeveralContacts: The caller sees several contacts with an identifier.
        PermissionDenied: All contacts with an identifier are hidden from the caller, or the caller
            is not in the team of the contact.
        InvalidField, InvalidValue, UndefinedVariable, TooManyVariables: As `create_contact`.

    """
    check_contact(upsert.draft)
    check_team(caller, upsert.draft.team)
    for identifier in upsert.identifiers:
        if not is_possible_identifier(identifier.value):
            raise InvalidField(identifier.kind, IDENTIFIER_RULE)
    allocator = DefinitionAllocator(definitions, caller.account_id)
    write = _ContactWrite(
        contacts, definitions, caller, values, rules, allocator, upsert.cooldown, batch
    )

    def attempt() -> tuple[Contact, bool]:
        _check_cooldown(contacts, caller, upsert.cooldown)
        match = match_identifiers(contacts, caller, upsert.identifiers)
        if match.found is not None:
            return write.update(match.found, upsert.change(match.found)), False
        if match.hidden is not None:
            raise PermissionDenied(f"access to the contact that has this {match.hidden}")
        return write.create(upsert.draft, match.claims), True

    return retry_on_conflict(attempt)


def update_contact(
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    reference: int | Identifier,
    change: Callable[[Contact], Contact],
    values: Mapping[str, SentValue],
    rules: SetRules,
) -> Contact:
    """Update a contact and set variables on it, all or none.

    `change` returns the changed contact. A value of None removes the value of a variable.

    Raises:
        ContactNotFound: The caller sees no such contact.
        SeveralContacts: The caller sees several contacts with the identifier.
        InvalidField, InvalidValue, UndefinedVariable, TooManyVariables, PermissionDenied: As
            `create_contact`.

    """
    allocator = DefinitionAllocator(definitions, caller.account_id)
    write = _ContactWrite(contacts, definitions, caller, values, rules, allocator)

    def attempt() -> Contact:
        before = find_contact(contacts, caller, reference)
        return write.update(before, change(before))

    return retry_on_conflict(attempt)


def delete_contact(contacts: Contacts, caller: Caller, reference: int | Identifier) -> None:
    """Delete a contact with its values, identifiers and conversations.

    Raises:
        ContactNotFound: The caller sees no such contact.
        SeveralContacts: The caller sees several contacts with the identifier.

    """

    def attempt() -> None:
        contacts.delete(caller.account_id, find_contact(contacts, caller, reference))

    retry_on_conflict(attempt)


@dataclass(frozen=True, slots=True)
class _ContactWrite:
    """A write of a contact together with values of its variables."""

    contacts: Contacts
    definitions: Definitions
    caller: Caller
    values: Mapping[str, SentValue]
    rules: SetRules
    allocator: DefinitionAllocator
    cooldown: Cooldown | None = None
    batch: UpsertBatch | None = None

    def create(self, draft: ContactDraft, claims: Sequence[Claim] = ()) -> Contact:
        """Store a new contact with the values; raises WriteConflict."""
        account_id = self.caller.account_id
        known, plan = self._plan()
        # Definitions come first, because their number is limited. A contact id is not used up then.
        assignments, created = plan.allocate(self.allocator, known)
        contact = with_id(draft, self._next_id(), self.caller)
        by = self.caller.attribution
        self.contacts.add(account_id, contact, by, assignments, created, claims, self.cooldown)
        return contact

    def update(self, before: Contact, changed: Contact) -> Contact:
        """Store a changed contact with the values; raises WriteConflict."""
        account_id = self.caller.account_id
        check_contact(changed)
        if changed.team != before.team:
            check_team(self.caller, changed.team)
        if changed == before and not self.values and self.cooldown is None:
            return before
        known, plan = self._plan()
        assignments, created = plan.allocate(self.allocator, known)
        after = replace(changed, updated_at=self.caller.requested_at, version=before.version + 1)
        by = self.caller.attribution
        self.contacts.replace(account_id, before, after, by, assignments, created, self.cooldown)
        return after

    def _plan(self) -> tuple[Mapping[str, Definition | Tombstone], Plan]:
        known = self._definitions_of(lookup_names(self.values))
        plan = plan_assignments(self.caller, ContextType.CONTACT, self.values, known, self.rules)
        if plan.drafts and self.batch and self.batch.definition_limit is not None:
            # Without this check, each row would count all definitions of the account again.
            raise TooManyDefinitions(self.batch.definition_limit)
        return known, plan

    def _definitions_of(self, names: Sequence[str]) -> Mapping[str, Definition | Tombstone]:
        if self.batch:
            return self.batch.known
        return self.definitions.find_by_names(self.caller.account_id, ContextType.CONTACT, names)

    def _next_id(self) -> int:
        if self.batch:
            return self.batch.next_id()
        return self.contacts.allocate_ids(self.caller.account_id)


def _check_cooldown(contacts: Contacts, caller: Caller, cooldown: Cooldown | None) -> None:
    if cooldown is None:
        return
    ends_at = contacts.cooldown_end(caller.account_id, cooldown.about)
    if ends_at is not None and ends_at > cooldown.starts_at:
        raise TooSoon(math.ceil((ends_at - cooldown.starts_at).total_seconds()))


def with_id(draft: ContactDraft, contact_id: int, caller: Caller) -> Contact:
    """Return the new contact of a draft, with a UUID and an external id."""
    given = {spec.name: getattr(draft, spec.name) for spec in fields(ContactDraft)}
    given["uuid"] = draft.uuid or str(uuid4())
    given["external_id"] = draft.external_id or urandom(10).hex()
    return Contact(
        **given,
        contact_id=contact_id,
        created_at=caller.requested_at,
        updated_at=caller.requested_at,
    )


def check_team(caller: Caller, team: int | None) -> None:
    """Require that the caller is in a team; raises PermissionDenied."""
    if team is not None and team not in caller.teams:
        raise PermissionDenied(f"membership of team {team}")
