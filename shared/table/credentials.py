"""Store API keys.

Each key has an item under its hash and an entry in the list of its account.
"""

from shared.domain.accounts import ApiKey, Caller
from shared.domain.errors import WriteConflict
from shared.table import account_items, codec, keys
from shared.table.dynamo import Table
from shared.table.operations import EXISTS, IS_NEW, put, update

_REQUEST_COUNT_SECONDS = 3600
"""How long a request counter is stored."""


class CredentialTable:
    """The adapter of the port `Credentials`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, key_hash: str) -> ApiKey | None:
        """Return the API key with this hash, or None. The read is strongly consistent."""
        item = self._table.get(keys.api_key(key_hash))
        return account_items.to_api_key(item) if item else None

    def count_request(self, caller: Caller, minute: int, limit: int) -> bool:
        """Count a request of an API key.

        Args:
            caller: The caller with the key.
            minute: The minute of the request, counted since the epoch.
            limit: The maximum number of requests in a minute.

        Returns:
            False if the limit has been reached. The request is then not counted.
        """
        counter = keys.request_count(caller.account_id, caller.key_id, minute)
        attributes = account_items.request_count_attributes(minute * 60 + _REQUEST_COUNT_SECONDS)
        try:
            self._table.count_up(counter, attributes, "requests", limit)
        except WriteConflict:
            return False
        return True

    def add(self, key: ApiKey) -> None:
        """Store a new API key.

        Raises:
            WriteConflict: A key with this hash exists.
        """
        self._table.write(
            [
                put(account_items.api_key_item(key), IS_NEW),
                put(account_items.api_key_entry_item(key), IS_NEW),
            ]
        )

    def list(self, account_id: str) -> list[ApiKey]:
        """Return all API keys of an account, oldest first."""
        entries = self._table.query(keys.api_keys_partition(account_id))
        hashes = [codec.decode(entry["key_hash"]) for entry in entries]
        found = self._table.get_many([keys.api_key(key_hash) for key_hash in hashes])
        return sorted(map(account_items.to_api_key, found), key=lambda key: key.created_at)

    def revoke(self, key: ApiKey) -> None:
        """Deactivate an API key. It is rejected from the next request on."""
        self._table.write(
            [update(keys.api_key(key.key_hash), {"active": {"BOOL": False}}, condition=EXISTS)]
        )
