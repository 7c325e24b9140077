"""API keys in the table: one item under the hash, one in the account's list."""

from shared.domain.accounts import ApiKey, Caller
from shared.domain.errors import WriteConflict
from shared.table import items, keys
from shared.table.dynamo import Table, put, update

_COUNT_KEPT_SECONDS = 3600


class CredentialTable:
    """The adapter of the port `Credentials`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, key_hash: str) -> ApiKey | None:
        """The key of that hash, strongly consistent, or None."""
        item = self._table.get(keys.api_key(key_hash))
        return items.to_api_key(item) if item else None

    def count_request(self, caller: Caller, minute: int, limit: int) -> bool:
        """Count a request of a key in a minute since the epoch; False over the limit."""
        counter = keys.request_count(caller.account_id, caller.key_id, minute)
        try:
            mark = items.request_count_mark(minute * 60 + _COUNT_KEPT_SECONDS)
            self._table.count_up(counter, mark, "requests", limit)
        except WriteConflict:
            return False
        return True

    def add(self, key: ApiKey) -> None:
        """Store a new key; WriteConflict if its hash is known already."""
        self._table.write(
            [
                put(items.api_key_item(key), "attribute_not_exists(pk)"),
                put(items.api_key_entry_item(key), "attribute_not_exists(pk)"),
            ]
        )

    def list(self, account_id: str) -> list[ApiKey]:
        """Every key of an account, oldest first."""
        entries = self._table.query(keys.api_keys_partition(account_id))
        hashes = [items.decode(entry["key_hash"]) for entry in entries]
        found = self._table.get_many([keys.api_key(key_hash) for key_hash in hashes])
        return sorted(map(items.to_api_key, found), key=lambda key: key.created_at)

    def revoke(self, key: ApiKey) -> None:
        """Make a key inactive; the next request with it is refused."""
        self._table.write(
            [
                update(
                    keys.api_key(key.key_hash),
                    {"active": {"BOOL": False}},
                    condition="attribute_exists(pk)",
                )
            ]
        )
