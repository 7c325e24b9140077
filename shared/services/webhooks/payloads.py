"""What a webhook receives of an event: only what its owner sees at this moment."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from shared.domain.accounts import Attribution, Audience, Caller
from shared.domain.changes import Activity, ActivityEntry, Event, EventType
from shared.domain.contacts import Contact
from shared.domain.deliveries import (
    Delivery,
    EventReference,
)
from shared.domain.variables import ContextType, Definitions, JsonObject
from shared.domain.webhooks import (
    BusEvent,
    PayloadFormat,
    Webhook,
)
from shared.services.variables.visibility import visible_entries
from shared.services.webhooks.owners import Owner

Audiences: TypeAlias = Mapping[int, Audience] | None
"""Who sees the changes of an event, by sequence; None if the whole account sees them all."""


@dataclass(frozen=True, slots=True)
class EventArchive:
    """Where the event of a delivery is read again; `document` builds what was on the bus."""

    activity: Activity
    forms: Mapping[str, PayloadFormat]
    document: Callable[[Event], JsonObject]


def contact_id_of(event: BusEvent) -> int:
    """The number of the contact that an event is about."""
    return int(str(event.document.get("contact_id", "")).removeprefix("contact_"))


def reference_to(event: BusEvent) -> EventReference:
    """The facts by which an event is built again later."""
    document = event.document
    texts = {name: document.get(name) or "" for name in ("source", "key_id", "request_id")}
    origin_id = document.get("origin_id")
    by = Attribution(
        event.occurred_at,
        **{name: str(text) for name, text in texts.items()},
        origin_id=None if origin_id is None else str(origin_id),
    )
    names = document.get("fields")
    return EventReference(
        contact_id=contact_id_of(event),
        by=by,
        sequence=_first_sequence(document),
        fields=tuple(map(str, names)) if isinstance(names, list) else (),
        visible_to=_visible_to(document),
    )


def read_audiences(
    definitions: Definitions, activity: Activity, event: BusEvent, now: datetime
) -> Audiences:
    """Read who sees the changes of an event now.

    Reads one item of the account, and the log of the event only if the account has variables with
    an owner or a team. The log has slots: a name of the event can be that of another variable by
    now. A change that the log does not have has no audience: nobody sees it.
    """
    account_id, first = event.account_id, _first_sequence(event.document)
    if first is None or not definitions.slot_index(account_id, ContextType.CONTACT).audiences:
        return None
    entries = activity.event(account_id, contact_id_of(event), first, now)
    return {each.sequence: each.change.audience for each in entries}


def payload_for(
    form: PayloadFormat,
    webhook: Webhook,
    owner: Owner,
    event: BusEvent,
    contact: Contact | None,
    audiences: Audiences,
) -> JsonObject | None:
    """What is sent of an event to a webhook, None if that is nothing.

    The audiences count for webhooks of API keys only.
    """
    if owner.caller is not None and not _sees_contact(owner.caller, event, contact):
        return None
    if form.shows_contact and contact is None:
        return None
    part = _part_for(webhook, owner.caller, event, audiences)
    return form.payload(part, contact if form.shows_contact else None) if part else None


def payload_again(
    archive: EventArchive,
    account_id: str,
    webhook: Webhook,
    owner: Owner,
    delivery: Delivery,
    contact: Contact | None,
    now: datetime,
) -> JsonObject | None:
    """Build the payload of a delivery again, None if the event cannot be read or seen any more."""
    event = _event_again(archive, account_id, owner, delivery, now)
    if event is None:
        return None
    # Its changes have their audiences in the log, and were chosen by them.
    return payload_for(archive.forms[webhook.form], webhook, owner, event, contact, None)


def _event_again(
    archive: EventArchive, account_id: str, owner: Owner, delivery: Delivery, now: datetime
) -> BusEvent | None:
    known = delivery.event
    if known is None:
        return None
    entries: Sequence[ActivityEntry] = ()
    if known.sequence:
        entries = archive.activity.event(account_id, known.contact_id, known.sequence, now)
    if owner.caller is not None:
        entries = visible_entries(owner.caller, entries)
    if delivery.topic == EventType.CONTEXT_UPDATED and not entries:
        return None
    event = Event(
        event_id=delivery.event_id,
        event_type=EventType(delivery.topic),
        account_id=account_id,
        contact_id=known.contact_id,
        by=known.by,
        entries=tuple(entries),
        fields=known.fields,
        visible_to=known.visible_to,
    )
    document = archive.document(event)
    return BusEvent(delivery.event_id, delivery.topic, delivery.occurred_at, account_id, document)


def _sees_contact(caller: Caller, event: BusEvent, contact: Contact | None) -> bool:
    if contact is not None:
        return caller.sees(contact)
    # The contact is gone. Only the event of its deletion says whose it was.
    visible_to = _visible_to(event.document)
    if event.topic != EventType.CONTACT_DELETED or visible_to is None:
        return False
    return caller.sees(Audience(*visible_to))


def _part_for(
    webhook: Webhook, caller: Caller | None, event: BusEvent, audiences: Audiences
) -> BusEvent | None:
    """The event with the changes that a webhook is sent, None without any."""
    if event.topic != EventType.CONTEXT_UPDATED:
        return event
    hidden_from = None if audiences is None else caller
    if webhook.variables is None and hidden_from is None:
        return event
    wanted = [
        change
        for change in _changes(event.document)
        if _is_wanted(webhook.variables, str(change["variable"]))
        and _is_seen(hidden_from, (audiences or {}).get(int(str(change["sequence"]))))
    ]
    # A truncated event does not say which changes were left out.
    if not wanted and not event.document.get("truncated"):
        return None
    return replace(event, document={**event.document, "changes": [*wanted]})


def _is_wanted(variables: Collection[str] | None, name: str) -> bool:
    return variables is None or name in variables


def _is_seen(caller: Caller | None, audience: Audience | None) -> bool:
    return caller is None or (audience is not None and caller.sees(audience))


def _changes(document: JsonObject) -> list[JsonObject]:
    changes = document.get("changes")
    if not isinstance(changes, list):
        return []
    return [each for each in changes if isinstance(each, dict) and "variable" in each]


def _first_sequence(document: JsonObject) -> int | None:
    sequences = (change.get("sequence") for change in _changes(document))
    first = next(sequences, None)
    return first if isinstance(first, int) else None


def _visible_to(document: JsonObject) -> tuple[str | None, int | None] | None:
    told = document.get("visible_to")
    if not isinstance(told, dict):
        return None
    owner, team = told.get("owner"), told.get("team")
    return (
        owner if isinstance(owner, str) else None,
        team if isinstance(team, int) else None,
    )
