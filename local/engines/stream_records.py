"""Save and restore the records of ministack's DynamoDB streams.

A replayed write creates new stream records with new names. `name_again` gives them their original
names, which the positions of readers refer to.
"""

from typing import Any

from ministack.services import dynamodb  # type: ignore[import-untyped]

Record = dict[str, Any]
Scope = tuple[str, str, str]
Name = tuple[str, str, int]
"""The event id, sequence number and creation second of a record."""


def positions() -> dict[Scope, int]:
    """Count the records that each stream has ever had."""
    streams = dynamodb._stream_records.all_items()  # noqa: SLF001 - ministack has no public API for it
    return {scope: _trimmed(scope) + len(records) for scope, records in streams}


def created_since(before: dict[Scope, int]) -> list[Record]:
    """Return the records created since the call of `positions`."""
    made: list[Record] = []
    for scope, records in dynamodb._stream_records.all_items():  # noqa: SLF001
        trimmed = _trimmed(scope)
        start = before.get(scope, 0) - trimmed
        # A recreated table starts a new stream.
        made += records[start if 0 <= start <= len(records) else 0 :]
    return made


def names_of(records: list[Record]) -> list[Name]:
    """Return the names of records."""
    return [
        (
            record["eventID"],
            record["dynamodb"]["SequenceNumber"],
            record["dynamodb"]["ApproximateCreationDateTime"],
        )
        for record in records
    ]


def name_again(records: list[Record], names: list[Name]) -> None:
    """Rename records to their original names."""
    for record, (event_id, number, made_at) in zip(records, names, strict=False):
        record["eventID"] = event_id
        record["dynamodb"]["SequenceNumber"] = number
        record["dynamodb"]["ApproximateCreationDateTime"] = made_at


def kept_records(after: int | None) -> list[tuple[Scope, list[Record]]]:
    """Return the records of each stream after a sequence number, or all for None."""
    streams = dynamodb._stream_records.all_items()  # noqa: SLF001
    return [
        (scope, [record for record in records if after is None or _number(record) > after])
        for scope, records in streams
    ]


def restore_records(kept: list[tuple[Scope, list[Record]]]) -> None:
    """Restore the records that `kept_records` returned in an earlier process."""
    for (account, region, table), records in kept:
        dynamodb._stream_records.set_scoped(account, region, table, records)  # noqa: SLF001


def _number(record: Record) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def _trimmed(scope: Scope) -> int:
    trimmed: int = dynamodb._stream_trimmed.get_scoped(*scope, 0)  # noqa: SLF001
    return trimmed
