"""Store accounts and their tags."""

from collections.abc import Sequence
from contextlib import suppress

from shared.domain.accounts import Account
from shared.domain.errors import WriteConflict
from shared.domain.tags import Tag
from shared.table import account_items, keys
from shared.table.account_head import new_account_head_item
from shared.table.dynamo import Table
from shared.table.operations import IS_NEW, put

_TAG_ID = "tag_id"
_LIMIT = "requests_per_second"


class AccountTable:
    """The adapter of the port `Accounts`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, account_id: str) -> Account | None:
        """Return an account, or None if it does not exist."""
        item = self._table.get(keys.account(account_id))
        return account_items.to_account(item) if item else None

    def add(self, account: Account) -> None:
        """Store a new account.

        Raises:
            WriteConflict: An account with this id exists.
        """
        self._table.write([put(account_items.account_item(account), IS_NEW)])
        # Definitions can be stored before their account, and then it has a head.
        with suppress(WriteConflict):
            self._table.write([put(new_account_head_item(account.account_id), IS_NEW)])

    def limit(self, account_id: str, requests_per_second: int | None) -> None:
        """Set the most requests a second of an account, or remove the limit."""
        change = account_items.limit_write(keys.account(account_id), _LIMIT, requests_per_second)
        self._table.write([change])


class TagTable:
    """The adapter of the port `Tags`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def allocate_ids(self, account_id: str, count: int) -> int:
        """Allocate consecutive tag ids that were never allocated before; return the first."""
        counters = self._table.add(
            keys.counters(account_id), account_items.COUNTERS, {_TAG_ID: count}
        )
        return counters[_TAG_ID] - count + 1

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Exclude all ids up to this one from allocation."""
        self._table.raise_to(keys.counters(account_id), account_items.COUNTERS, _TAG_ID, highest_id)

    def add(self, account_id: str, *tags: Tag) -> None:
        """Store at most 50 new tags in one transaction.

        Raises:
            WriteConflict: A tag with one of the ids, or with the same value and entity type,
                exists.
        """
        self._table.write(
            [
                put(account_items.tag_item(key, tag), IS_NEW)
                for tag in tags
                for key in (
                    keys.tag(account_id, tag.tag_id),
                    keys.tag_value(account_id, tag.entity_type, tag.value),
                )
            ]
        )

    def find_by_ids(self, account_id: str, tag_ids: Sequence[int]) -> list[Tag]:
        """Return the tags that exist, in no order."""
        wanted = [keys.tag(account_id, tag_id) for tag_id in tag_ids]
        return [account_items.to_tag(item) for item in self._table.get_many(wanted)]

    def find_by_values(self, account_id: str, entity_type: str, values: Sequence[str]) -> list[Tag]:
        """Return the tags that exist, in no order."""
        wanted = [keys.tag_value(account_id, entity_type, value) for value in values]
        return [account_items.to_tag(item) for item in self._table.get_many(wanted)]

    def list_page(self, account_id: str, after: int, limit: int) -> tuple[list[Tag], bool]:
        """Return at most `limit` tags with ids above one, and whether there may be more."""
        partition = keys.tags_partition(account_id)
        start = keys.tag(account_id, after)
        found, has_more = self._table.query_page(partition, keys.TAGS, start, limit)
        return [account_items.to_tag(item) for item in found], has_more

    def list(self, account_id: str) -> list[Tag]:
        """Return all tags of an account in order of id."""
        found = self._table.query(keys.tags_partition(account_id), keys.TAGS)
        return [account_items.to_tag(item) for item in found]
