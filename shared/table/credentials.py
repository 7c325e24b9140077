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
from shared.table.operations import EXISTS, IS_NEW, Item, Write, check, key_of, put, update
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

    def count_request(self, caller: Caller, minute: int, limit: int) -> int | None:
        """Count a request of an API key.

        Args:
            caller: The caller with the key.
            minute: The minute of the request, counted since the epoch.
            limit: The maximum number of requests in a minute.

        Returns:
            The requests of this minute. None if the limit had been reached; the request is then
            not counted.
        """
        counter = keys.request_count(caller.account_id, caller.key_id, minute)
        attributes = account_items.request_count_attributes(minute * 60 + _REQUEST_COUNT_SECONDS)
        try:
            return self._table.count_up(counter, attributes, "requests", limit)
        except WriteConflict:
            return None

    def add(self, key: ApiKey) -> None:
        """Store a new API key.

        Raises:
            WriteConflict: A key with this hash exists, or the account has another limit than the
                key says.
        """
        self._table.write(new_key_writes(key))

    def rotate(self, key: ApiKey, successor: ApiKey, ends_at: datetime) -> None:
        """Store the successor of an API key, and let the key end at a time, in one transaction.

        Raises:
            WriteConflict: The key was revoked or changed, or a key with the hash of the successor
                exists.
        """
        self._table.write(rotation_writes(key, successor, ends_at))

    def note_use(self, caller: Caller) -> None:
        """Record the hour in which an API key was used. Never fails.

        Sends at most one request an hour for each key, also when it fails. Other functions may have
        recorded the hour.
        """
        hour = int(caller.requested_at.timestamp()) // _SECONDS_PER_HOUR
        # Put at the end, so that the keys used least recently are forgotten first.
        noted = self._noted.pop(caller.key_id, None)
        self._noted[caller.key_id] = hour
        if noted == hour:
            return
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

    def limit(self, key: ApiKey, requests_per_second: int | None) -> None:
        """Set the copy of its account's limit that an API key has, or remove it."""
        item = keys.api_key(key.key_hash)
        self._table.write(
            [account_items.limit_write(item, "account_requests_per_second", requests_per_second)]
        )


def new_key_writes(key: ApiKey) -> Sequence[Write]:
    """Build the writes of a new API key: the key, its entry, and a check of the account's limit.

    A key has a copy of the limit. Without the check, a key that is created while the limit
    changes could keep the earlier one.
    """
    limit = key.account_requests_per_second
    unchanged = "attribute_not_exists(requests_per_second)"
    values: Item = {}
    if limit is not None:
        unchanged, values = "requests_per_second = :limit", {":limit": codec.encode(limit)}
    return [
        put(account_items.api_key_item(key), IS_NEW),
        put(account_items.api_key_entry_item(key), IS_NEW),
        check(keys.account(key.account_id), unchanged, values),
    ]


def rotation_writes(key: ApiKey, successor: ApiKey, ends_at: datetime) -> Sequence[Write]:
    """Build the writes of a rotation, conditional on the key being active and as it was read."""
    conditions, values = ["active = :active"], {":active": codec.encode(value=True)}
    for name in ("valid_until", "successor_id"):
        before = getattr(key, name)
        if before is None:
            conditions.append(f"attribute_not_exists({name})")
            continue
        conditions.append(f"{name} = :before_{name}")
        values[f":before_{name}"] = codec.encode(before)
    sets = {"valid_until": ends_at, "successor_id": successor.key_id}
    ending = update(
        keys.api_key(key.key_hash),
        {name: codec.encode(value) for name, value in sets.items()},
        condition=" AND ".join(conditions),
        values=values,
    )
    return [*new_key_writes(successor), ending]
