"""The few things that are asked of DynamoDB, each as cheap as it can be had."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from shared.domain.errors import Unavailable, WriteConflict
from shared.table.errors import translated, verify_checksum
from shared.table.keys import Key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Item: TypeAlias = dict[str, Any]
"""An item as DynamoDB's wire has it: attribute name to `{"S": ...}` and the like."""

Write: TypeAlias = dict[str, dict[str, Any]]
"""One entry of TransactWriteItems: `{"Put" | "Update" | "Delete" | "ConditionCheck": {...}}`."""

MAX_WRITES = 100
"""Source: DynamoDB Developer Guide, "Service, account, and table quotas", transactions."""

_MAX_KEYS_PER_BATCH = 100
_BATCH_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Seconds before each try at what a batch left unprocessed."""


class Table:
    """One DynamoDB table; every read of it is strongly consistent unless it says otherwise."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        client.meta.events.register(
            "after-call.dynamodb", verify_checksum, unique_id="hold_to_checksum"
        )
        self._client = client
        self._name = name

    def get(self, key: Key) -> Item | None:
        """The item of that key, or None."""
        with translated():
            answer = self._client.get_item(
                TableName=self._name, Key=as_item(key), ConsistentRead=True
            )
        return answer.get("Item")

    def get_many(self, keys: Sequence[Key]) -> list[Item]:
        """The items of those keys that exist, in no order; one request for each 100 keys."""
        found: list[Item] = []
        for start in range(0, len(keys), _MAX_KEYS_PER_BATCH):
            found += self._get_batch(keys[start : start + _MAX_KEYS_PER_BATCH])
        return found

    def query(self, pk: str, prefix: str = "") -> Iterator[Item]:
        """The items of a partition whose sort key starts with the prefix, in its order."""
        clauses, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            clauses += " AND begins_with(sk, :prefix)"
            values[":prefix"] = {"S": prefix}
        yield from self._pages(
            KeyConditionExpression=clauses,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )

    def query_back(self, first: Key, last: Key) -> Iterator[Item]:
        """The items of a partition from the last key back to the first, both included."""
        yield from self._pages(
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": first.pk},
                ":first": {"S": first.sk},
                ":last": {"S": last.sk},
            },
            ScanIndexForward=False,
            ConsistentRead=True,
        )

    def query_page(
        self, pk: str, prefix: str, after: Key | None, limit: int, *, newest_first: bool = False
    ) -> tuple[list[Item], bool]:
        """So many items of a partition that come after a key, and whether more may come."""
        request: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {":pk": {"S": pk}, ":prefix": {"S": prefix}},
            "ConsistentRead": True,
            "ScanIndexForward": not newest_first,
            # One more than is wanted tells whether there is another page.
            "Limit": limit + 1,
        }
        if after is not None:
            request["ExclusiveStartKey"] = as_item(after)
        with translated():
            answer = self._client.query(TableName=self._name, **request)
        found = answer["Items"]
        return found[:limit], len(found) > limit or "LastEvaluatedKey" in answer

    def query_index(self, index: str, pk: str) -> Iterator[Item]:
        """The items of an index partition in its order; eventually consistent, as indexes are."""
        yield from self._pages(
            IndexName=index,
            KeyConditionExpression="gsi1pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
        )

    def add(
        self, key: Key, mark: Item, increments: Mapping[str, int], removes: Sequence[str] = ()
    ) -> dict[str, int]:
        """Raise counters of an item, which carries the mark, and return what they are then."""
        forgotten = ", ".join(f"#{name}" for name in removes)
        removal = f" REMOVE {forgotten}" if removes else ""
        changes = ", ".join(f"#{name} :{name}" for name in increments)
        added = {f":{name}": {"N": str(count)} for name, count in increments.items()}
        with translated():
            answer = self._client.update_item(
                TableName=self._name,
                Key=as_item(key),
                UpdateExpression=f"{_set(mark)} ADD {changes}{removal}",
                ExpressionAttributeNames=_names([*mark, *increments, *removes]),
                ExpressionAttributeValues={**_values(mark), **added},
                ReturnValues="UPDATED_NEW",
            )
        return {name: int(answer["Attributes"][name]["N"]) for name in increments}

    def add_within(
        self,
        key: Key,
        mark: Item,
        increments: Mapping[str, int],
        condition: str,
        values: Item,
        sets: Mapping[str, int],
    ) -> tuple[dict[str, int] | None, Item]:
        """Raise counters as `add` does and set others, if the condition holds for the item.

        The condition uses the values. Gives what the counters are then and no item; if it does not
        hold, None and the item as it is.
        """
        changed = {**mark, **{name: {"N": str(count)} for name, count in sets.items()}}
        changes = ", ".join(f"#{name} :{name}" for name in increments)
        added = {f":{name}": {"N": str(count)} for name, count in increments.items()}
        try:
            with translated():
                answer = self._client.update_item(
                    TableName=self._name,
                    Key=as_item(key),
                    UpdateExpression=f"{_set(changed)} ADD {changes}",
                    ConditionExpression=condition,
                    ExpressionAttributeNames=_names([*changed, *increments]),
                    ExpressionAttributeValues={**_values(changed), **added, **values},
                    ReturnValues="UPDATED_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except WriteConflict as conflict:
            response: Any = getattr(conflict.__cause__, "response", {})
            if "Item" not in response:
                # No condition has failed: a transaction is in the way.
                raise
            return None, response["Item"]
        return {name: int(answer["Attributes"][name]["N"]) for name in increments}, {}

    def raise_to(self, key: Key, mark: Item, counter: str, least: int) -> None:
        """Raise a counter of an item, which carries the mark, to at least this."""
        sets = {**mark, counter: {"N": str(least)}}
        with suppress(WriteConflict), translated():
            self._client.update_item(
                TableName=self._name,
                Key=as_item(key),
                UpdateExpression=_set(sets),
                ConditionExpression=f"attribute_not_exists(#{counter}) OR #{counter} < :{counter}",
                ExpressionAttributeNames=_names(sets),
                ExpressionAttributeValues=_values(sets),
            )

    def count_up(self, key: Key, mark: Item, counter: str, limit: int) -> None:
        """Raise a counter of an item, which carries the mark, by one.

        Raises WriteConflict when the counter is at its limit.
        """
        bounds = {":one": {"N": "1"}, ":limit": {"N": str(limit)}}
        with translated():
            self._client.update_item(
                TableName=self._name,
                Key=as_item(key),
                UpdateExpression=f"{_set(mark)} ADD #{counter} :one",
                ConditionExpression=f"attribute_not_exists(#{counter}) OR #{counter} < :limit",
                ExpressionAttributeNames=_names([*mark, counter]),
                ExpressionAttributeValues={**_values(mark), **bounds},
            )

    def write(self, writes: Sequence[Write]) -> None:
        """Write all or nothing: a lone write by its own request, at half a transaction's price.

        Raises WriteConflict when a condition fails or another transaction is in the way.
        """
        with translated():
            if len(writes) > 1 or "ConditionCheck" in writes[0]:
                transaction: Any = [self._with_name(write) for write in writes]
                self._client.transact_write_items(TransactItems=transaction)
                return
            ((kind, request),) = self._with_name(writes[0]).items()
            lone: dict[str, Callable[..., Any]] = {
                "Put": self._client.put_item,
                "Update": self._client.update_item,
                "Delete": self._client.delete_item,
            }
            lone[kind](**request)

    def _with_name(self, write: Write) -> Write:
        return {kind: {"TableName": self._name, **request} for kind, request in write.items()}

    def _get_batch(self, keys: Sequence[Key]) -> list[Item]:
        found: list[Item] = []
        wanted: Any = {self._name: {"Keys": [as_item(key) for key in keys], "ConsistentRead": True}}
        for pause in _BATCH_PAUSES:
            if pause:
                time.sleep(pause)
            with translated():
                answer = self._client.batch_get_item(RequestItems=wanted)
            found += answer["Responses"].get(self._name, [])
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return found
        raise Unavailable

    def _pages(self, **request: Any) -> Iterator[Item]:
        while True:
            with translated():
                answer = self._client.query(TableName=self._name, **request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def as_item(key: Key) -> Item:
    """A key as DynamoDB's wire has it."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def key_of(item: Item) -> Key:
    """The key of an item."""
    return Key(item["pk"]["S"], item["sk"]["S"])


def put(item: Item, condition: str | None = None, values: Item | None = None) -> Write:
    """Put an item, if the condition holds."""
    request: dict[str, Any] = {"Item": item}
    if condition:
        request["ConditionExpression"] = condition
    if values:
        request["ExpressionAttributeValues"] = values
    return {"Put": request}


def delete(key: Key, condition: str | None = None, values: Item | None = None) -> Write:
    """Delete an item, if the condition holds."""
    request: dict[str, Any] = {"Key": as_item(key)}
    if condition:
        request["ConditionExpression"] = condition
    if values:
        request["ExpressionAttributeValues"] = values
    return {"Delete": request}


def check(key: Key, condition: str) -> Write:
    """Let the other writes happen only if the condition holds for this item."""
    return {"ConditionCheck": {"Key": as_item(key), "ConditionExpression": condition}}


def update(
    key: Key,
    sets: Item,
    removes: Sequence[str] = (),
    condition: str | None = None,
    values: Item | None = None,
    counter: str | None = None,
) -> Write:
    """Set and remove attributes of an item, if the condition, which uses the values, holds.

    The counter, if any, is raised by one.
    """
    expression = _set(sets)
    if removes:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in removes)
    added = {}
    if counter:
        expression += f" ADD #{counter} :one"
        added = {":one": {"N": "1"}}
    request = {
        "Key": as_item(key),
        "UpdateExpression": expression,
        "ExpressionAttributeNames": _names([*sets, *removes, *([counter] if counter else [])]),
        "ExpressionAttributeValues": {**_values(sets), **added, **(values or {})},
    }
    if condition:
        request["ConditionExpression"] = condition
    return {"Update": request}


def _set(sets: Item) -> str:
    return "SET " + ", ".join(f"#{name} = :{name}" for name in sets)


def _names(attributes: Iterable[str]) -> dict[str, str]:
    return {f"#{name}": name for name in attributes}


def _values(sets: Item) -> Item:
    return {f":{name}": value for name, value in sets.items()}
