"""Store the idempotency records of requests.

A record is written in one transaction with the effect of its request, so there is never one
without the other. It has no values and no bodies.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from shared.domain.errors import RequestInProgress, WriteConflict
from shared.domain.value_changes import (
    ChangeResult,
    IdempotencyKey,
    IdempotencyRecord,
    Outcome,
    WrittenValues,
)
from shared.domain.values import Assignment
from shared.table import codec, keys
from shared.table.dynamo import Table
from shared.table.operations import IS_NEW, Write, put


class IdempotencyTable:
    """The adapter of the port `IdempotencyRecords`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(
        self, account_id: str, key_id: str, digest: str, at: datetime
    ) -> IdempotencyRecord | None:
        """Return the record of an idempotency key, or None if it has expired by this time."""
        item = self._table.get(keys.idempotency_record(account_id, key_id, digest))
        if item is None:
            return None
        plain = codec.decode_item(item)
        expires_at = codec.to_datetime(plain["ends_at"])
        if expires_at <= at:
            # TTL deletes late.
            return None
        return IdempotencyRecord(
            key_id=key_id,
            key=IdempotencyKey(digest, plain["fingerprint"]),
            results={
                name: ChangeResult(Outcome(outcome), version, suggestion_id)
                for name, outcome, version, suggestion_id in plain["results"]
            },
            processed_at=codec.to_datetime(plain["processed_at"]),
            expires_at=expires_at,
            resource=plain.get("resource", ""),
            is_new=plain.get("is_new", False),
        )

    def add(self, account_id: str, record: IdempotencyRecord) -> None:
        """Store the record of a request that changes nothing.

        Raises:
            WriteConflict: There is a record of the key that has not expired.
        """
        self._table.write([record_write(account_id, record, (), WrittenValues())])


def record_write(
    account_id: str,
    record: IdempotencyRecord,
    assignments: Sequence[Assignment],
    written: WrittenValues,
) -> Write:
    """Build the write of a record, conditional on there being none that has not expired.

    Its results have what could not be set.
    """
    results = written.settle(record.results, assignments)
    of_resource = {"resource": record.resource, "is_new": record.is_new} if record.resource else {}
    item = codec.entity_item(
        keys.idempotency_record(account_id, record.key_id, record.key.digest),
        "idempotency_record",
        {
            "fingerprint": record.key.fingerprint,
            "results": [
                (name, each.outcome, each.version, each.suggestion_id)
                for name, each in results.items()
            ],
            "processed_at": record.processed_at,
            "ends_at": record.expires_at,
            **of_resource,
        },
    )
    return put(
        {**item, "expires_at": codec.ttl(record.expires_at)},
        f"{IS_NEW} OR ends_at <= :now",
        {":now": codec.encode(record.processed_at)},
    )


def record_writes(account_id: str, record: IdempotencyRecord | None) -> list[Write]:
    """Build the write of a record whose results are known. An empty list for None."""
    return [] if record is None else [record_write(account_id, record, (), WrittenValues())]


@contextmanager
def refuse_second_request(record: IdempotencyRecord | None) -> Iterator[None]:
    """Raise RequestInProgress in place of a conflict with another request that has the key."""
    try:
        yield
    except WriteConflict as conflict:
        if record is not None and is_being_written(conflict):
            raise RequestInProgress from conflict
        raise


def is_being_written(conflict: WriteConflict) -> bool:
    """Return whether a transaction failed because another one is writing the record.

    The record is the first write of its transaction.
    """
    response: Any = getattr(conflict.__cause__, "response", {})
    reasons = response.get("CancellationReasons", [])
    return bool(reasons) and reasons[0].get("Code") == "TransactionConflict"
