"""Convert records of the table's stream to changes of contacts and of their values.

Source: Amazon DynamoDB API Reference, "StreamRecord", in the format that AWS Lambda receives.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from shared.domain.accounts import Attribution
from shared.domain.changes import (
    SWEEP,
    ContactChange,
    ContactChangeKind,
    Content,
    LargeValue,
    OwnerAndTeam,
    PageWrite,
    StreamChange,
    VariableChange,
)
from shared.domain.definitions import VariableType
from shared.domain.sources import Source
from shared.table import codec, keys, value_items
from shared.table.contact_items import to_contact_ids
from shared.table.operations import Item
from shared.table.value_records import Record

_KINDS = {
    "INSERT": ContactChangeKind.CREATED,
    "MODIFY": ContactChangeKind.UPDATED,
    "REMOVE": ContactChangeKind.DELETED,
}

_INTERNAL_ATTRIBUTES = frozenset(
    {
        *("pk", "sk", "gsi1pk", "gsi1sk", "entity", "v", "updated_at", "version"),
        *("merged_from", codec.ATTRIBUTION),
    }
)
"""Attributes of a contact item that are no fields, or whose change is another event."""


def to_change(record: Mapping[str, Any]) -> StreamChange | None:
    """Convert a stream record.

    Returns:
        None if the record is not about a contact, or changes nothing that subscribers see. The
        removal of a page is not a change: pages are deleted with their contact only, which has a
        record of its own.
    """
    stream_record = record["dynamodb"]
    new, old = stream_record.get("NewImage", {}), stream_record.get("OldImage", {})
    entity = (new or old).get("entity", {}).get("S")
    contact = keys.contact_of(stream_record["Keys"]["pk"]["S"])
    if contact is None:
        return None
    if entity == "contact":
        return _contact_change(*contact, record, new, old)
    if entity == "values" and value_items.WRITES in new:
        return _page_write(*contact, record, new, old)
    return None


def _contact_change(
    account_id: str, contact_id: int, record: Mapping[str, Any], new: Item, old: Item
) -> ContactChange | None:
    kind = _KINDS[record["eventName"]]
    names = {*new, *old} - _INTERNAL_ATTRIBUTES
    changed = {name for name in names if new.get(name) != old.get(name)}
    merged_ids = _merged_ids(new, old)
    if kind is ContactChangeKind.UPDATED and not changed and not merged_ids:
        return None
    return ContactChange(
        account_id=account_id,
        contact_id=contact_id,
        kind=kind,
        version=codec.decode((new or old)["version"]),
        by=_attribution(record, new),
        fields=tuple(sorted(changed)) if kind is ContactChangeKind.UPDATED else (),
        visible_to=_owner_and_team(old) if kind is ContactChangeKind.DELETED else None,
        ids=to_contact_ids(new or old),
        merged_ids=merged_ids,
    )


def _merged_ids(new: Item, old: Item) -> tuple[int, ...]:
    """Return the contacts that a change has merged into its contact, all of them if it is gone."""
    before, after = (
        codec.decode(image["merged_from"]) if "merged_from" in image else [] for image in (old, new)
    )
    return tuple(each for each in after if each not in before) if new else tuple(before)


def _owner_and_team(contact: Item) -> OwnerAndTeam:
    owner, team = (contact.get(name) for name in ("owner", "team"))
    return codec.decode(owner) if owner else None, codec.decode(team) if team else None


def _page_write(
    account_id: str, contact_id: int, record: Mapping[str, Any], new: Item, old: Item
) -> PageWrite:
    by = _attribution(record, new)
    records = value_items.stored_records(new)
    old_records = value_items.stored_records(old)
    before = _slot_contents(old_records)
    after = _slot_contents(records)
    sources = {slot: each.source for slot, each in records.items()}
    # Expired values that are removed are none already.
    slots = [
        slot
        for slot in sorted({*before, *after} if by.channel != SWEEP else ())
        if _compared(before.get(slot)) != _compared(after.get(slot))
    ]
    return PageWrite(
        account_id=account_id,
        contact_id=contact_id,
        page=keys.page_number(new["sk"]["S"]),
        number=codec.decode(new[value_items.WRITES]),
        by=by,
        changes=tuple(
            replace(
                _variable_change(slot, before.get(slot), after.get(slot)),
                source=_if_different(sources.get(slot), by.value_source),
                set_at=(_set_at(old_records.get(slot)), _set_at(records.get(slot))),
            )
            for slot in slots
        ),
    )


class _SlotContent(NamedTuple):
    """A stored value, whose members after the name are comparable."""

    name: str
    variable_type: VariableType
    python_type: type
    """Distinguishes True from 1, which are equal in Python."""
    content: Content


def _compared(content: _SlotContent | None) -> tuple[Any, ...] | None:
    # A slot keeps its variable: another name says that it was renamed since.
    return content and content[1:]


def _slot_contents(records: Mapping[int, Record]) -> dict[int, _SlotContent]:
    return {slot: _slot_content(each) for slot, each in records.items()}


def _slot_content(record: Record) -> _SlotContent:
    content: Content = record.value
    if isinstance(record.value, dict):
        content = LargeValue(record.value["bytes"], record.value["sha256"])
    return _SlotContent(record.name, record.variable_type, type(content), content)


def _variable_change(
    slot: int, before: _SlotContent | None, after: _SlotContent | None
) -> VariableChange:
    name, variable_type, *_ = after or before or ("", VariableType.TEXT)
    return VariableChange(
        slot=slot,
        variable=name,
        variable_type=variable_type,
        old=before.content if before else None,
        new=after.content if after else None,
    )


def _set_at(record: Record | None) -> datetime | None:
    return None if record is None else record.updated_at


def _if_different(source: Source | None, of_write: Source) -> Source | None:
    return None if source is of_write else source


def _attribution(record: Mapping[str, Any], new: Item) -> Attribution:
    # A deletion has no new image that says who made it.
    if new:
        return codec.to_attribution(new)
    at = record["dynamodb"]["ApproximateCreationDateTime"]
    return Attribution(datetime.fromtimestamp(at, UTC))
