"""Accounts and their catalogue of tags in the table."""

from shared.domain.model import Account, Tag
from shared.table import items, keys
from shared.table.dynamo import Table, put


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
        self._table.write([put(items.account_item(account), "attribute_not_exists(pk)")])


class TagTable:
    """The adapter of the port `Tags`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, account_id: str, tag: Tag) -> None:
        """Store a tag; WriteConflict if there is one of that id."""
        self._table.write([put(items.tag_item(account_id, tag), "attribute_not_exists(pk)")])

    def list(self, account_id: str) -> list[Tag]:
        """Every tag of the account in order of id."""
        return [items.to_tag(item) for item in self._table.query(keys.tags_partition(account_id))]
