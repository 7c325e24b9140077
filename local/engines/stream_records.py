"""The records of ministack's DynamoDB streams: taken out of it for a snapshot, and put back.

A write that is made again at a start makes its records again too, under other names: `name_again`
gives them the names that readers know them by.
"""

from typing import Any

from ministack.services import dynamodb  # type: ignore[import-untyped]

Record = dict[str, Any]
Scope = tuple[str, str, str]
Name = tuple[str, str, int]
"""A record's event id, its sequence number, and the second it was made in."""


def positions() -> dict[Scope, int]:
    """Return how many records each stream has ever had."""
    streams = dynamodb._stream_records.all_items()  # noqa: SLF001 - it has no other way
    return {scope: _trimmed(scope) + len(records) for scope, records in streams}


def made_since(before: dict[Scope, int]) -> list[Record]:
    """Return the records that were made since `positions` was asked."""
    made: list[Record] = []
    for scope, records in dynamodb._stream_records.all_items():  # noqa: SLF001
        trimmed = _trimmed(scope)
        start = before.get(scope, 0) - trimmed
        # A table that was made anew begins a stream anew.
        made += records[start if 0 <= start <= len(records) else 0 :]
    return made


def names_of(records: list[Record]) -> list[Name]:
    """Return what readers know records by."""
    return [
        (
            record["eventID"],
            record["dynamodb"]["SequenceNumber"],
            record["dynamodb"]["ApproximateCreationDateTime"],
        )
        for record in records
    ]


def name_again(records: list[Record], names: list[Name]) -> None:
    """Give records the names that they had before."""
    for record, (event_id, number, made_at) in zip(records, names, strict=False):
        record["eventID"] = event_id
        record["dynamodb"]["SequenceNumber"] = number
        record["dynamodb"]["ApproximateCreationDateTime"] = made_at


def kept_records(after: int | None) -> list[tuple[Scope, list[Record]]]:
    """Return the records of each stream behind a sequence number; all of them when it is None."""
    streams = dynamodb._stream_records.all_items()  # noqa: SLF001
    return [
        (scope, [record for record in records if after is None or _number(record) > after])
        for scope, records in streams
    ]


def restore_records(kept: list[tuple[Scope, list[Record]]]) -> None:
    """Put back what `kept_records` returned in an earlier process."""
    for (account, region, table), records in kept:
        dynamodb._stream_records.set_scoped(account, region, table, records)  # noqa: SLF001


def _number(record: Record) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def _trimmed(scope: Scope) -> int:
    trimmed: int = dynamodb._stream_trimmed.get_scoped(*scope, 0)  # noqa: SLF001
    return trimmed
