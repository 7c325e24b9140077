"""Increase the versions of an account's head in the transactions that write what it counts."""

import random
import time
from collections.abc import Callable, Sequence

from shared.domain.errors import WriteConflict
from shared.table import codec, keys
from shared.table.account_head import AccountHead, HeadChange, to_account_head
from shared.table.dynamo import Table
from shared.table.errors import is_only_failure
from shared.table.operations import Write, update
from shared.table.seen_heads import see_head, trusted_head

_MAX_DELAYS = (0.0, 0.0, 0.0, 0.01, 0.02, 0.04)
"""The longest delay before each attempt to update a head, in seconds."""


def read_head(table: Table, account_id: str) -> AccountHead:
    """Read the head of an account, strongly consistent."""
    # By BatchGetItem, which the policy of every function allows; not all allow GetItem.
    return to_account_head(next(iter(table.get_many([keys.account_head(account_id)])), None))


def write_with_head(
    table: Table,
    account_id: str,
    change: HeadChange,
    writes: Callable[[int], Sequence[Write]],
    *,
    changes_business: bool = False,
) -> None:
    """Apply writes of definitions and update the head in one transaction.

    Reads the head and tries again if another request updated it: the writes have conditions of
    their own.

    Args:
        table: The table.
        account_id: The account.
        change: What the writes change.
        writes: Builds the writes for the version that the head has after them.
        changes_business: Whether the writes change values of the business. A transaction writes an
            item once, so the head then gets both versions.

    Raises:
        WriteConflict: Another condition is false, or the head was updated during every attempt.
    """
    # After a conflict the head that the request has read is old, too.
    seen = trusted_head(account_id)
    for max_delay in _MAX_DELAYS:
        if max_delay:
            time.sleep(random.uniform(0, max_delay))  # noqa: S311 - jitter, not a secret
        head = seen or read_head(table, account_id)
        seen = None
        after = head.after(change)
        head_update = _head_update(account_id, head, after, changes_business=changes_business)
        together = [*writes(after.definitions_version), head_update]
        try:
            table.write(together)
        except WriteConflict as conflict:
            if not is_only_failure(conflict, len(together) - 1):
                raise
        else:
            see_head(account_id, after)
            return
    raise WriteConflict


def increment_business_version(account_id: str) -> Write:
    """Build the write that increments the version of the business values."""
    return update(
        keys.account_head(account_id), codec.entity_attributes("account_head"), counter="business"
    )


def flush_write(account_id: str, before: AccountHead, definitions: int) -> Write:
    """Build the write that makes every function drop the definitions of an account.

    Args:
        account_id: The account.
        before: The head as it was read before the definitions were counted.
        definitions: The number of live definitions.
    """
    return _head_update(account_id, before, before.flushed(definitions))


def _head_update(
    account_id: str, before: AccountHead, after: AccountHead, *, changes_business: bool = False
) -> Write:
    """Build the update of a head, conditional on the version that was read.

    With `changes_business`, it increments the version of the business values too.
    """
    sets = codec.entity_attributes("account_head") | {
        "generation": codec.encode(after.generation),
        "schema": codec.encode(after.definitions_version),
        "changed": codec.encode([f"{each.context_type}/{each.slot}" for each in after.changed]),
    }
    if after.definition_count is not None:
        sets["definitions"] = codec.encode(after.definition_count)
    condition, values = "attribute_not_exists(#schema)", {}
    if before.generation:
        condition = "#schema = :seen AND #generation = :generation"
        values = {":seen": codec.encode(before.definitions_version)}
    counter = "business" if changes_business else None
    return update(
        keys.account_head(account_id), sets, condition=condition, values=values, counter=counter
    )
