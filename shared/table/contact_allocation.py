"""Allocate the ids of new contacts, up to the limit of contacts of an account.

Ids ascend and are never allocated again, so the highest id is an upper bound of the number of
contacts. Beyond the limit, the ids that are known to have no contact are subtracted from it.
"""

from dataclasses import dataclass

from shared.domain.errors import TooManyContacts
from shared.table import codec, keys
from shared.table.account_items import COUNTERS
from shared.table.dynamo import Table
from shared.table.operations import Item

MAX_CONTACTS = 5_000_000
"""How many contacts an account can have unless the deployment says otherwise."""

CONTACT_ID = "contact_id"
"""The attribute of the counters with the highest contact id."""


@dataclass(frozen=True, slots=True)
class MissingIds:
    """How many contact ids have no contact: of deleted contacts, and of failed creations.

    The ids are counted in order, a part at a time, and from the beginning again when all are.

    Attributes:
        count: The number that is known.
        counted_to: The last id that the present count has seen, 0 before it has begun.
        so_far: The number that the present count has found.
    """

    count: int = 0
    counted_to: int = 0
    so_far: int = 0


def to_missing_ids(item: Item | None) -> MissingIds:
    """Build the count from its item. Without an item, no id is known to have no contact."""
    if item is None:
        return MissingIds()
    plain = codec.decode_item(item)
    return MissingIds(plain["missing"], plain["counted_to"], plain["so_far"])


def missing_ids_item(account_id: str, found: MissingIds) -> Item:
    """Build the item of the count."""
    attributes = {
        "missing": found.count,
        "counted_to": found.counted_to,
        "so_far": found.so_far,
    }
    return codec.entity_item(keys.missing_ids(account_id), "missing_ids", attributes)


def allocate_contact_ids(table: Table, account_id: str, count: int, limit: int) -> int:
    """Allocate consecutive contact ids that were never allocated before; return the first.

    Sends one request. Only beyond the limit, it reads how many ids have no contact.

    Raises:
        TooManyContacts: The account could have more contacts than the limit. Nothing is allocated.
        WriteConflict: A transaction is writing the counters.
    """
    first = _allocate_up_to(limit, table, account_id, count)
    if first is None:
        # Every function that creates contacts may send batch reads already.
        found = table.get_many([keys.missing_ids(account_id)])
        missing = to_missing_ids(found[0] if found else None).count
        if missing:
            first = _allocate_up_to(limit + missing, table, account_id, count)
    if first is None:
        raise TooManyContacts(limit)
    return first


def _allocate_up_to(highest: int, table: Table, account_id: str, count: int) -> int | None:
    """Allocate ids unless one of them would be higher; return the first, or None."""
    if count > highest:
        return None
    counters, _ = table.add_within(
        keys.counters(account_id),
        COUNTERS,
        {CONTACT_ID: count},
        f"attribute_not_exists(#{CONTACT_ID}) OR #{CONTACT_ID} <= :room",
        {":room": {"N": str(highest - count)}},
        {},
    )
    return None if counters is None else counters[CONTACT_ID] - count + 1
