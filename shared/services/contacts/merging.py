"""Merge two contacts of one person, or tell what a merge would do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.domain.accounts import Caller
from shared.domain.contact_merges import (
    ContactPair,
    MergedContacts,
    MergeOrder,
    MergePlan,
    Merges,
    NotKept,
    Side,
)
from shared.domain.contacts import Contact, Contacts
from shared.domain.definitions import Definitions
from shared.domain.entity_tags import tag_of_contact
from shared.domain.errors import (
    ContactMerged,
    ContactNotFound,
    Fault,
    InvalidField,
    InvalidRequest,
    PreconditionFailed,
    TooLargeToMerge,
)
from shared.domain.records import dataclass
from shared.domain.suggestions import Suggestion
from shared.domain.value_changes import (
    ChangeResult,
    IdempotencyRecord,
    IdempotencyRecords,
    Outcome,
)
from shared.services.conflicts import retry_on_conflict
from shared.services.contacts.merged_fields import merge_fields
from shared.services.contacts.merged_values import plan_values
from shared.services.variables.value_changes import find_record, new_record
from shared.services.variables.visibility import gets_values, unexpired
from shared.validation.contacts import check_contact

MAX_OWN_WRITES = 90
"""The most identifiers and merged contacts of a survivor.

It has to be possible to delete them with the contact, in one transaction.
"""


@dataclass(frozen=True, slots=True)
class MergeStores:
    """The stores that a merge needs."""

    merges: Merges
    contacts: Contacts
    definitions: Definitions
    records: IdempotencyRecords


def merge_contacts(stores: MergeStores, caller: Caller, order: MergeOrder) -> MergedContacts:
    """Merge a contact into another, with its values, identifiers and conversations.

    Of two values of a variable, the survivor keeps that of the stronger source, or the newer one
    of equally strong sources. The other one becomes a suggestion. Values keep their source, time
    and version.

    Raises:
        ContactNotFound: The caller does not see both contacts.
        ContactMerged: One of the contacts was merged before.
        InvalidRequest: The contacts are the same, or a preferred variable is not defined.
        PermissionDenied: The caller prefers a value to that of a source that it may not replace.
        PreconditionFailed: The stored version of the survivor does not meet the condition.
        TooLargeToMerge: The merge does not fit into one transaction.
        IdempotencyKeyReused, RequestInProgress: As the errors say.

    """
    if order.survivor_id == order.merged_id:
        fault = Fault("invalid_value", "it is the contact of the path", ("from",))
        raise InvalidRequest.from_faults([fault])

    def attempt() -> MergedContacts:
        replay = None if order.is_dry_run else _find_replay(stores, caller, order)
        return replay or _merge(stores, caller, order)

    return retry_on_conflict(attempt)


def _merge(stores: MergeStores, caller: Caller, order: MergeOrder) -> MergedContacts:
    pair = _read(stores, caller, order)
    before, merged = pair.survivor.contact, pair.merged.contact
    condition = order.terms.condition
    if condition is not None and not condition.holds_for(str(before.version)):
        raise PreconditionFailed(str(tag_of_contact(before)))
    fields = merge_fields(before, merged)
    after = replace(fields.contact, updated_at=caller.requested_at, version=before.version + 1)
    _check_limits(after)
    plan = plan_values(stores.definitions, caller, order.prefer, pair, after)
    by = caller.attribution
    pair.check_size(plan, by)
    suggestions = pair.suggestions(plan, by)
    found = MergedContacts(
        contact=after,
        stored=before if order.is_dry_run else after,
        merged_id=merged.contact_id,
        results=_results(caller, plan, suggestions),
        not_kept=_not_kept(caller, plan, suggestions),
        merged=merged,
        fields_not_kept=fields.not_kept,
        is_dry_run=order.is_dry_run,
    )
    if not order.is_dry_run:
        pair.merge(plan, by, _record(caller, order, found.results))
    return found


def _read(stores: MergeStores, caller: Caller, order: MergeOrder) -> ContactPair:
    ids = (order.survivor_id, order.merged_id)
    pair = stores.merges.read(caller.account_id, *ids)
    if pair is None:
        _refuse_merged(stores.contacts, caller, ids)
        raise ContactNotFound(str(order.survivor_id))
    for each in (pair.survivor.contact, pair.merged.contact):
        if not caller.sees(each):
            raise ContactNotFound(str(each.contact_id))
    return pair


def _refuse_merged(contacts: Contacts, caller: Caller, contact_ids: Sequence[int]) -> None:
    """Raise ContactMerged if one of the contacts was merged into another that the caller sees."""
    for contact_id in contact_ids:
        current = contacts.find_current(caller.account_id, contact_id)
        if current and current.contact_id != contact_id and caller.sees(current):
            raise ContactMerged(current.contact_id)


def _check_limits(after: Contact) -> None:
    try:
        check_contact(after)
    except InvalidField as invalid:
        raise TooLargeToMerge(f"{invalid.field}: {invalid.reason}") from invalid
    if len(after.identifiers) + len(after.merged_from) > MAX_OWN_WRITES:
        raise TooLargeToMerge(
            f"a contact has at most {MAX_OWN_WRITES} identifiers and contacts merged into it"
        )


def _results(
    caller: Caller, plan: MergePlan, suggestions: Sequence[Suggestion]
) -> dict[str, ChangeResult]:
    suggested = {each.slot: each.suggestion_id for each in suggestions}
    taken = {each.slot for each in plan.taken}
    standing = [each.kept for each in plan.suggested if each.kept.slot not in taken]
    return {
        value.name: ChangeResult(
            outcome,
            # A version says when and by whom a value was set.
            value.version if gets_values(caller, value.audience) else None,
            suggested.get(value.slot),
        )
        for outcome, values in ((Outcome.SET, plan.taken), (Outcome.SUGGESTED, standing))
        for value in values
        if value.name and caller.sees(value.audience) and unexpired(caller, value)
    }


def _not_kept(
    caller: Caller, plan: MergePlan, suggestions: Sequence[Suggestion]
) -> Sequence[NotKept]:
    return [
        NotKept(
            each.lost.name,
            each.side,
            suggestion.suggestion_id,
            each.lost,
            is_withheld=not gets_values(caller, each.lost.audience),
        )
        for each, suggestion in zip(plan.suggested, suggestions, strict=True)
        if each.lost.name and caller.sees(each.lost.audience)
    ]


def _record(
    caller: Caller, order: MergeOrder, results: Mapping[str, ChangeResult]
) -> IdempotencyRecord | None:
    key = order.terms.key
    if key is None:
        return None
    return new_record(caller, key, results, str(order.survivor_id))


def _find_replay(stores: MergeStores, caller: Caller, order: MergeOrder) -> MergedContacts | None:
    """Return the result of an earlier equal request, with the contact as it is now."""
    record = find_record(stores.records, caller, order.terms.key)
    if record is None:
        return None
    current = stores.contacts.find_current(caller.account_id, int(record.resource))
    if current is None or not caller.sees(current):
        raise ContactNotFound(record.resource)
    not_kept = [
        NotKept(
            name,
            Side.SURVIVOR if each.outcome is Outcome.SET else Side.FROM,
            each.suggestion_id,
        )
        for name, each in record.results.items()
        if each.suggestion_id
    ]
    return MergedContacts(
        current, current, order.merged_id, record.results, not_kept, is_replay=True
    )
