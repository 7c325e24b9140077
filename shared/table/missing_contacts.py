"""Count the contact ids without a contact in accounts near their limit of contacts."""

from dataclasses import replace

from shared.table import codec, keys
from shared.table.contact_allocation import (
    CONTACT_ID,
    MissingIds,
    missing_ids_item,
    to_missing_ids,
)
from shared.table.dynamo import Table
from shared.table.operations import put

_INDEX = "contacts_by_account"
_CONTACTS_AT_ONCE = 2000
"""How many contacts are counted at a time: at most a megabyte."""

_RESERVE = 100
"""Counting begins when one part in this many of the limit is left."""


class MissingIdCounter:
    """Counts contact ids without a contact, a part of an account at a time.

    Args:
        table: The table.
        limit: The limit of contacts of an account.
    """

    def __init__(self, table: Table, limit: int) -> None:
        self._table = table
        self._starts_at = limit - limit // _RESERVE

    def is_wanted(self, highest_id: int) -> bool:
        """Return whether an account with an id this high can be near the limit."""
        return highest_id >= self._starts_at

    def advance(self, account_id: str) -> None:
        """Count the next ids of an account, unless its contacts are known to be few.

        The read is eventually consistent: an id whose contact is about to be written counts as
        missing until the ids are counted again.
        """
        counters = self._table.get(keys.counters(account_id)) or {}
        highest = codec.decode(counters[CONTACT_ID]) if CONTACT_ID in counters else 0
        before = to_missing_ids(self._table.get(keys.missing_ids(account_id)))
        if not self.is_wanted(highest - before.count):
            return
        after = self._count_next(account_id, before, highest)
        if after != before:
            self._table.write([put(missing_ids_item(account_id, after))])

    def _count_next(self, account_id: str, before: MissingIds, highest: int) -> MissingIds:
        first, last = (
            keys.listed_contact(account_id, each) for each in (before.counted_to + 1, highest)
        )
        contacts, end = self._table.count_index(_INDEX, first, last, _CONTACTS_AT_ONCE)
        counted_to = highest if end is None else keys.contact_of_listed(end)
        so_far = before.so_far + counted_to - before.counted_to - contacts
        if counted_to == highest:
            return MissingIds(so_far)
        return replace(
            before, count=max(before.count, so_far), counted_to=counted_to, so_far=so_far
        )
