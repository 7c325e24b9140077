"""Build webhook payloads that contain only what the owner of the webhook currently sees."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from shared.domain.accounts import Audience, Caller
from shared.domain.changes import Activity, ActivityEntry, ContactIds, Event, EventType
from shared.domain.contacts import Contact
from shared.domain.definitions import ContextType, Definitions
from shared.domain.deliveries import Delivery
from shared.domain.disclosure import Withheld
from shared.domain.json_values import JsonObject
from shared.domain.records import dataclass
from shared.domain.webhooks import BusEvent, PayloadFormat, Webhook
from shared.services.variables.visibility import (
    entries_for_webhook,
    reasons_withheld_from_webhook,
    webhook_sees,
)
from shared.services.webhooks.owners import Owner
from shared.validation.bus_events import as_published

LoggedChanges: TypeAlias = Mapping[int, ActivityEntry]
"""The changes of an event as the activity log has them, by sequence."""


@dataclass(frozen=True, slots=True)
class EventRebuilder:
    """The log of changes and the payload formats by name, to build past events again."""

    activity: Activity
    payload_formats: Mapping[str, PayloadFormat]


def read_log(
    definitions: Definitions, activity: Activity, event: BusEvent, now: datetime
) -> LoggedChanges | None:
    """Read the changes of an event with their current audiences, None if everyone gets all values.

    The slot index of the account is one item. The log of the event is read only if the account has
    variables whose values not every reader gets. The log identifies variables by slot, because a
    name in the event can belong to another variable by now. A change that is missing in the log
    has no known audience, so only webhooks of the account receive it, without values.
    """
    account_id, reference = event.account_id, event.reference
    if reference is None or reference.sequence is None:
        return None
    if not definitions.slot_index(account_id, ContextType.CONTACT).audiences:
        return None
    entries = activity.event_entries(account_id, reference.contact_id, reference.sequence, now)
    return {each.sequence: each for each in entries}


def payload_for(
    payload_format: PayloadFormat,
    webhook: Webhook,
    owner: Owner,
    event: BusEvent,
    contact: Contact | None,
    logged: LoggedChanges | None,
    now: datetime,
) -> JsonObject | None:
    """Build the payload of an event for a webhook.

    `contact` is the contact as it is now, None if it does not exist. What is hidden is left out
    for webhooks of API keys; values are withheld from every webhook. `logged` has the changes
    with their audiences, None if everyone gets all values.

    Returns:
        The payload, or None if the webhook receives nothing of the event.

    """
    if owner.caller is not None and not _sees_contact(owner.caller, event, contact):
        return None
    if payload_format.shows_contact and contact is None:
        return None
    visible = _visible_event(webhook, owner.caller, event, logged, now)
    if visible is None:
        return None
    return payload_format.payload(visible, contact if payload_format.shows_contact else None)


def rebuild_payload(
    rebuilder: EventRebuilder,
    account_id: str,
    webhook: Webhook,
    owner: Owner,
    delivery: Delivery,
    contact: Contact | None,
    now: datetime,
) -> JsonObject | None:
    """Build the payload of a delivery again.

    Returns:
        None if the event has expired or become hidden, or the payload format is unknown.

    """
    payload_format = rebuilder.payload_formats.get(webhook.form)
    event = _rebuild_event(rebuilder, account_id, owner, delivery, contact, now)
    if event is None or payload_format is None:
        return None
    # The changes are filtered by their audiences already.
    return payload_for(payload_format, webhook, owner, event, contact, None, now)


def _rebuild_event(
    rebuilder: EventRebuilder,
    account_id: str,
    owner: Owner,
    delivery: Delivery,
    contact: Contact | None,
    now: datetime,
) -> BusEvent | None:
    reference = delivery.event
    if reference is None:
        return None
    entries: Sequence[ActivityEntry] = ()
    if reference.sequence:
        entries = rebuilder.activity.event_entries(
            account_id, reference.contact_id, reference.sequence, now
        )
    entries = entries_for_webhook(owner.caller, entries, now)
    if delivery.topic == EventType.CONTEXT_UPDATED and not entries:
        return None
    event = Event(
        event_id=delivery.event_id,
        event_type=EventType(delivery.topic),
        account_id=account_id,
        contact_id=reference.contact_id,
        by=reference.by,
        entries=tuple(entries),
        fields=reference.fields,
        visible_to=reference.visible_to,
        merged_ids=reference.merged_ids,
        ids=ContactIds(contact.external_id, contact.uuid) if contact else reference.deleted_ids,
    )
    return as_published(event)


def _sees_contact(caller: Caller, event: BusEvent, contact: Contact | None) -> bool:
    if contact is not None:
        return caller.sees(contact)
    # The contact no longer exists. Only its deletion event says who could see it.
    visible_to = event.reference.visible_to if event.reference else None
    if event.topic != EventType.CONTACT_DELETED or visible_to is None:
        return False
    return caller.sees(Audience(*visible_to))


def _visible_event(
    webhook: Webhook,
    caller: Caller | None,
    event: BusEvent,
    logged: LoggedChanges | None,
    now: datetime,
) -> BusEvent | None:
    """Return the event with the changes that the webhook receives, None without any."""
    if event.topic != EventType.CONTEXT_UPDATED:
        return event
    if webhook.variables is None and logged is None:
        return event
    wanted = [
        change
        for change in _changes(event.document)
        if _is_wanted(webhook.variables, str(change["variable"]))
    ]
    if logged is not None:
        wanted = _visible_changes(caller, wanted, logged, now)
    # The omitted changes of a truncated event may be wanted.
    if not wanted and not event.document.get("truncated"):
        return None
    return replace(event, document={**event.document, "changes": [*wanted]})


def _is_wanted(variables: Collection[str] | None, name: str) -> bool:
    return variables is None or name in variables


def _visible_changes(
    caller: Caller | None, changes: Sequence[JsonObject], logged: LoggedChanges, now: datetime
) -> list[JsonObject]:
    """Return the changes that are not hidden, without values that are withheld."""
    visible = []
    for change in changes:
        entry = logged.get(int(str(change["sequence"])))
        if entry is not None and webhook_sees(caller, entry.change.audience):
            reasons = reasons_withheld_from_webhook(caller, entry, now)
            visible.append(_without_values(change, *reasons))
        # The bus omits archived variables. The account also receives changes whose log entry has
        # expired.
        elif entry is None and caller is None:
            visible.append(_without_values(change, Withheld.NOT_LOGGED, Withheld.NOT_LOGGED))
    return visible


def _without_values(change: JsonObject, old: Withheld | None, new: Withheld | None) -> JsonObject:
    # The changes of a truncated event have no values. None is no value, which is no secret.
    withheld: JsonObject = {
        name: {"withheld": reason.value}
        for name, reason in (("old", old), ("new", new))
        if reason is not None and change.get(name) is not None
    }
    return {**change, **withheld}


def _changes(document: JsonObject) -> list[JsonObject]:
    changes = document.get("changes")
    if not isinstance(changes, list):
        return []
    return [each for each in changes if isinstance(each, dict) and "variable" in each]
