"""Write items in batches; save a small table and restore it after a request.

Each cold start begins on the same demo data; tests of the build use it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_WRITES_PER_BATCH = 25


def put_items(client: DynamoDBClient, table_name: str, items: Iterable[Any]) -> None:
    """Put items into a table of a local engine."""
    write(client, table_name, ({"PutRequest": {"Item": item}} for item in items))


def write(client: DynamoDBClient, table_name: str, requests: Iterable[Any]) -> None:
    """Make put and delete requests on a table of a local engine."""
    left = iter(requests)
    while batch := list(islice(left, _WRITES_PER_BATCH)):
        unprocessed = client.batch_write_item(RequestItems={table_name: batch})["UnprocessedItems"]
        assert not unprocessed  # noqa: S101 - a local engine is never too busy


class Snapshot:
    """All items of a table at one moment."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        """Read all items."""
        self._client = client
        self._table_name = table_name
        table = client.describe_table(TableName=table_name)["Table"]
        self._key_names = [key["AttributeName"] for key in table["KeySchema"]]
        self._items = self._scan()

    def restore(self) -> None:
        """Restore the items of the table."""
        now = self._scan()
        came = [
            {"DeleteRequest": {"Key": self._key(now[place])}}
            for place in now.keys() - self._items.keys()
        ]
        changed = [
            {"PutRequest": {"Item": item}}
            for place, item in self._items.items()
            if now.get(place) != item
        ]
        write(self._client, self._table_name, [*came, *changed])

    def _scan(self) -> dict[tuple[str, ...], Any]:
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table_name, ConsistentRead=True
        )
        items = (item for page in pages for item in page["Items"])
        return {tuple(item[name]["S"] for name in self._key_names): item for item in items}

    def _key(self, item: Any) -> Any:
        return {name: item[name] for name in self._key_names}
