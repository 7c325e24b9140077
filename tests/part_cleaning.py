"""Delete unused parts as on AWS: by the stream, the expiry of leases, and the trigger."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.table.operations import Item, as_item, key_of
from shared.table.part_removal import PartRemoval, to_unused_parts
from shared.table.value_items import page_references
from shared.wiring import endpoints as wiring
from tests.fixtures import Fixtures
from tests.triggers.stream import Stream

BY_TTL = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
"""The user identity of a stream record of an item that TTL deleted."""

Records = list[dict[str, Any]]


class PartCleaner:
    """Passes the records of a table's stream to the trigger that deletes parts."""

    def __init__(
        self, fixtures: Fixtures, engine_url: str, take: Callable[[Records], None] | None = None
    ) -> None:
        self._fixtures = fixtures
        self._stream = Stream(engine_url, fixtures.table_name)
        self._take = take or _remove
        self._stream.new_records()

    def records(self) -> Records:
        """Return the new records that pass the filter of the trigger."""
        return [each for each in self._stream.new_records() if _passes(each)]

    def clean(self) -> None:
        """Delete the parts that pages have dropped."""
        self._take(self.records())

    def clean_up(self) -> None:
        """Delete the parts that pages have dropped, and those of leases that expire a day later."""
        self.clean()
        self._take(self.expire(leases(self._fixtures)))

    def expire(self, expired: Iterable[Item]) -> Records:
        """Delete leases as TTL does, and return the stream records."""
        records = []
        for lease in expired:
            key = as_item(key_of(lease))
            self._fixtures.client.delete_item(TableName=self._fixtures.table_name, Key=key)
            content = {"Keys": key, "OldImage": lease, "SequenceNumber": lease["sk"]["S"]}
            records.append({"eventName": "REMOVE", "userIdentity": BY_TTL, "dynamodb": content})
        return records


def leases(fixtures: Fixtures) -> list[Item]:
    """Return the leases in the table."""
    return _of(fixtures, "part_lease")


def stored_parts(fixtures: Fixtures) -> set[tuple[str, str]]:
    """Return the keys of the parts in the table."""
    return {tuple(key_of(item)) for item in _of(fixtures, "part")}


def used_parts(fixtures: Fixtures) -> set[tuple[str, str]]:
    """Return the keys of the parts that pages refer to."""
    return {
        tuple(key)
        for page in _of(fixtures, "values")
        for each in page_references(page).values()
        for key in each.part_keys()
    }


def _of(fixtures: Fixtures, entity: str) -> list[Item]:
    return [item for item in fixtures.items() if item["entity"]["S"] == entity]


def _passes(record: Mapping[str, Any]) -> bool:
    return "has_parts" in record["dynamodb"].get("OldImage", {})


def _remove(records: Records) -> None:
    found = [each for record in records if (each := to_unused_parts(record))]
    PartRemoval(wiring.table()).delete(found)
