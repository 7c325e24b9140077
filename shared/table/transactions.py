"""Split writes that exceed one transaction.

Source: DynamoDB Developer Guide, "Service, account, and table quotas", transactions: 100 writes
and 4 MB.
"""

from collections.abc import Sequence
from functools import partial

from shared.domain.definitions import Definition
from shared.domain.errors import ContextTooLarge
from shared.table.account_head import creation_of
from shared.table.definition_writes import (
    DEFINITIONS_PER_WRITE,
    create_definitions,
    creation_writes,
)
from shared.table.dynamo import Table
from shared.table.head_writes import increment_business_version, write_with_head
from shared.table.operations import MAX_WRITES, Write

_MAX_CHARS = 2_000_000
"""The estimated size of a transaction. DynamoDB also counts the stored size of updated pages."""


def write_with_definitions(
    table: Table,
    account_id: str,
    writes: Sequence[Write],
    created: Sequence[Definition],
    *,
    once: bool = False,
    changes_business: bool = False,
) -> None:
    """Apply writes and create definitions, in one transaction if they fit.

    Otherwise the definitions are created first: an unused definition is harmless, a value without
    a definition is not.

    Args:
        table: The table.
        account_id: The account.
        writes: At most MAX_WRITES writes, with that of the business version.
        created: The new definitions.
        once: That of `Table.write`. Writes with definitions are a transaction in any case.
        changes_business: Whether the writes change values of the business.

    Raises:
        WriteConflict: A condition is false, or another transaction writes the same item.
        ContextTooLarge: The writes alone exceed the size of a transaction.
    """

    def together(version: int) -> list[Write]:
        return [*writes, *create_definitions(account_id, created, version)]

    if created and fit_together(writes, created):
        change = creation_of(created)
        write_with_head(table, account_id, change, together, changes_business=changes_business)
        return
    create_in_batches(table, account_id, created)
    versions = [increment_business_version(account_id)] if changes_business else []
    table.write([*writes, *versions], once=once)


def fit_together(writes: Sequence[Write], created: Sequence[Definition]) -> bool:
    """Return whether writes and the creation of definitions are few enough for a transaction."""
    if len(created) > DEFINITIONS_PER_WRITE:
        return False
    # One more write updates the head.
    return len(writes) + creation_writes(created) < MAX_WRITES


def fit_one_transaction(writes: Sequence[Write], room: int = MAX_WRITES) -> bool:
    """Return whether writes without definitions are few and small enough for a transaction."""
    return len(writes) <= room and sum(map(_chars, writes)) <= _MAX_CHARS


def _chars(write: Write) -> int:
    return len(repr(write))


def create_in_batches(table: Table, account_id: str, created: Sequence[Definition]) -> None:
    """Create definitions in as many transactions as they need."""
    for start in range(0, len(created), DEFINITIONS_PER_WRITE):
        batch = created[start : start + DEFINITIONS_PER_WRITE]
        write_with_head(
            table, account_id, creation_of(batch), partial(create_definitions, account_id, batch)
        )


def write_in_several_transactions(
    table: Table, groups: Sequence[Sequence[Write]], others: Sequence[Write]
) -> None:
    """Apply groups of writes in as few transactions as possible.

    Args:
        table: The table.
        groups: Writes to apply in order. A group is never split.
        others: Writes or checks to repeat in every transaction.
    """
    room = MAX_WRITES - len(others)
    batch: list[Sequence[Write]] = []
    writes = chars = 0
    for group in groups:
        group_chars = sum(map(_chars, group))
        if batch and (writes + len(group) > room or chars + group_chars > _MAX_CHARS):
            _write_batch(table, batch, others)
            batch, writes, chars = [], 0, 0
        batch.append(group)
        writes += len(group)
        chars += group_chars
    if batch:
        _write_batch(table, batch, others)


def _write_batch(table: Table, batch: Sequence[Sequence[Write]], others: Sequence[Write]) -> None:
    try:
        table.write([*others, *(write for group in batch for write in group)])
    except ContextTooLarge:
        if len(batch) == 1:
            raise
        # Only DynamoDB knows the stored size of the updated pages.
        half = len(batch) // 2
        _write_batch(table, batch[:half], others)
        _write_batch(table, batch[half:], others)
