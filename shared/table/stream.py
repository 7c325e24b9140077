"""Records of the table's stream: what they tell of contacts and of the values kept on them.

Source: Amazon DynamoDB API Reference, "StreamRecord", as AWS Lambda hands it over.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shared.domain.accounts import Attribution
from shared.domain.changes import (
    Change,
    ContactChange,
    ContactChangeKind,
    Content,
    LargeValue,
    PageWrite,
    VariableChange,
)
from shared.domain.variables import VariableType
from shared.table import items, keys
from shared.table.dynamo import Item

_KINDS = {
    "INSERT": ContactChangeKind.CREATED,
    "MODIFY": ContactChangeKind.UPDATED,
    "REMOVE": ContactChangeKind.DELETED,
}

_NO_FIELDS = frozenset(
    {"pk", "sk", "gsi1pk", "gsi1sk", "entity", "v", "updated_at", "version", items.ATTRIBUTION}
)
"""What an item of a contact carries that says nothing of the contact."""


def to_change(record: Mapping[str, Any]) -> Change | None:
    """What a record tells, or None when that is nothing that others hear of.

    Pages go only with their contact, whose own record tells it.
    """
    told = record["dynamodb"]
    new, old = told.get("NewImage", {}), told.get("OldImage", {})
    entity = (new or old).get("entity", {}).get("S")
    of = keys.contact_of(told["Keys"]["pk"]["S"])
    if of is None:
        return None
    if entity == "contact":
        return _contact_change(*of, record, new, old)
    if entity == "values" and items.WRITES in new:
        return _page_write(*of, record, new, old)
    return None


def _contact_change(
    account_id: str, contact_id: int, record: Mapping[str, Any], new: Item, old: Item
) -> ContactChange | None:
    kind = _KINDS[record["eventName"]]
    changed = {name for name in {*new, *old} - _NO_FIELDS if new.get(name) != old.get(name)}
    if kind is ContactChangeKind.UPDATED and not changed:
        return None
    return ContactChange(
        account_id=account_id,
        contact_id=contact_id,
        kind=kind,
        version=items.decode((new or old)["version"]),
        by=_attribution(record, new),
        fields=tuple(sorted(changed)) if kind is ContactChangeKind.UPDATED else (),
        visible_to=_visible_to(old) if kind is ContactChangeKind.DELETED else None,
    )


def _visible_to(contact: Item) -> tuple[str | None, int | None]:
    owner, team = (contact.get(name) for name in ("owner", "team"))
    return items.decode(owner) if owner else None, items.decode(team) if team else None


def _page_write(
    account_id: str, contact_id: int, record: Mapping[str, Any], new: Item, old: Item
) -> PageWrite:
    before, after = _contents(old), _contents(new)
    slots = [slot for slot in sorted({*before, *after}) if before.get(slot) != after.get(slot)]
    return PageWrite(
        account_id=account_id,
        contact_id=contact_id,
        page=keys.page_number(new["sk"]["S"]),
        number=items.decode(new[items.WRITES]),
        by=_attribution(record, new),
        changes=tuple(_variable_change(slot, before.get(slot), after.get(slot)) for slot in slots),
    )


_Kept = tuple[str, VariableType, type, Content]
"""A value as it is compared: to Python, True and 1 are equal."""


def _contents(page: Item) -> dict[int, _Kept]:
    return {slot: _kept(*told) for slot, told in items.values_told(page).items()}


def _kept(name: str, value: Any, variable_type: str) -> _Kept:
    content: Content = value
    if isinstance(value, dict):
        content = LargeValue(value["bytes"], value["sha256"])
    return name, VariableType(variable_type), type(content), content


def _variable_change(slot: int, before: _Kept | None, after: _Kept | None) -> VariableChange:
    name, variable_type, *_ = after or before or ("", VariableType.TEXT)
    return VariableChange(
        slot=slot,
        variable=name,
        variable_type=variable_type,
        old=before[-1] if before else None,
        new=after[-1] if after else None,
    )


def _attribution(record: Mapping[str, Any], new: Item) -> Attribution:
    # What is gone does not tell who removed it.
    if new:
        return items.to_attribution(new)
    at = record["dynamodb"]["ApproximateCreationDateTime"]
    return Attribution(datetime.fromtimestamp(at, UTC))
