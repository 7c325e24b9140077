"""Change variables of a contact or of the business, conditionally and once.

A change that depends on stored values is computed from a snapshot and requires that the pages of
the snapshot are unchanged; otherwise it is computed again. A request with an idempotency key
stores its record in the transaction of its effect.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from shared.domain.accounts import Accounts, Caller
from shared.domain.definitions import ContextType, Definition, Definitions, Tombstone
from shared.domain.entity_tags import (
    EntityTag,
    VersionCondition,
    digest_of,
    shown_parts,
    tag_of,
    version_of_all,
)
from shared.domain.errors import (
    ContactNotFound,
    DefinitionNotFound,
    Fault,
    IdempotencyKeyReused,
    InvalidField,
    InvalidRequest,
    InvalidValue,
    PreconditionFailed,
    VariableNotSet,
)
from shared.domain.json_values import JsonValue
from shared.domain.key_ids import KeyIds
from shared.domain.option_labels import as_defined
from shared.domain.records import dataclass
from shared.domain.subject_variables import AttributedValue
from shared.domain.suggestions import Suggestion
from shared.domain.upserts import UpsertMode
from shared.domain.value_changes import (
    BLIND_OPERATIONS,
    ChangedVariables,
    ChangeResult,
    IdempotencyKey,
    IdempotencyRecord,
    IdempotencyRecords,
    Operation,
    Outcome,
    RequestTerms,
    ValuesSnapshot,
    WriteGuard,
)
from shared.domain.values import (
    AUTO_CREATE,
    STRICT,
    Assignment,
    SourcedValue,
    StoredValue,
    Subject,
    Variables,
)
from shared.services.conflicts import retry_on_conflict
from shared.services.variables.assignments import (
    lookup_names,
    make_assignment,
    plan_assignments,
    require_removable,
    unknown_name,
)
from shared.services.variables.definitions import DefinitionAllocator
from shared.services.variables.fault_collection import plan_with_faults, value_fault
from shared.services.variables.matched_values import SET_RULES, match_values
from shared.services.variables.subject_variables import get_variable_by_name, require_value
from shared.services.variables.visibility import gets_values, unexpired, visible_values
from shared.validation.operations import apply_operation
from shared.validation.value_forms import json_form

KEPT_FOR = timedelta(hours=24)
"""How long an idempotency record is kept."""

Known = Mapping[str, Definition | Tombstone]


@dataclass(frozen=True, slots=True)
class ValueStores:
    """The stores that a change of values needs."""

    variables: Variables
    definitions: Definitions
    accounts: Accounts
    key_ids: KeyIds
    records: IdempotencyRecords


def set_variable(
    stores: ValueStores,
    caller: Caller,
    subject: Subject,
    name: str,
    sent: SourcedValue,
    condition: VersionCondition | None,
) -> AttributedValue | Suggestion:
    """Set one variable, and return it as it is stored, or the suggestion that it became.

    Raises:
        ContactNotFound: The caller sees no such contact.
        DefinitionNotFound: The caller sees no such variable.
        InvalidRequest: The value does not match the type.
        PreconditionFailed: The stored version does not meet the condition.

    """

    def attempt() -> AttributedValue | Suggestion:
        known = _known(stores, caller, subject, [name])
        definition = known.get(name)
        if not isinstance(definition, Definition) or not caller.sees(definition):
            raise DefinitionNotFound(name, unknown_name(subject.context_type, name, definition))
        plan, faults = plan_with_faults(
            caller, subject.context_type, {name: sent}, known, STRICT, {name: ("value",)}
        )
        if faults:
            raise InvalidRequest.from_faults(faults)
        [assignment] = plan.assignments
        guard = _value_guard(stores, caller, subject, definition, condition)
        by = caller.attribution
        written = stores.variables.write(caller.account_id, subject, [assignment], [], by, guard)
        if written.suggestions:
            return written.suggestions[0]
        if written.kept:
            return get_variable_by_name(stores.variables, stores.key_ids, caller, subject, name)
        stored = stores.variables.as_stored(assignment, by)
        return AttributedValue(stored, caller.key_id, assignment.evidence)

    return retry_on_conflict(attempt)


def remove_variable(
    stores: ValueStores,
    caller: Caller,
    subject: Subject,
    name: str,
    condition: VersionCondition | None,
) -> Suggestion | None:
    """Remove the value of one variable, also that of a deleted definition.

    Returns:
        The suggestion that the removal became, None if the value is removed.

    Raises:
        ContactNotFound: The caller sees no such contact.
        VariableNotSet: The variable has no value, or the caller sees no such variable.
        InvalidRequest: The variable is required.
        PreconditionFailed: The stored version does not meet the condition.

    """

    def attempt() -> Suggestion | None:
        found = _known(stores, caller, subject, [name])
        known = found.get(name)
        if known is None or not caller.sees(known.audience):
            raise VariableNotSet(name)
        stored = unexpired(caller, stores.variables.find_value(caller.account_id, subject, known))
        if stored is None:
            raise VariableNotSet(name)
        if isinstance(known, Definition) and known.is_required:
            reason = f"it is no {known.variable_type}: it is required"
            fault = Fault("invalid_value", reason, parameter="name")
            raise InvalidRequest.from_faults([fault])
        guard = _value_guard(stores, caller, subject, known, condition)
        plan = plan_assignments(caller, subject.context_type, {name: None}, found, AUTO_CREATE)
        written = stores.variables.write(
            caller.account_id, subject, plan.assignments, [], caller.attribution, guard
        )
        return next(iter(written.suggestions), None)

    return retry_on_conflict(attempt)


def update_variables(
    stores: ValueStores,
    caller: Caller,
    subject: Subject,
    sent: Mapping[str, JsonValue],
    mode: UpsertMode,
    terms: RequestTerms,
) -> ChangedVariables:
    """Set several variables, all or none; None removes a value.

    Raises:
        ContactNotFound: The caller sees no such contact.
        InvalidRequest: Variables are not defined, or values do not match their types. Has all
            faults.
        PreconditionFailed: The version of the set does not meet the condition.
        IdempotencyKeyReused, RequestInProgress: As the errors say.

    """
    try:
        matched = match_values(
            stores.definitions, stores.accounts, caller, subject.context_type, sent, mode
        )
    except InvalidField as invalid:
        fault = Fault("invalid_value", invalid.reason, (invalid.field,))
        raise InvalidRequest.from_faults([fault]) from None
    values, rules = matched.values, SET_RULES[mode]
    paths = {name: (key,) for name, key in matched.keys.items()}
    allocator = DefinitionAllocator(stores.definitions, caller.account_id)

    def change(known: Known, _: ValuesSnapshot | None) -> _Change:
        plan, faults = plan_with_faults(caller, subject.context_type, values, known, rules, paths)
        if faults:
            raise InvalidRequest.from_faults(faults)
        assignments, created = plan.allocate(allocator, known)
        results = {each.name: result_of(stores, caller, each) for each in assignments}
        unchanged = {name: ChangeResult(Outcome.UNCHANGED) for name in values}
        return _Change(assignments, created, {**unchanged, **results})

    return _Request(stores, caller, subject, tuple(values), terms).run(change)


def apply_operations(
    stores: ValueStores,
    caller: Caller,
    subject: Subject,
    operations: Sequence[Operation],
    terms: RequestTerms,
) -> ChangedVariables:
    """Apply operations to variables, all or none, each once.

    Raises:
        ContactNotFound: The caller sees no such contact.
        InvalidRequest: Variables are not defined, or operations do not fit their types. Has all
            faults.
        PermissionDenied: An operation depends on a value that is withheld from the caller.
        PreconditionFailed: The version of the set does not meet the condition.
        IdempotencyKeyReused, RequestInProgress: As the errors say.

    """
    names = tuple(each.variable for each in operations)

    def change(known: Known, snapshot: ValuesSnapshot | None) -> _Change:
        stored = {each.slot: each for each in snapshot.values} if snapshot else {}
        made = _Change([], [], {})
        faults: list[Fault] = []
        for number, operation in enumerate(operations):
            definition = known.get(operation.variable)
            if not isinstance(definition, Definition) or not caller.sees(definition):
                path = ("operations", number, "variable")
                unknown = unknown_name(subject.context_type, operation.variable, definition)
                reason = "it has no definition"
                faults.append(Fault("undefined_variable", reason, path, unknown=unknown))
                continue
            try:
                made.add(stores, caller, operation, definition, stored.get(definition.slot))
            except InvalidValue as invalid:
                faults.append(value_fault(invalid, _place(number, invalid)))
        if faults:
            raise InvalidRequest.from_faults(faults)
        return made

    request = _Request(stores, caller, subject, names, terms, reads_values=True)
    return request.run(change)


def _place(number: int, invalid: InvalidValue) -> tuple[str | int, ...]:
    """Return the place of an operation, or of its value if the fault is inside of it."""
    return ("operations", number, "value") if invalid.place else ("operations", number)


@dataclass(frozen=True, slots=True)
class _Change:
    """What a request writes, and its results by variable."""

    assignments: list[Assignment]
    created: list[Definition]
    results: dict[str, ChangeResult]

    def add(
        self,
        stores: ValueStores,
        caller: Caller,
        operation: Operation,
        definition: Definition,
        stored: StoredValue | None,
    ) -> None:
        """Add an operation; raises InvalidValue and PermissionDenied."""
        is_shown = gets_values(caller, definition.audience)
        if not is_shown and operation.kind not in BLIND_OPERATIONS:
            require_value(caller, definition.name, definition.audience)
        if stored is not None:
            stored = unexpired(caller, as_defined(stored, definition))
        before = None if stored is None else stored.value
        after = apply_operation(operation, definition, before)
        if after is None and before is not None:
            require_removable(definition)
        name = definition.name
        is_unchanged = (type(after), after) == (type(before), before)
        variable_type = (
            stored.variable_type if stored and is_unchanged else definition.variable_type
        )
        # The result can be the stored value.
        shown = None if after is None or not is_shown else json_form(variable_type, after)
        if is_unchanged:
            version = None if stored is None else stored.version
            self.results[name] = ChangeResult(Outcome.UNCHANGED, version, value=shown)
            return
        assignment = replace(make_assignment(definition, after), is_blind=not is_shown)
        self.assignments.append(assignment)
        self.results[name] = replace(result_of(stores, caller, assignment), value=shown)


@dataclass(frozen=True, slots=True)
class _Request:
    """A request that changes several variables of a subject."""

    stores: ValueStores
    caller: Caller
    subject: Subject
    names: Sequence[str]
    terms: RequestTerms
    reads_values: bool = False

    def run(self, change: Callable[[Known, ValuesSnapshot | None], _Change]) -> ChangedVariables:
        """Compute and write a change, or return the results of an earlier equal request."""

        def attempt() -> ChangedVariables:
            replay = self._find_replay()
            if replay is not None:
                return replay
            known = _known(self.stores, self.caller, self.subject, self.names)
            snapshot = self._snapshot(known)
            made = change(known, snapshot)
            return ChangedVariables(self._write(made, snapshot))

        return retry_on_conflict(attempt)

    def _find_replay(self) -> ChangedVariables | None:
        record = find_record(self.stores.records, self.caller, self.terms.key)
        return None if record is None else ChangedVariables(record.results, is_replay=True)

    def _snapshot(self, known: Known) -> ValuesSnapshot | None:
        account_id, condition = self.caller.account_id, self.terms.condition
        if condition is not None:
            snapshot = self.stores.variables.snapshot(account_id, self.subject)
            values = visible_values(self.caller, snapshot.values)
            version = version_of_all(values)
            if not condition.holds_for(version):
                parts = [part for each in values for part in shown_parts(each)]
                raise PreconditionFailed(str(EntityTag(version, digest_of(parts))))
            return snapshot
        if not self.reads_values:
            return None
        slots = [each.slot for each in known.values()]
        return self.stores.variables.snapshot(account_id, self.subject, slots)

    def _write(self, made: _Change, snapshot: ValuesSnapshot | None) -> Mapping[str, ChangeResult]:
        caller, key = self.caller, self.terms.key
        record = None if key is None else new_record(caller, key, made.results)
        guard = WriteGuard(snapshot, record) if snapshot or record else None
        if not made.assignments and record is None:
            return made.results
        written = self.stores.variables.write(
            caller.account_id,
            self.subject,
            made.assignments,
            made.created,
            caller.attribution,
            guard,
        )
        return written.settle(made.results, made.assignments)


def _known(
    stores: ValueStores, caller: Caller, subject: Subject, names: Sequence[str]
) -> dict[str, Definition | Tombstone]:
    """Find the definitions of names; raises ContactNotFound."""
    wanted = lookup_names(dict.fromkeys(names))
    found = stores.variables.find(caller.account_id, subject, wanted)
    if subject.context_type is ContextType.CONTACT and (
        found.contact is None or not caller.sees(found.contact)
    ):
        raise ContactNotFound(subject.subject_id)
    return found.definitions


def _value_guard(
    stores: ValueStores,
    caller: Caller,
    subject: Subject,
    known: Definition | Tombstone,
    condition: VersionCondition | None,
) -> WriteGuard | None:
    """Return the guard of a write of one value; raises PreconditionFailed."""
    if condition is None:
        return None
    snapshot = stores.variables.snapshot(caller.account_id, subject, [known.slot])
    stored = next((as_defined(each, known) for each in snapshot.values), None)
    stored = unexpired(caller, stored)
    if not condition.holds_for(None if stored is None else stored.version):
        # A tag has a digest of the value.
        is_shown = stored is not None and gets_values(caller, known.audience)
        current = str(tag_of(stored)) if stored and is_shown else ""
        raise PreconditionFailed(current)
    return WriteGuard(snapshot)


def find_record(
    records: IdempotencyRecords, caller: Caller, key: IdempotencyKey | None
) -> IdempotencyRecord | None:
    """Return the record of an earlier equal request, None without one; raises if it differs.

    Raises:
        IdempotencyKeyReused: The key belongs to another request.

    """
    if key is None:
        return None
    record = records.find(caller.account_id, caller.key_id, key.digest, caller.requested_at)
    if record is not None and record.key.fingerprint != key.fingerprint:
        raise IdempotencyKeyReused
    return record


def new_record(
    caller: Caller,
    key: IdempotencyKey,
    results: Mapping[str, ChangeResult],
    resource: str = "",
    *,
    is_new: bool = False,
) -> IdempotencyRecord:
    """Make the idempotency record of a request, without the values of its results."""
    kept = {name: replace(each, value=None) for name, each in results.items()}
    at = caller.requested_at
    return IdempotencyRecord(caller.key_id, key, kept, at, at + KEPT_FOR, resource, is_new=is_new)


def result_of(stores: ValueStores, caller: Caller, assignment: Assignment) -> ChangeResult:
    """Return what becomes of an assignment that is written."""
    if assignment.value is None:
        return ChangeResult(Outcome.REMOVED)
    stored = stores.variables.as_stored(assignment, caller.attribution)
    return ChangeResult(Outcome.SET, stored.version)
