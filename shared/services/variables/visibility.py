"""The rule of visibility: which variables a reader sees, and which values it gets.

Every surface applies it by these functions: dialects, the native API, activity, events, webhooks
and suggestions. The order is that of ADR 37:

1. What belongs to another user or team is hidden: it does not exist for the reader.
2. What is archived is hidden from everyone, also from webhooks of the account and the bus.
3. A value is withheld from a key whose purpose is not among those of the variable.
4. A value is withheld from a key without clearance for its sensitivity. No sensitive value
   travels on the bus or to webhooks.
5. An expired value counts as unset.

The audience of a slot has all that the rule needs, and stays when the definition is deleted. The
audiences are in the slot index of the account, so the rule reads no definitions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from shared.domain.accounts import WHOLE_ACCOUNT, Audience, Caller
from shared.domain.definitions import ContextType, Definition
from shared.domain.disclosure import Purpose, Sensitivity, Withheld
from shared.domain.values import StoredValue

if TYPE_CHECKING:
    from datetime import datetime

    from shared.domain.changes import ActivityEntry


def reason_withheld(caller: Caller, audience: Audience) -> Withheld | None:
    """Return why values are withheld from a caller who sees their variable, or None."""
    # Nearly every value has this audience, and a request can have thousands.
    if audience is WHOLE_ACCOUNT:
        return None
    return audience.withheld_from(caller.purpose, caller.sensitivity)


def reason_withheld_from_webhook(caller: Caller | None, audience: Audience) -> Withheld | None:
    """Return why values are withheld from a webhook, or None.

    A webhook reads for its own purpose, whatever the purpose of its key. `caller` is its key, None
    for a webhook of the account. Nothing sensitive is sent, whatever the clearance of the key.
    """
    return audience.withheld_from(Purpose.WEBHOOK, webhook_clearance(caller))


def webhook_sees(caller: Caller | None, audience: Audience) -> bool:
    """Return whether a variable exists for a webhook. `caller` is its key, None for the account."""
    return not audience.archived if caller is None else caller.sees(audience)


def webhook_clearance(caller: Caller | None) -> Sensitivity:
    """Return the most sensitive values that webhooks of a key send; None is the account."""
    if caller is None or caller.sensitivity.allows(Sensitivity.PERSONAL):
        return Sensitivity.PERSONAL
    return caller.sensitivity


def gets_values(caller: Caller, audience: Audience) -> bool:
    """Return whether a caller sees a variable and its values are not withheld."""
    if audience is WHOLE_ACCOUNT:
        return True
    return caller.sees(audience) and reason_withheld(caller, audience) is None


def visible_values(caller: Caller, values: Iterable[StoredValue]) -> tuple[StoredValue, ...]:
    """Return the values that the caller gets, in their order."""
    return tuple(
        value
        for value in values
        if value.audience is WHOLE_ACCOUNT
        or (gets_values(caller, value.audience) and unexpired(caller, value))
    )


def unexpired(caller: Caller, value: StoredValue | None) -> StoredValue | None:
    """Return a value that has its audience, or None if it has expired."""
    if value is None or value.audience.has_expired(value.updated_at, caller.requested_at):
        return None
    return value


def visible_entries(caller: Caller, entries: Iterable[ActivityEntry]) -> list[ActivityEntry]:
    """Return the changes of variables that the caller sees, in their order.

    Values that are withheld are replaced by the reason.
    """
    return [
        _without_values(entry, reason_withheld(caller, entry.change.audience), caller.requested_at)
        for entry in entries
        if caller.sees(entry.change.audience)
    ]


def reasons_withheld_from_webhook(
    caller: Caller | None, entry: ActivityEntry, now: datetime
) -> tuple[Withheld | None, Withheld | None]:
    """Return why the old and the new value of a change are withheld from a webhook, or None."""
    reason = reason_withheld_from_webhook(caller, entry.change.audience)
    return _reasons_in_change(entry, reason, now)


def entries_for_webhook(
    caller: Caller | None, entries: Iterable[ActivityEntry], now: datetime
) -> list[ActivityEntry]:
    """Return the changes that a webhook receives, in their order.

    Values that are withheld are replaced by the reason.
    """
    return [
        _without_values(entry, reason_withheld_from_webhook(caller, entry.change.audience), now)
        for entry in entries
        if webhook_sees(caller, entry.change.audience)
    ]


def entries_for_bus(entries: Iterable[ActivityEntry], now: datetime) -> list[ActivityEntry]:
    """Return changes as they travel on the bus.

    Changes of archived variables are left out. Sensitive and expired values are replaced by the
    reason.
    """
    return [
        _without_values(entry, entry.change.audience.withheld_from(None, Sensitivity.PERSONAL), now)
        for entry in entries
        if not entry.change.audience.archived
    ]


def visible_definitions(
    caller: Caller, context_types: Collection[ContextType], definitions: Iterable[Definition]
) -> list[Definition]:
    """Return the definitions of these context types that the caller can see, in their order."""
    return [
        each for each in definitions if each.context_type in context_types and caller.sees(each)
    ]


def _reasons_in_change(
    entry: ActivityEntry, reason: Withheld | None, now: datetime
) -> tuple[Withheld | None, Withheld | None]:
    """Return why the old and the new value are withheld, given a reason that applies to both."""
    audience = entry.change.audience
    if reason is not None or audience.expires_after_seconds is None:
        return reason, reason
    # Without a time of its own, the old value is at least as old as the change.
    old, new = (
        Withheld.EXPIRED if audience.has_expired(set_at or entry.by.at, now) else None
        for set_at in entry.change.set_at
    )
    return old, new


def _without_values(entry: ActivityEntry, reason: Withheld | None, now: datetime) -> ActivityEntry:
    """Replace values that have expired, and both values if there is a reason."""
    reasons = _reasons_in_change(entry, reason, now)
    if not any(reasons):
        return entry
    # Imported here because only activity and events have changes.
    from shared.domain.changes import WithheldValue  # noqa: PLC0415

    change = entry.change
    old, new = (
        content if content is None or each is None else WithheldValue(each)
        for content, each in zip((change.old, change.new), reasons, strict=True)
    )
    return replace(entry, change=replace(change, old=old, new=new))
