"""Send requests to one DynamoDB table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from shared.domain.errors import Unavailable, WriteConflict
from shared.table.errors import conflicting_item, translate_errors, verify_checksum
from shared.table.keys import Key
from shared.table.operations import (
    Item,
    Write,
    as_item,
    name_placeholders,
    set_clause,
    value_placeholders,
)
from shared.table.seen_heads import distrust_memory

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_MAX_KEYS_PER_BATCH = 100
_BATCH_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Seconds to wait before each request for the unprocessed keys of a batch."""


class Table:
    """One DynamoDB table. Reads are strongly consistent unless a method says otherwise."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        client.meta.events.register(
            "after-call.dynamodb", verify_checksum, unique_id="verify_checksum"
        )
        self._client = client
        self._name = name

    def get(self, key: Key) -> Item | None:
        """Return an item, or None if it does not exist."""
        with translate_errors():
            response = self._client.get_item(
                TableName=self._name, Key=as_item(key), ConsistentRead=True
            )
        return response.get("Item")

    def get_many(self, keys: Sequence[Key], *, is_consistent: bool = True) -> list[Item]:
        """Return the items that exist, in no order. Sends one request for each 100 keys."""
        found: list[Item] = []
        for start in range(0, len(keys), _MAX_KEYS_PER_BATCH):
            found += self._get_batch(
                keys[start : start + _MAX_KEYS_PER_BATCH], is_consistent=is_consistent
            )
        return found

    def query(self, pk: str, prefix: str = "", *, is_consistent: bool = True) -> Iterator[Item]:
        """Yield the items of a partition whose sort keys start with the prefix, in key order."""
        clauses, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            clauses += " AND begins_with(sk, :prefix)"
            values[":prefix"] = {"S": prefix}
        yield from self._pages(
            KeyConditionExpression=clauses,
            ExpressionAttributeValues=values,
            ConsistentRead=is_consistent,
        )

    def query_between(self, first: Key, last: Key) -> Iterator[Item]:
        """Yield the items of a partition from the first key to the last, both included."""
        yield from self._between(first, last, ascending=True)

    def query_back(self, first: Key, last: Key) -> Iterator[Item]:
        """Yield the items of a partition from the last key back to the first, both included."""
        yield from self._between(first, last, ascending=False)

    def query_page(
        self,
        pk: str,
        prefix: str,
        after: Key | None,
        limit: int,
        *,
        newest_first: bool = False,
        is_consistent: bool = True,
    ) -> tuple[list[Item], bool]:
        """Return one page of the items whose sort keys start with the prefix.

        Args:
            pk: The partition key.
            prefix: What the sort keys start with.
            after: The key of the last item of the previous page. It need not exist.
            limit: The maximum number of items.
            newest_first: Read in descending key order.
            is_consistent: Whether the read is strongly consistent.

        Returns:
            The items, and whether there may be more.
        """
        request: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {":pk": {"S": pk}, ":prefix": {"S": prefix}},
            "ConsistentRead": is_consistent,
            "ScanIndexForward": not newest_first,
            # An item beyond the limit shows that there is another page.
            "Limit": limit + 1,
        }
        if after is not None:
            request["ExclusiveStartKey"] = as_item(after)
        with translate_errors():
            response = self._client.query(TableName=self._name, **request)
        found = response["Items"]
        return found[:limit], len(found) > limit or "LastEvaluatedKey" in response

    def query_index(self, index: str, pk: str) -> Iterator[Item]:
        """Yield the items of an index partition in key order. The read is eventually consistent."""
        yield from self._pages(
            IndexName=index,
            KeyConditionExpression="gsi1pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
        )

    def query_index_between(self, index: str, first: Key, last: Key) -> Iterator[Item]:
        """Yield the items of an index partition between two keys, both included.

        The read is eventually consistent, and in key order.
        """
        yield from self._pages(
            IndexName=index,
            KeyConditionExpression="gsi1pk = :pk AND gsi1sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": first.pk},
                ":first": {"S": first.sk},
                ":last": {"S": last.sk},
            },
        )

    def query_index_page(
        self, index: str, pk: str, before: str | None, limit: int
    ) -> tuple[list[Item], bool]:
        """Return one page of an index partition in descending order.

        The read is eventually consistent.

        Args:
            index: The name of the index.
            pk: The partition key of the index.
            before: The sort key of the last item of the previous page. It need not exist.
            limit: The maximum number of items.

        Returns:
            The items, and whether there may be more.
        """
        clauses, values = "gsi1pk = :pk", {":pk": {"S": pk}}
        if before is not None:
            clauses += " AND gsi1sk < :before"
            values[":before"] = {"S": before}
        with translate_errors():
            response = self._client.query(
                TableName=self._name,
                IndexName=index,
                KeyConditionExpression=clauses,
                ExpressionAttributeValues=values,
                ScanIndexForward=False,
                # An item beyond the limit shows that there is another page.
                Limit=limit + 1,
            )
        found = response["Items"]
        return found[:limit], len(found) > limit or "LastEvaluatedKey" in response

    def count_index(self, index: str, first: Key, last: Key, limit: int) -> tuple[int, str | None]:
        """Count the items of an index partition between two keys, both included.

        The read is eventually consistent.

        Args:
            index: The name of the index.
            first: The key in the index to start at.
            last: The key in the index to end at.
            limit: The maximum number of items to count.

        Returns:
            The number of items, and the sort key of the last one if there may be more.
        """
        with translate_errors():
            response = self._client.query(
                TableName=self._name,
                IndexName=index,
                KeyConditionExpression="gsi1pk = :pk AND gsi1sk BETWEEN :first AND :last",
                ExpressionAttributeValues={
                    ":pk": {"S": first.pk},
                    ":first": {"S": first.sk},
                    ":last": {"S": last.sk},
                },
                Select="COUNT",
                Limit=limit,
            )
        end = response.get("LastEvaluatedKey")
        return response["Count"], end["gsi1sk"]["S"] if end else None

    def add(
        self, key: Key, attributes: Item, increments: Mapping[str, int], removes: Sequence[str] = ()
    ) -> dict[str, int]:
        """Increase counters of an item.

        Args:
            key: The key of the item. DynamoDB creates the item if it does not exist.
            attributes: Attributes to set on the item.
            increments: By how much to increase each counter.
            removes: Names of attributes to remove.

        Returns:
            The new value of each counter.
        """
        removed = ", ".join(f"#{name}" for name in removes)
        removal = f" REMOVE {removed}" if removes else ""
        additions, added = _additions(increments)
        with translate_errors():
            response = self._client.update_item(
                TableName=self._name,
                Key=as_item(key),
                UpdateExpression=f"{set_clause(attributes)} {additions}{removal}",
                ExpressionAttributeNames=name_placeholders([*attributes, *increments, *removes]),
                ExpressionAttributeValues={**value_placeholders(attributes), **added},
                ReturnValues="UPDATED_NEW",
            )
        return {name: int(response["Attributes"][name]["N"]) for name in increments}

    def add_within(
        self,
        key: Key,
        attributes: Item,
        increments: Mapping[str, int],
        condition: str,
        values: Item,
        sets: Mapping[str, int],
    ) -> tuple[dict[str, int] | None, Item]:
        """Increase counters of an item if a condition is true.

        Args:
            key: The key of the item.
            attributes: Attributes to set on the item.
            increments: By how much to increase each counter.
            condition: A condition expression on the stored item.
            values: The placeholders of the condition.
            sets: Counters to set to a value.

        Returns:
            The new value of each counter and an empty item. If the condition is false, None and
            the stored item.

        Raises:
            WriteConflict: A transaction is writing the item.
        """
        changed = {**attributes, **{name: {"N": str(count)} for name, count in sets.items()}}
        additions, added = _additions(increments)
        try:
            with translate_errors():
                response = self._client.update_item(
                    TableName=self._name,
                    Key=as_item(key),
                    UpdateExpression=f"{set_clause(changed)} {additions}",
                    ConditionExpression=condition,
                    ExpressionAttributeNames=name_placeholders([*changed, *increments]),
                    ExpressionAttributeValues={**value_placeholders(changed), **added, **values},
                    ReturnValues="UPDATED_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except WriteConflict as conflict:
            stored = conflicting_item(conflict)
            if stored is None:
                # The condition did not fail: a transaction is writing the item.
                raise
            return None, stored
        return {name: int(response["Attributes"][name]["N"]) for name in increments}, {}

    def raise_to(self, key: Key, attributes: Item, counter: str, least: int) -> None:
        """Increase a counter to `least` and set attributes, unless the counter is that high."""
        sets = {**attributes, counter: {"N": str(least)}}
        with suppress(WriteConflict), translate_errors():
            self._client.update_item(
                TableName=self._name,
                Key=as_item(key),
                UpdateExpression=set_clause(sets),
                ConditionExpression=f"attribute_not_exists(#{counter}) OR #{counter} < :{counter}",
                ExpressionAttributeNames=name_placeholders(sets),
                ExpressionAttributeValues=value_placeholders(sets),
            )

    def count_up(self, key: Key, attributes: Item, counter: str, limit: int) -> int:
        """Increase a counter by one, set the attributes, and return the new value.

        Raises:
            WriteConflict: The counter has reached the limit.
        """
        bounds = {":one": {"N": "1"}, ":limit": {"N": str(limit)}}
        with translate_errors():
            response = self._client.update_item(
                TableName=self._name,
                Key=as_item(key),
                UpdateExpression=f"{set_clause(attributes)} ADD #{counter} :one",
                ConditionExpression=f"attribute_not_exists(#{counter}) OR #{counter} < :limit",
                ExpressionAttributeNames=name_placeholders([*attributes, counter]),
                ExpressionAttributeValues={**value_placeholders(attributes), **bounds},
                ReturnValues="UPDATED_NEW",
            )
        return int(response["Attributes"][counter]["N"])

    def write(self, writes: Sequence[Write], *, once: bool = False) -> None:
        """Apply all writes or none.

        A single write is sent without a transaction, which costs half as much.

        Args:
            writes: The writes.
            once: Send a transaction in any case. Its token ensures that it takes effect once, also
                when the response of an attempt is lost.

        Raises:
            WriteConflict: A condition is false, or another transaction writes the same item.
            ContextTooLarge: An item or the transaction exceeds DynamoDB's size limit.
            Unavailable: DynamoDB cannot process the request now.
        """
        try:
            self._write(writes, once=once)
        except WriteConflict:
            # What this request remembers can be the reason, so it reads everything again.
            distrust_memory()
            raise

    def _write(self, writes: Sequence[Write], *, once: bool) -> None:
        with translate_errors():
            if once or len(writes) > 1 or "ConditionCheck" in writes[0]:
                transaction: Any = [self._with_name(write) for write in writes]
                self._client.transact_write_items(TransactItems=transaction)
                return
            ((kind, request),) = self._with_name(writes[0]).items()
            single: dict[str, Callable[..., Any]] = {
                "Put": self._client.put_item,
                "Update": self._client.update_item,
                "Delete": self._client.delete_item,
            }
            single[kind](**request)

    def _with_name(self, write: Write) -> Write:
        return {kind: {"TableName": self._name, **request} for kind, request in write.items()}

    def _get_batch(self, keys: Sequence[Key], *, is_consistent: bool) -> list[Item]:
        found: list[Item] = []
        wanted: Any = {
            self._name: {"Keys": [as_item(key) for key in keys], "ConsistentRead": is_consistent}
        }
        for pause in _BATCH_PAUSES:
            if pause:
                time.sleep(pause)
            with translate_errors():
                response = self._client.batch_get_item(RequestItems=wanted)
            found += response["Responses"].get(self._name, [])
            wanted = response.get("UnprocessedKeys")
            if not wanted:
                return found
        raise Unavailable

    def _between(self, first: Key, last: Key, *, ascending: bool) -> Iterator[Item]:
        return self._pages(
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": first.pk},
                ":first": {"S": first.sk},
                ":last": {"S": last.sk},
            },
            ScanIndexForward=ascending,
            ConsistentRead=True,
        )

    def _pages(self, **request: Any) -> Iterator[Item]:
        while True:
            with translate_errors():
                response = self._client.query(TableName=self._name, **request)
            yield from response["Items"]
            if "LastEvaluatedKey" not in response:
                return
            request["ExclusiveStartKey"] = response["LastEvaluatedKey"]


def _additions(increments: Mapping[str, int]) -> tuple[str, Item]:
    """Return the clause of an update that increases counters, and its values."""
    clause = ", ".join(f"#{name} :{name}" for name in increments)
    return f"ADD {clause}", {f":{name}": {"N": str(count)} for name, count in increments.items()}
