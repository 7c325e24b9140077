"""Record changes of contacts in their logs, publish them as events, and list them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby, islice, takewhile

from shared.domain.accounts import Caller
from shared.domain.changes import (
    Activity,
    ActivityEntry,
    ActivityFilter,
    Bus,
    ContactChange,
    ContactChangeKind,
    Event,
    EventType,
    PageWrite,
    StreamChange,
)
from shared.services.conflicts import retry_on_conflict
from shared.services.variables.visibility import entries_for_bus, visible_entries

_TYPES = {
    ContactChangeKind.CREATED: EventType.CONTACT_CREATED,
    ContactChangeKind.UPDATED: EventType.CONTACT_UPDATED,
    ContactChangeKind.DELETED: EventType.CONTACT_DELETED,
}

_MAX_LATENESS = timedelta(days=2)
"""How long after the deletion of a contact a change of it can still arrive."""

_MAX_SCANNED = 200
"""The most changes that one page of activity reads."""


def record_changes(
    activity: Activity,
    bus: Bus,
    changes: Sequence[StreamChange],
    kept_for: timedelta,
    now: datetime,
) -> None:
    """Record the changes of one contact, in order, and publish them as events.

    The function is idempotent: repeated changes are recorded once, and their events have the same
    ids.

    Raises:
        Unavailable: The storage or the bus was not available, or other writers of the log
            prevented this one. Changes may be recorded and not published.
        WriteConflict: The log of a deleted contact was written while it was being deleted.

    """
    changes = _without_merged(activity, changes)
    writes = _page_writes(changes)
    entries = _record(activity, writes, kept_for) if writes else []
    _publish_events(bus, [(changes, entries)], now)
    # Deleted last: changes of a deleted log are not published.
    _delete_logs(activity, changes)


def record_changes_together(
    activity: Activity,
    bus: Bus,
    groups: Sequence[Sequence[StreamChange]],
    kept_for: timedelta,
    now: datetime,
) -> None:
    """Record and publish the changes of several contacts in fewer requests.

    If it raises, some contacts may be done: call `record_changes` for each contact then.

    Raises:
        Unavailable, WriteConflict: Some changes may not have been recorded or published.

    """
    groups = [_without_merged(activity, changes) for changes in groups]
    writes = {
        index: found for index, changes in enumerate(groups) if (found := _page_writes(changes))
    }
    logs = [(each, _keep_until(each, kept_for)) for each in writes.values()]
    logged = activity.record_together(logs) if logs else []
    entries = dict(zip(writes, logged, strict=True))
    recorded = [(changes, entries.get(index, ())) for index, changes in enumerate(groups)]
    _publish_events(bus, recorded, now)
    for changes in groups:
        _delete_logs(activity, changes)


def list_activity(
    activity: Activity,
    caller: Caller,
    contact_id: int,
    wanted: ActivityFilter,
    before: int,
    limit: int,
) -> tuple[list[ActivityEntry], int | None]:
    """List a page of the changes of a contact, newest first.

    The caller must have been found to see the contact. Changes of hidden variables are left out.
    A page reads a bounded part of the log, so it can have fewer changes than the limit although
    more follow.
    The page starts before the sequence `before`.

    Returns:
        The changes, and the `before` of the next page, None at the end.

    """
    newest_first = activity.list(caller.account_id, contact_id, before, caller.requested_at)
    newer = takewhile(lambda entry: entry.sequence > wanted.after, newest_first)
    scanned = list(islice(newer, _MAX_SCANNED))
    found = visible_entries(caller, filter(wanted.matches, scanned))
    if len(found) > limit:
        return found[:limit], found[limit - 1].sequence
    return found, scanned[-1].sequence if len(scanned) == _MAX_SCANNED else None


def _page_writes(changes: Iterable[StreamChange]) -> list[PageWrite]:
    return [change for change in changes if isinstance(change, PageWrite)]


def _keep_until(writes: Iterable[PageWrite], kept_for: timedelta) -> datetime:
    return max(write.by.at for write in writes) + kept_for


def _publish_events(
    bus: Bus,
    recorded: Sequence[tuple[Sequence[StreamChange], Sequence[ActivityEntry]]],
    now: datetime,
) -> None:
    """Publish the events of contacts, each with its changes and entries."""
    events = [event for changes, entries in recorded for event in _events(changes, entries, now)]
    if events:
        bus.publish(events)


def _events(
    changes: Iterable[StreamChange], entries: Iterable[ActivityEntry], now: datetime
) -> list[Event]:
    """Return the events of one contact in the order of their times."""
    others = [change for change in changes if isinstance(change, ContactChange)]
    events = [event for change in others for event in _contact_events(change)]
    events += _context_events(_page_writes(changes), entries, now)
    return sorted(events, key=_order)


def _without_merged(activity: Activity, changes: Sequence[StreamChange]) -> Sequence[StreamChange]:
    """Return changes without the removals of merged contacts, which have no event of their own.

    The survivor has the event of the merge.
    """
    return [
        change
        for change in changes
        if not (_is_deletion(change) and activity.is_merged(change.account_id, change.contact_id))
    ]


def _is_deletion(change: StreamChange) -> bool:
    return isinstance(change, ContactChange) and change.kind is ContactChangeKind.DELETED


def _delete_logs(activity: Activity, changes: Iterable[StreamChange]) -> None:
    """Delete the logs of deleted contacts."""
    for change in changes:
        if isinstance(change, ContactChange) and _is_deletion(change):
            for contact_id in (change.contact_id, *change.merged_ids):
                activity.delete_log(change.account_id, contact_id, change.by.at + _MAX_LATENESS)


def _record(
    activity: Activity, writes: Sequence[PageWrite], kept_for: timedelta
) -> list[ActivityEntry]:
    first = writes[0]
    keep_until = _keep_until(writes, kept_for)
    return retry_on_conflict(
        lambda: activity.record(first.account_id, first.contact_id, writes, keep_until)
    )


def _context_events(
    writes: Sequence[PageWrite], entries: Iterable[ActivityEntry], now: datetime
) -> Iterator[Event]:
    for (first, last), group in groupby(entries, key=lambda entry: entry.event_range):
        event_entries = entries_for_bus(group, now)
        if not event_entries:
            continue
        account_id, contact_id = writes[0].account_id, writes[0].contact_id
        sequences = f"{first}-{last}"
        yield Event(
            event_id=_event_id(account_id, contact_id, EventType.CONTEXT_UPDATED, sequences),
            event_type=EventType.CONTEXT_UPDATED,
            account_id=account_id,
            contact_id=contact_id,
            by=event_entries[0].by,
            entries=tuple(event_entries),
            ids=event_entries[0].ids,
        )


def _contact_events(change: ContactChange) -> Iterator[Event]:
    is_update = change.kind is ContactChangeKind.UPDATED
    if change.fields or not is_update:
        yield _contact_event(change, _TYPES[change.kind])
    if change.merged_ids and is_update:
        merged = _contact_event(change, EventType.CONTACT_MERGED)
        yield replace(merged, fields=(), merged_ids=change.merged_ids)


def _contact_event(change: ContactChange, event_type: EventType) -> Event:
    return Event(
        event_id=_event_id(change.account_id, change.contact_id, event_type, str(change.version)),
        event_type=event_type,
        account_id=change.account_id,
        contact_id=change.contact_id,
        by=change.by,
        fields=change.fields,
        visible_to=change.visible_to,
        ids=change.ids,
    )


def _event_id(account_id: str, contact_id: int, event_type: EventType, part: str) -> str:
    key = "\n".join((account_id, str(contact_id), event_type, part))
    return f"evt_{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _order(event: Event) -> tuple[int, datetime]:
    # Clocks of functions differ, but nothing precedes the creation or follows the deletion.
    position = {EventType.CONTACT_CREATED: -1, EventType.CONTACT_DELETED: 1}
    return position.get(event.event_type, 0), event.by.at
