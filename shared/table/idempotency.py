"""Store the idempotency records of requests.

A record is written in one transaction with the effect of its request, so there is never one
without the other. It has no values and no bodies.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.domain.errors import WriteConflict
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
        )


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
        },
    )
    return put(
        {**item, "expires_at": codec.ttl(record.expires_at)},
        f"{IS_NEW} OR ends_at <= :now",
        {":now": codec.encode(record.processed_at)},
    )


def is_being_written(conflict: WriteConflict) -> bool:
    """Return whether a transaction failed because another one is writing the record.

    The record is the first write of its transaction.
    """
    response: Any = getattr(conflict.__cause__, "response", {})
    reasons = response.get("CancellationReasons", [])
    return bool(reasons) and reasons[0].get("Code") == "TransactionConflict"
