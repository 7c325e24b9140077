"""What deletes unused parts on AWS: the stream, the expiry of leases, and the trigger."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.table.operations import Item, as_item, key_of
from shared.table.part_removal import PartRemoval, to_unused_parts
from shared.table.value_items import page_references
from shared.wiring import endpoints as wiring
from tests.fixtures import Fixtures
from tests.triggers.stream import Stream

BY_TTL = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
"""Who deletes an item that expires, in a record of the stream."""

Records = list[dict[str, Any]]


class PartCleaner:
    """Hands the records of a table's stream to what deletes parts."""

    def __init__(
        self, fixtures: Fixtures, engine_url: str, take: Callable[[Records], None] | None = None
    ) -> None:
        self._fixtures = fixtures
        self._stream = Stream(engine_url, fixtures.table_name)
        self._take = take or _remove
        self._stream.new_records()

    def records(self) -> Records:
        """The records since the last time that the filter of the trigger lets pass."""
        return [each for each in self._stream.new_records() if _passes(each)]

    def clean(self) -> None:
        """Delete what pages have dropped."""
        self._take(self.records())

    def clean_up(self) -> None:
        """Delete what pages have dropped and, a day later, what no page refers to."""
        self.clean()
        self._take(self.expire(leases(self._fixtures)))

    def expire(self, expired: Iterable[Item]) -> Records:
        """Let leases expire; return the records of that."""
        records = []
        for lease in expired:
            key = as_item(key_of(lease))
            self._fixtures.client.delete_item(TableName=self._fixtures.table_name, Key=key)
            content = {"Keys": key, "OldImage": lease, "SequenceNumber": lease["sk"]["S"]}
            records.append({"eventName": "REMOVE", "userIdentity": BY_TTL, "dynamodb": content})
        return records


def leases(fixtures: Fixtures) -> list[Item]:
    """The leases in the table."""
    return _of(fixtures, "part_lease")


def stored_parts(fixtures: Fixtures) -> set[tuple[str, str]]:
    """The keys of the parts in the table."""
    return {tuple(key_of(item)) for item in _of(fixtures, "part")}


def used_parts(fixtures: Fixtures) -> set[tuple[str, str]]:
    """The keys of the parts that pages refer to."""
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
