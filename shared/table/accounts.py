"""Accounts and their catalogue of tags in the table."""

from collections.abc import Sequence

from shared.domain.accounts import Account
from shared.domain.tags import Tag
from shared.table import items, keys
from shared.table.dynamo import Table, put

_NEW = "attribute_not_exists(pk)"
_TAG_ID = "tag_id"


class AccountTable:
    """The adapter of the port `Accounts`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, account_id: str) -> Account | None:
        """The account of that id, or None."""
        item = self._table.get(keys.account(account_id))
        return items.to_account(item) if item else None

    def add(self, account: Account) -> None:
        """Store a new account; WriteConflict if there is one of that id."""
        self._table.write([put(items.account_item(account), _NEW)])


class TagTable:
    """The adapter of the port `Tags`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def allocate_ids(self, account_id: str, count: int) -> int:
        """The first of as many tag ids as asked for, never given before or again."""
        counters = keys.counters(account_id)
        return self._table.add(counters, items.COUNTERS, {_TAG_ID: count})[_TAG_ID] - count + 1

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Give no tag id up to this one from now on."""
        self._table.raise_to(keys.counters(account_id), items.COUNTERS, _TAG_ID, highest_id)

    def add(self, account_id: str, *tags: Tag) -> None:
        """Store at most 50 tags, all or none.

        WriteConflict if there is one of an id, or one that says the same.
        """
        self._table.write(
            [
                put(items.tag_item(key, tag), _NEW)
                for tag in tags
                for key in (
                    keys.tag(account_id, tag.tag_id),
                    keys.tag_value(account_id, tag.entity_type, tag.value),
                )
            ]
        )

    def find_by_ids(self, account_id: str, tag_ids: Sequence[int]) -> list[Tag]:
        """Those tags that exist, in no order."""
        wanted = [keys.tag(account_id, tag_id) for tag_id in tag_ids]
        return [items.to_tag(item) for item in self._table.get_many(wanted)]

    def find_by_values(self, account_id: str, entity_type: str, values: Sequence[str]) -> list[Tag]:
        """Those tags that exist, in no order."""
        wanted = [keys.tag_value(account_id, entity_type, value) for value in values]
        return [items.to_tag(item) for item in self._table.get_many(wanted)]

    def list(self, account_id: str) -> list[Tag]:
        """Every tag of the account in order of id."""
        found = self._table.query(keys.tags_partition(account_id), keys.TAGS)
        return [items.to_tag(item) for item in found]
