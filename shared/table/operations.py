"""Build DynamoDB write operations.

Source: Amazon DynamoDB API Reference, TransactWriteItems.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from shared.table.keys import Key

Item: TypeAlias = dict[str, Any]
"""An item in DynamoDB's wire format: attribute name to `{"S": ...}`, `{"N": ...}` and so on."""

Write: TypeAlias = dict[str, dict[str, Any]]
"""One entry of TransactWriteItems: `{"Put" | "Update" | "Delete" | "ConditionCheck": {...}}`."""

Condition: TypeAlias = tuple[str, Item]
"""A condition expression and its placeholders."""

MAX_WRITES = 100
"""The maximum number of writes in a transaction.

Source: DynamoDB Developer Guide, "Service, account, and table quotas", transactions.
"""

MAX_TRANSACTION_BYTES = 4_000_000
"""Less than the 4 MB of items that a transaction can have, deleted ones included.

Source: DynamoDB Developer Guide, "Service, account, and table quotas", transactions.
"""

EXISTS = "attribute_exists(pk)"
"""The condition that the item exists."""

IS_NEW = "attribute_not_exists(pk)"
"""The condition that the item does not exist."""


def as_item(key: Key) -> Item:
    """Return a key in DynamoDB's wire format."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def key_of(item: Item) -> Key:
    """Return the primary key of an item."""
    return Key(item["pk"]["S"], item["sk"]["S"])


def put(item: Item, condition: str | None = None, values: Item | None = None) -> Write:
    """Build a write that replaces an item.

    Args:
        item: The new item.
        condition: A condition expression on the stored item.
        values: The placeholders of the condition, such as `{":version": {"N": "1"}}`.
    """
    request: dict[str, Any] = {"Item": item}
    if condition:
        request["ConditionExpression"] = condition
    if values:
        request["ExpressionAttributeValues"] = values
    return {"Put": request}


def delete(key: Key, condition: str | None = None, values: Item | None = None) -> Write:
    """Build a write that deletes an item. `condition` and `values` are those of `put`."""
    request: dict[str, Any] = {"Key": as_item(key)}
    if condition:
        request["ConditionExpression"] = condition
    if values:
        request["ExpressionAttributeValues"] = values
    return {"Delete": request}


def check(
    key: Key,
    condition: str,
    values: Item | None = None,
    names: Mapping[str, str] | None = None,
) -> Write:
    """Build a check that fails its transaction unless the condition is true for the item."""
    request: dict[str, Any] = {"Key": as_item(key), "ConditionExpression": condition}
    if values:
        request["ExpressionAttributeValues"] = values
    if names:
        request["ExpressionAttributeNames"] = dict(names)
    return {"ConditionCheck": request}


def update(
    key: Key,
    sets: Item,
    removes: Sequence[str] = (),
    condition: str | None = None,
    values: Item | None = None,
    counter: str | None = None,
) -> Write:
    """Build a write that changes attributes of an item.

    Args:
        key: The key of the item. DynamoDB creates the item if it does not exist.
        sets: Attributes to set.
        removes: Names of attributes to remove.
        condition: A condition expression on the stored item. It can use `#name` and `:name` of
            each attribute that is set.
        values: Further placeholders of the condition.
        counter: The name of a number attribute to increase by one.
    """
    expression = set_clause(sets)
    if removes:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in removes)
    added = {}
    if counter:
        expression += f" ADD #{counter} :one"
        added = {":one": {"N": "1"}}
    request = {
        "Key": as_item(key),
        "UpdateExpression": expression,
        "ExpressionAttributeNames": name_placeholders(
            [*sets, *removes, *([counter] if counter else [])]
        ),
        "ExpressionAttributeValues": {**value_placeholders(sets), **added, **(values or {})},
    }
    if condition:
        request["ConditionExpression"] = condition
    return {"Update": request}


def set_clause(sets: Item) -> str:
    """Return the SET clause of an update expression."""
    return "SET " + ", ".join(f"#{name} = :{name}" for name in sets)


def name_placeholders(names: Iterable[str]) -> dict[str, str]:
    """Return `#name` for each attribute name."""
    return {f"#{name}": name for name in names}


def value_placeholders(sets: Item) -> Item:
    """Return `:name` for each attribute value."""
    return {f":{name}": value for name, value in sets.items()}
