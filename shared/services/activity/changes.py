"""What has changed on a contact: kept in its log, told on the bus, and read again."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice, takewhile

from shared.domain.accounts import Caller
from shared.domain.changes import (
    Activity,
    ActivityEntry,
    ActivityFilter,
    Bus,
    Change,
    ContactChange,
    ContactChangeKind,
    Event,
    EventType,
    PageWrite,
)
from shared.services.conflicts import retry_on_conflict
from shared.services.variables.visibility import visible_entries

_TYPES = {
    ContactChangeKind.CREATED: EventType.CONTACT_CREATED,
    ContactChangeKind.UPDATED: EventType.CONTACT_UPDATED,
    ContactChangeKind.DELETED: EventType.CONTACT_DELETED,
}

_LATE = timedelta(days=2)
"""How long after a contact was deleted a change of it can still arrive."""

_AT_ONCE = 200
"""How many changes are looked at before a page of activity is given that is not full."""


def record_changes(
    activity: Activity, bus: Bus, changes: Sequence[Change], kept_for: timedelta
) -> None:
    """Log the changes of one contact, in their order, and tell them on the bus.

    It may be done again for the same changes: they are logged once, and told under the same ids.
    Raises Unavailable when they may not have been told.
    """
    writes = _page_writes(changes)
    entries = _logged(activity, writes, kept_for) if writes else []
    events = _events(changes, entries)
    if events:
        bus.publish(events)
    _close_deleted(activity, changes)


def record_changes_together(
    activity: Activity, bus: Bus, groups: Sequence[Sequence[Change]], kept_for: timedelta
) -> None:
    """Do what `record_changes` does for several contacts, in fewer requests.

    Raises what any of them meets, when others may be done: call `record_changes` for each then.
    """
    written = [
        (writes, _keep_until(writes, kept_for)) for writes in map(_page_writes, groups) if writes
    ]
    logged = iter(activity.record_together(written) if written else ())
    events = [
        event
        for changes in groups
        for event in _events(changes, next(logged) if _page_writes(changes) else ())
    ]
    if events:
        bus.publish(events)
    for changes in groups:
        _close_deleted(activity, changes)


def list_activity(
    activity: Activity,
    caller: Caller,
    contact_id: int,
    wanted: ActivityFilter,
    before: int,
    limit: int,
) -> tuple[list[ActivityEntry], int | None]:
    """Changes of a contact that the caller was found to see, newest first, and where to go on.

    A page can have fewer than the limit although more follow: it looks at a bounded part of the
    log. Changes are left out whose variable is not the caller's to see.
    """
    newest_first = activity.list(caller.account_id, contact_id, before, caller.requested_at)
    newer = takewhile(lambda entry: entry.sequence > wanted.after, newest_first)
    looked_at = list(islice(newer, _AT_ONCE))
    found = visible_entries(caller, filter(wanted.matches, looked_at))
    if len(found) > limit:
        return found[:limit], found[limit - 1].sequence
    return found, looked_at[-1].sequence if len(looked_at) == _AT_ONCE else None


def _page_writes(changes: Iterable[Change]) -> list[PageWrite]:
    return [change for change in changes if isinstance(change, PageWrite)]


def _keep_until(writes: Iterable[PageWrite], kept_for: timedelta) -> datetime:
    return max(write.by.at for write in writes) + kept_for


def _events(changes: Iterable[Change], entries: Iterable[ActivityEntry]) -> list[Event]:
    """The events of one contact, in the order in which they happened."""
    others = [change for change in changes if isinstance(change, ContactChange)]
    events = [*map(_contact_event, others), *_context_events(_page_writes(changes), entries)]
    return sorted(events, key=_place)


def _close_deleted(activity: Activity, changes: Iterable[Change]) -> None:
    # Nothing is published of a log that is closed, so this comes after the bus.
    for change in changes:
        if isinstance(change, ContactChange) and change.kind is ContactChangeKind.DELETED:
            activity.close(change.account_id, change.contact_id, change.by.at + _LATE)


def _logged(
    activity: Activity, writes: Sequence[PageWrite], kept_for: timedelta
) -> list[ActivityEntry]:
    first = writes[0]
    keep_until = _keep_until(writes, kept_for)
    return retry_on_conflict(
        lambda: activity.record(first.account_id, first.contact_id, writes, keep_until)
    )


def _context_events(
    writes: Sequence[PageWrite], entries: Iterable[ActivityEntry]
) -> Iterator[Event]:
    for (first, last), group in groupby(entries, key=lambda entry: entry.event):
        told = tuple(group)
        account_id, contact_id = writes[0].account_id, writes[0].contact_id
        reach = f"{first}-{last}"
        yield Event(
            event_id=_event_id(account_id, contact_id, EventType.CONTEXT_UPDATED, reach),
            event_type=EventType.CONTEXT_UPDATED,
            account_id=account_id,
            contact_id=contact_id,
            by=told[0].by,
            entries=told,
        )


def _contact_event(change: ContactChange) -> Event:
    event_type = _TYPES[change.kind]
    return Event(
        event_id=_event_id(change.account_id, change.contact_id, event_type, str(change.version)),
        event_type=event_type,
        account_id=change.account_id,
        contact_id=change.contact_id,
        by=change.by,
        fields=change.fields,
        visible_to=change.visible_to,
    )


def _event_id(account_id: str, contact_id: int, event_type: EventType, part: str) -> str:
    told = "\n".join((account_id, str(contact_id), event_type, part))
    return f"evt_{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def _place(event: Event) -> int:
    # A contact is created before anything else happens to it, and deleted after.
    order = (EventType.CONTACT_CREATED, EventType.CONTACT_UPDATED, EventType.CONTEXT_UPDATED)
    return order.index(event.event_type) if event.event_type in order else len(order)
