"""Write a contact together with values of its variables, once for each idempotency key."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.domain.accounts import Caller
from shared.domain.contact_changes import ChangedContact, SentVariables
from shared.domain.contacts import Claim, Contact, ContactDraft, Contacts
from shared.domain.definitions import ContextType, Definition, Tombstone
from shared.domain.errors import Fault, InvalidField, InvalidRequest, PermissionDenied
from shared.domain.records import dataclass
from shared.domain.value_changes import (
    ChangeResult,
    IdempotencyKey,
    IdempotencyRecord,
    Outcome,
    WriteGuard,
)
from shared.domain.values import Assignment, SetRules, Subject
from shared.services.contacts.contacts import find_contact
from shared.services.contacts.writes import check_team, with_id
from shared.services.variables.assignments import lookup_names
from shared.services.variables.definitions import DefinitionAllocator
from shared.services.variables.fault_collection import plan_with_faults
from shared.services.variables.matched_values import SET_RULES, MatchedValues, match_values
from shared.services.variables.value_changes import (
    ValueStores,
    find_record,
    new_record,
    result_of,
)
from shared.validation.contacts import check_contact

Known = Mapping[str, Definition | Tombstone]

_VARIABLES = "variables"
"""The member of a body that has values, for the places of faults."""


@dataclass(frozen=True, slots=True)
class ContactStores:
    """The stores that a change of a contact needs."""

    contacts: Contacts
    values: ValueStores


@dataclass(frozen=True, slots=True)
class ContactRequest:
    """A request that writes a contact together with values of its variables."""

    stores: ContactStores
    caller: Caller
    matched: MatchedValues
    rules: SetRules
    key: IdempotencyKey | None
    allocator: DefinitionAllocator

    @classmethod
    def of(
        cls,
        stores: ContactStores,
        caller: Caller,
        variables: SentVariables,
        key: IdempotencyKey | None,
    ) -> "ContactRequest":
        """Match the variables with definitions; raises InvalidRequest."""
        of_values = stores.values
        try:
            matched = match_values(
                of_values.definitions,
                of_values.accounts,
                caller,
                ContextType.CONTACT,
                variables.values,
                variables.mode,
            )
        except InvalidField as invalid:
            fault = Fault("invalid_value", invalid.reason, (_VARIABLES, invalid.field))
            raise InvalidRequest.from_faults([fault]) from None
        allocator = DefinitionAllocator(of_values.definitions, caller.account_id)
        return cls(stores, caller, matched, SET_RULES[variables.mode], key, allocator)

    def replay(self) -> ChangedContact | None:
        """Return the results of an earlier equal request with the contact as it is now.

        Raises:
            IdempotencyKeyReused: The key belongs to another request.
            ContactNotFound: The contact has been deleted since.

        """
        record = find_record(self.stores.values.records, self.caller, self.key)
        if record is None:
            return None
        contact = find_contact(self.stores.contacts, self.caller, int(record.resource))
        return ChangedContact(contact, record.is_new, record.results, is_replay=True)

    def create(
        self, draft: ContactDraft, claims: Sequence[Claim] = (), known: Known | None = None
    ) -> ChangedContact:
        """Store a new contact with the values; raises WriteConflict."""
        account_id = self.caller.account_id
        # Definitions come first, because their number is limited. A contact id is not used up then.
        assignments, created = self._plan(known)
        contact_id = self.stores.contacts.allocate_ids(account_id)
        contact = with_id(draft, contact_id, self.caller)
        results = self._results(assignments)
        record = self._record(contact_id, results, is_new=True)
        by = self.caller.attribution
        self.stores.contacts.add(account_id, contact, by, assignments, created, claims, record)
        return ChangedContact(contact, is_new=True, results=results)

    def update(
        self, before: Contact, changed: Contact, known: Known | None = None
    ) -> ChangedContact:
        """Store a changed contact with the values; raises WriteConflict."""
        check_contact(changed)
        check_audience(self.caller, before, changed)
        account_id, by = self.caller.account_id, self.caller.attribution
        assignments, created = self._plan(known)
        results = self._results(assignments)
        record = self._record(before.contact_id, results)
        if changed != before:
            after = replace(changed, updated_at=by.at, version=before.version + 1)
            written = self.stores.contacts.replace(
                account_id, before, after, by, assignments, created, record
            )
            return ChangedContact(after, results=written.settle(results, assignments))
        if assignments:
            written = self.stores.values.variables.write(
                account_id,
                Subject.contact(before.contact_id),
                assignments,
                created,
                by,
                WriteGuard(record=record) if record else None,
            )
            results = written.settle(results, assignments)
        elif record is not None:
            self.stores.values.records.add(account_id, record)
        return ChangedContact(before, results=results)

    def _plan(self, known: Known | None) -> tuple[list[Assignment], list[Definition]]:
        values, definitions = self.matched.values, self.stores.values.definitions
        account_id = self.caller.account_id
        names = lookup_names(values)
        if known is None:
            known = definitions.find_by_names(account_id, ContextType.CONTACT, names)
        paths = {name: (_VARIABLES, key) for name, key in self.matched.keys.items()}
        plan, faults = plan_with_faults(
            self.caller, ContextType.CONTACT, values, known, self.rules, paths
        )
        if faults:
            raise InvalidRequest.from_faults(faults)
        return plan.allocate(self.allocator, known)

    def _results(self, assignments: Sequence[Assignment]) -> dict[str, ChangeResult]:
        unchanged = {name: ChangeResult(Outcome.UNCHANGED) for name in self.matched.values}
        made = {each.name: result_of(self.stores.values, self.caller, each) for each in assignments}
        return {**unchanged, **made}

    def _record(
        self, contact_id: int, results: Mapping[str, ChangeResult], *, is_new: bool = False
    ) -> IdempotencyRecord | None:
        if self.key is None:
            return None
        return new_record(self.caller, self.key, results, str(contact_id), is_new=is_new)


def check_audience(caller: Caller, before: ContactDraft, after: ContactDraft) -> None:
    """Require that the caller belongs to a new owner and a new team of a contact."""
    if after.team != before.team:
        check_team(caller, after.team)
    if after.owner not in (None, before.owner, caller.user):
        raise PermissionDenied(f"the user '{after.owner}'")
