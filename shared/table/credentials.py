"""Store API keys.

Each key has an item under its hash and an entry in the list of its account.
"""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from shared.domain.accounts import ApiKey, Caller
from shared.domain.errors import ContextError, WriteConflict
from shared.table import account_items, codec, keys
from shared.table.account_head import to_account_head
from shared.table.definition_memory import DefinitionMemory
from shared.table.dynamo import Table
from shared.table.operations import EXISTS, IS_NEW, key_of, put, update
from shared.table.seen_heads import is_collecting, see_head

_REQUEST_COUNT_SECONDS = 3600
"""How long a request counter is stored."""

_SECONDS_PER_HOUR = 3600
_LAST_HOUR = "hour"
_MAX_NOTED = 10_000
"""The most API keys whose last recorded hour is remembered."""


class CredentialTable:
    """The adapter of the port `Credentials`."""

    def __init__(self, table: Table, memory: DefinitionMemory | None = None) -> None:
        self._table = table
        self._memory = memory
        self._noted: OrderedDict[str, int] = OrderedDict()

    def find(self, key_hash: str, account_id: str | None = None) -> ApiKey | None:
        """Return the API key with this hash, or None. The read is strongly consistent.

        The head of the account is read in the same request, if the account is known: the key
        claims it, or this function has found the key before. The head counts only if the stored
        key belongs to that account.
        """
        account_id = self._account_of(key_hash, account_id)
        wanted = [keys.api_key(key_hash)]
        if account_id is not None:
            wanted.append(keys.account_head(account_id))
        items = {item["entity"]["S"]: item for item in self._table.get_many(wanted)}
        if "api_key" not in items:
            return None
        found = account_items.to_api_key(items["api_key"])
        if found.account_id == account_id:
            see_head(account_id, to_account_head(items.get("account_head")))
        if self._memory is not None:
            self._memory.remember_key(key_hash, found.account_id)
        return found

    def _account_of(self, key_hash: str, claimed: str | None) -> str | None:
        """Return the account whose head to read, or None to read none."""
        if self._memory is None or self._memory.is_used is False or not is_collecting():
            return None
        return claimed or self._memory.account_of_key(key_hash)

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

    def rotate(self, key: ApiKey, successor: ApiKey, ends_at: datetime) -> None:
        """Store the successor of an API key, and let the key end at a time, in one transaction.

        Raises:
            WriteConflict: The key was revoked or changed, or a key with the hash of the successor
                exists.
        """
        condition, values = "attribute_not_exists(valid_until)", {}
        if key.valid_until is not None:
            condition = "valid_until = :before"
            values = {":before": codec.encode(key.valid_until)}
        self._table.write(
            [
                put(account_items.api_key_item(successor), IS_NEW),
                put(account_items.api_key_entry_item(successor), IS_NEW),
                update(
                    keys.api_key(key.key_hash),
                    {"valid_until": codec.encode(ends_at)},
                    condition=f"active = :active AND {condition}",
                    values={":active": codec.encode(value=True), **values},
                ),
            ]
        )

    def note_use(self, caller: Caller) -> None:
        """Record the hour in which an API key was used. Never fails.

        Sends at most one request an hour for each key. Other functions may have recorded the hour.
        """
        hour = int(caller.requested_at.timestamp()) // _SECONDS_PER_HOUR
        if self._noted.get(caller.key_id) == hour:
            return
        self._noted[caller.key_id] = hour
        if len(self._noted) > _MAX_NOTED:
            self._noted.popitem(last=False)
        with suppress(ContextError):
            self._table.raise_to(
                keys.key_use(caller.account_id, caller.key_id),
                codec.entity_attributes("key_use"),
                _LAST_HOUR,
                hour,
            )

    def last_uses(self, api_keys: Sequence[ApiKey]) -> dict[str, datetime]:
        """Return the beginning of the last hour in which each API key was used, by key id."""
        wanted = {keys.key_use(each.account_id, each.key_id): each.key_id for each in api_keys}
        return {
            wanted[key_of(item)]: datetime.fromtimestamp(
                codec.decode(item[_LAST_HOUR]) * _SECONDS_PER_HOUR, UTC
            )
            for item in self._table.get_many(list(wanted))
        }

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
