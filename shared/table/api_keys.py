"""Store API keys as API keys manage them, with the records of the requests that created them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.domain.accounts import ApiKey, Caller
from shared.domain.api_keys import KeyRequest, KeyRequestRecord, ShownKey, ShownKeyPage
from shared.domain.errors import InvalidApiKey, WriteConflict
from shared.table import account_items, codec, keys
from shared.table.credentials import CredentialTable, new_key_writes, rotation_writes
from shared.table.dynamo import Table
from shared.table.operations import IS_NEW, Item, Write, check, put, update

_IS_ACTIVE = "active = :active"
_ACTIVE: Item = {":active": {"BOOL": True}}


class ApiKeyTable:
    """The adapter of the port `ApiKeys`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._credentials = CredentialTable(table)

    def find(self, account_id: str, key_id: str) -> ApiKey | None:
        """Return an API key of an account, or None."""
        entry = self._table.get(keys.api_key_entry(account_id, key_id))
        if entry is None:
            return None
        found = self._read(account_id, [entry])
        return found[0] if found else None

    def find_shown(self, account_id: str, key_id: str) -> ShownKey | None:
        """Return an API key of an account with its last use, or None."""
        found = self.find(account_id, key_id)
        return None if found is None else self._shown([found])[0]

    def page(self, account_id: str, after: str | None, limit: int) -> ShownKeyPage:
        """Return a page of an account's API keys in order of id.

        Args:
            account_id: The account.
            after: The id of the last key of the previous page. None starts at the first.
            limit: The maximum number of keys.
        """
        start = None if after is None else keys.api_key_entry(account_id, after)
        partition = keys.api_keys_partition(account_id)
        entries, is_more = self._table.query_page(partition, keys.API_KEYS, start, limit)
        following = keys.key_id_of(entries[-1]["sk"]["S"]) if is_more else None
        return ShownKeyPage(self._shown(self._read(account_id, entries)), following)

    def list(self, account_id: str) -> Sequence[ApiKey]:
        """Return all API keys of an account."""
        return self._credentials.list(account_id)

    def account_limit(self, account_id: str) -> int | None:
        """Return the most requests a second of an account, None for no limit."""
        item = self._table.get(keys.account(account_id))
        return None if item is None else account_items.to_account(item).requests_per_second

    def find_request(self, account_id: str, request: KeyRequest) -> KeyRequestRecord | None:
        """Return the record of a request with the same idempotency key, if it has not expired."""
        item = self._table.get(_record_key(account_id, request))
        if item is None:
            return None
        plain = codec.decode_item(item)
        if codec.to_datetime(plain["ends_at"]) <= request.requested_at:
            # TTL deletes late.
            return None
        return KeyRequestRecord(plain["fingerprint"], plain.get("created_key_id"))

    def add(self, key: ApiKey, caller: Caller, request: KeyRequest | None) -> None:
        """Store a new API key and the record of its request, in one transaction."""
        self._write(caller, [*new_key_writes(key), *_record_writes(key, request)])

    def rotate(
        self,
        key: ApiKey,
        successor: ApiKey,
        ends_at: datetime,
        caller: Caller,
        request: KeyRequest | None,
    ) -> None:
        """Store the successor and the end of a key, in one transaction."""
        rotation = rotation_writes(key, successor, ends_at)
        self._write(caller, [*rotation, *_record_writes(successor, request)])

    def revoke(self, key: ApiKey, revoked_by: str, at: datetime) -> None:
        """Deactivate an API key. It is rejected from the next request on."""
        facts = {"active": False, "revoked_by": revoked_by, "revoked_at": at}
        change = update(
            keys.api_key(key.key_hash),
            {name: codec.encode(value) for name, value in facts.items()},
            condition="active = :was AND account_id = :account",
            values={":was": {"BOOL": True}, ":account": codec.encode(key.account_id)},
        )
        self._table.write([change])

    def _write(self, caller: Caller, writes: Sequence[Write]) -> None:
        """Apply writes unless the caller's key is revoked: then no key can appear any more."""
        is_active = check(keys.api_key(caller.key_hash), _IS_ACTIVE, _ACTIVE)
        try:
            self._table.write([is_active, *writes])
        except WriteConflict as conflict:
            if _has_failed_first(conflict):
                raise InvalidApiKey from conflict
            raise

    def _read(self, account_id: str, entries: Sequence[Item]) -> Sequence[ApiKey]:
        """Return the keys of entries in the same order."""
        hashes = [codec.decode(each["key_hash"]) for each in entries]
        items = self._table.get_many([keys.api_key(each) for each in hashes])
        found = {each.key_hash: each for each in map(account_items.to_api_key, items)}
        known = [found[each] for each in hashes if each in found]
        return [each for each in known if each.account_id == account_id]

    def _shown(self, found: Sequence[ApiKey]) -> Sequence[ShownKey]:
        uses = self._credentials.last_uses(found)
        return [ShownKey(each, uses.get(each.key_id)) for each in found]


def _record_key(account_id: str, request: KeyRequest) -> keys.Key:
    return keys.idempotency_record(
        account_id, request.caller_key_id, request.idempotency_key.digest
    )


def _record_writes(key: ApiKey, request: KeyRequest | None) -> list[Write]:
    """Build the write of a request's record. It has the id of the key and never the secret."""
    if request is None:
        return []
    item = codec.entity_item(
        _record_key(key.account_id, request),
        "idempotency_record",
        {
            "fingerprint": request.idempotency_key.fingerprint,
            # Requests that change values read the same records, and expect results.
            "results": [],
            "created_key_id": key.key_id,
            "processed_at": request.requested_at,
            "ends_at": request.expires_at,
        },
    )
    return [
        put(
            {**item, "expires_at": codec.ttl(request.expires_at)},
            f"{IS_NEW} OR ends_at <= :now",
            {":now": codec.encode(request.requested_at)},
        )
    ]


def _has_failed_first(conflict: WriteConflict) -> bool:
    """Return whether the condition of a transaction's first write failed."""
    response: Any = getattr(conflict.__cause__, "response", {})
    reasons = response.get("CancellationReasons", [])
    return bool(reasons) and reasons[0].get("Code") == "ConditionalCheckFailed"
