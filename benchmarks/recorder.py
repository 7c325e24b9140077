"""Record every DynamoDB request of the product with its capacity units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import botocore
from botocore.session import Session

from benchmarks.capacity import (
    Index,
    Item,
    get_units,
    query_units,
    transaction_units,
    write_units,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_KEY_MARK = "APIKEY#"
"""A substring of only the partition keys of API keys and their counters."""

_LONE_WRITES = ("PutItem", "UpdateItem", "DeleteItem")


@dataclass(frozen=True)
class RecordedRequest:
    """A request: its operation, its units, and whether it is for the caller's API key."""

    operation: str
    read_units: float
    write_units: int
    is_about_key: bool


class Recorder:
    """Records the requests of DynamoDB clients and computes their units.

    A separate client, `observer`, reads the items before and after each write, because the cost of
    a write depends on both sizes.
    """

    def __init__(self, observer: DynamoDBClient, table_name: str) -> None:
        """`observer` is a client of the same engine, created outside of the recording."""
        self.requests: list[RecordedRequest] = []
        self.observer = observer
        self._table_name = table_name
        table = observer.describe_table(TableName=table_name)["Table"]
        self._key_names = [key["AttributeName"] for key in table["KeySchema"]]
        self._indexes = [
            Index.of(index, self._key_names) for index in table.get("GlobalSecondaryIndexes", ())
        ]

    def listen_to(self, session: Session) -> None:
        """Record the requests of all clients that the session creates after this call."""
        session.register("before-parameter-build.dynamodb", self._before)
        session.register("after-call.dynamodb", self._after)

    def _before(self, **event: Any) -> None:
        params, context = event["params"], event["context"]
        written = _written_keys(event["model"].name, params, self._key_names)
        context["recorded_params"] = params
        context["recorded_writes"] = list(zip(written, self._items(written), strict=True))

    def _after(self, **event: Any) -> None:
        operation, context = event["model"].name, event["context"]
        params = context["recorded_params"]
        self.requests.append(
            RecordedRequest(
                operation=operation,
                read_units=_read_units(operation, params, event["parsed"]),
                write_units=self._write_units(operation, context["recorded_writes"]),
                is_about_key=_KEY_MARK in repr(params),
            )
        )

    def _write_units(self, operation: str, writes: Sequence[tuple[Item, Item | None]]) -> int:
        in_table = transaction_units if operation == "TransactWriteItems" else write_units
        units = 0
        for (_, before), after in zip(writes, self._items([key for key, _ in writes]), strict=True):
            units += in_table(before, after)
            units += sum(index.write_units(before, after) for index in self._indexes)
        return units

    def _items(self, keys: Sequence[Item]) -> list[Item | None]:
        """Read the items of keys in the given order, with None for missing ones."""
        if not keys:
            return []
        # A batch can read as many items as a transaction writes.
        wanted: Any = {self._table_name: {"Keys": keys, "ConsistentRead": True}}
        found = self.observer.batch_get_item(RequestItems=wanted)["Responses"][self._table_name]
        by_key = {self._place(item): item for item in found}
        return [by_key.get(self._place(key)) for key in keys]

    def _place(self, item: Item) -> tuple[str, ...]:
        return tuple(item[name]["S"] for name in self._key_names)


@contextmanager
def recording(observer: DynamoDBClient, table_name: str) -> Iterator[Recorder]:
    """Record what every client asks whose session is made inside this context.

    It does not record adapters from before: call `clear_adapters` first.
    """
    recorder = Recorder(observer, table_name)
    botocore.register_initializer(recorder.listen_to)
    try:
        yield recorder
    finally:
        botocore.unregister_initializer(recorder.listen_to)


def _written_keys(
    operation: str, params: Mapping[str, Any], key_names: Sequence[str]
) -> list[Item]:
    if operation in _LONE_WRITES:
        return [_key_of(params, key_names)]
    if operation == "TransactWriteItems":
        actions = [action for entry in params["TransactItems"] for action in entry.values()]
        return [_key_of(action, key_names) for action in actions]
    return []


def _key_of(request: Mapping[str, Any], key_names: Sequence[str]) -> Item:
    place = request["Key"] if "Key" in request else request["Item"]
    return {name: place[name] for name in key_names}


def _read_units(operation: str, params: Mapping[str, Any], parsed: Mapping[str, Any]) -> float:
    match operation:
        case "GetItem":
            consistent = params.get("ConsistentRead", False)
            return get_units(parsed.get("Item"), consistent=consistent)
        case "Query":
            consistent = params.get("ConsistentRead", False)
            return query_units(parsed.get("Items", ()), consistent=consistent)
        case "BatchGetItem":
            return sum(
                _batch_units(request, parsed["Responses"].get(table, ()))
                for table, request in params["RequestItems"].items()
            )
        case "TransactWriteItems" | "PutItem" | "UpdateItem" | "DeleteItem":
            return 0
    raise ValueError(operation)


def _batch_units(request: Mapping[str, Any], found: Sequence[Item]) -> float:
    consistent = request.get("ConsistentRead", False)
    missing = [None] * (len(request["Keys"]) - len(found))
    return sum(get_units(item, consistent=consistent) for item in (*found, *missing))
