"""Build webhook payloads that contain only what the owner of the webhook currently sees."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from shared.domain.accounts import Audience, Caller
from shared.domain.changes import UNKNOWN_IDS, Activity, ActivityEntry, ContactIds, Event, EventType
from shared.domain.contacts import Contact
from shared.domain.definitions import ContextType, Definitions
from shared.domain.deliveries import Delivery
from shared.domain.disclosure import Withheld
from shared.domain.json_values import JsonObject
from shared.domain.records import dataclass
from shared.domain.webhooks import BusEvent, PayloadFormat, Webhook
from shared.services.variables.visibility import (
    entries_for_webhook,
    reason_withheld_from_webhook,
    webhook_sees,
)
from shared.services.webhooks.owners import Owner
from shared.validation.bus_events import as_published

Audiences: TypeAlias = Mapping[int, Audience]
"""The audiences of the changes of an event, by sequence."""


@dataclass(frozen=True, slots=True)
class EventRebuilder:
    """The log of changes and the payload formats by name, to build past events again."""

    activity: Activity
    payload_formats: Mapping[str, PayloadFormat]


def read_audiences(
    definitions: Definitions, activity: Activity, event: BusEvent, now: datetime
) -> Audiences | None:
    """Read the current audiences of the changes of an event, None if everyone gets all values.

    The slot index of the account is one item. The log of the event is read only if the account has
    variables whose values not every reader gets. The log identifies variables by slot, because a
    name in the event can belong to another variable by now. A change that is missing in the log
    gets no audience, so only webhooks of the account receive it, without values.
    """
    account_id, reference = event.account_id, event.reference
    if reference is None or reference.sequence is None:
        return None
    if not definitions.slot_index(account_id, ContextType.CONTACT).audiences:
        return None
    entries = activity.event(account_id, reference.contact_id, reference.sequence, now)
    return {each.sequence: each.change.audience for each in entries}


def payload_for(
    payload_format: PayloadFormat,
    webhook: Webhook,
    owner: Owner,
    event: BusEvent,
    contact: Contact | None,
    audiences: Audiences | None,
) -> JsonObject | None:
    """Build the payload of an event for a webhook.

    `contact` is the contact as it is now, None if it does not exist. What is hidden is left out
    for webhooks of API keys; values are withheld from every webhook. `audiences` are those of the
    changes, None if everyone gets all values.

    Returns:
        The payload, or None if the webhook receives nothing of the event.

    """
    if owner.caller is not None and not _sees_contact(owner.caller, event, contact):
        return None
    if payload_format.shows_contact and contact is None:
        return None
    visible = _visible_event(webhook, owner.caller, event, audiences)
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
    return payload_for(payload_format, webhook, owner, event, contact, None)


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
        entries = rebuilder.activity.event(
            account_id, reference.contact_id, reference.sequence, now
        )
    entries = entries_for_webhook(owner.caller, entries)
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
        ids=ContactIds(contact.external_id, contact.uuid) if contact else UNKNOWN_IDS,
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
    webhook: Webhook, caller: Caller | None, event: BusEvent, audiences: Audiences | None
) -> BusEvent | None:
    """Return the event with the changes that the webhook receives, None without any."""
    if event.topic != EventType.CONTEXT_UPDATED:
        return event
    if webhook.variables is None and audiences is None:
        return event
    wanted = [
        change
        for change in _changes(event.document)
        if _is_wanted(webhook.variables, str(change["variable"]))
    ]
    if audiences is not None:
        wanted = _received(caller, wanted, audiences)
    # The omitted changes of a truncated event may be wanted.
    if not wanted and not event.document.get("truncated"):
        return None
    return replace(event, document={**event.document, "changes": [*wanted]})


def _is_wanted(variables: Collection[str] | None, name: str) -> bool:
    return variables is None or name in variables


def _received(
    caller: Caller | None, changes: Sequence[JsonObject], audiences: Audiences
) -> list[JsonObject]:
    """Return the changes that are not hidden, without values that are withheld."""
    received = []
    for change in changes:
        audience = audiences.get(int(str(change["sequence"])))
        # The bus has none that is archived, and an account sees changes whose entry has expired.
        is_seen = caller is None if audience is None else webhook_sees(caller, audience)
        if is_seen:
            reason = (
                Withheld.PURPOSE
                if audience is None
                else reason_withheld_from_webhook(caller, audience)
            )
            received.append(_without_values(change, reason))
    return received


def _without_values(change: JsonObject, reason: Withheld | None) -> JsonObject:
    if reason is None:
        return change
    # The changes of a truncated event have no values. None is no value, which is no secret.
    withheld: JsonObject = {
        name: {"withheld": reason.value} for name in ("old", "new") if change.get(name) is not None
    }
    return {**change, **withheld}


def _changes(document: JsonObject) -> list[JsonObject]:
    changes = document.get("changes")
    if not isinstance(changes, list):
        return []
    return [each for each in changes if isinstance(each, dict) and "variable" in each]
