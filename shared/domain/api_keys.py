"""API keys as API keys manage them, and the port that stores them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from shared.domain.accounts import ApiKey, Caller
from shared.domain.records import dataclass
from shared.domain.value_changes import IdempotencyKey


@dataclass(frozen=True, slots=True)
class ShownKey:
    """An API key with the hour of its last use, None if it was never used."""

    key: ApiKey
    last_used: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShownKeyPage:
    """A page of API keys, and the id after which the next page starts, None on the last page."""

    keys: Sequence[ShownKey]
    following: str | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A created API key.

    Attributes:
        key: The stored record.
        secret: The key itself. None in the replay of a request: it is stored nowhere.
        replaces: The key that a rotation has replaced.
    """

    key: ApiKey
    secret: str | None
    replaces: ApiKey | None = None

    @property
    def is_replay(self) -> bool:
        """Whether an earlier request with the same idempotency key created the key."""
        return self.secret is None


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A request that creates a key, to be processed once.

    Attributes:
        caller_key_id: The API key that sent the request.
        expires_at: When the record of the request expires.
    """

    caller_key_id: str
    idempotency_key: IdempotencyKey
    requested_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeyRequestRecord:
    """What the record of a request says: its fingerprint, and the key that it created."""

    fingerprint: str
    key_id: str | None


class ApiKeys(Protocol):
    """Stores API keys, and the requests that created them."""

    def find(self, account_id: str, key_id: str) -> ApiKey | None:
        """Return a key of an account, or None. Strongly consistent."""

    def find_shown(self, account_id: str, key_id: str) -> ShownKey | None:
        """Return a key of an account with its last use, or None."""

    def page(self, account_id: str, after: str | None, limit: int) -> ShownKeyPage:
        """Return a page of an account's keys in order of id, starting after an id."""

    def list(self, account_id: str) -> Sequence[ApiKey]:
        """Return all keys of an account."""

    def account_limit(self, account_id: str) -> int | None:
        """Return the most requests a second of an account, None for no limit."""

    def find_request(self, account_id: str, request: KeyRequest) -> KeyRequestRecord | None:
        """Return the record of a request with the same idempotency key, if it has not expired."""

    def add(self, key: ApiKey, caller: Caller, request: KeyRequest | None) -> None:
        """Store a new key and the record of its request, in one transaction.

        Raises:
            InvalidApiKey: The caller's key was revoked in the meantime.
            WriteConflict: The key or the record exists, or the limit of the account has changed.
        """

    def rotate(
        self,
        key: ApiKey,
        successor: ApiKey,
        ends_at: datetime,
        caller: Caller,
        request: KeyRequest | None,
    ) -> None:
        """Store the successor of a key, let the key end, and store the record of the request.

        Raises:
            InvalidApiKey: The caller's key was revoked in the meantime.
            WriteConflict: The key was revoked, rotated or changed, the record exists, or the limit
                of the account has changed.
        """

    def revoke(self, key: ApiKey, revoked_by: str, at: datetime) -> None:
        """Deactivate a key. The next request with it fails.

        Raises:
            WriteConflict: The key is revoked already, or belongs to another account.
        """


class KeyLog(Protocol):
    """Records changes of API keys. It records ids and facts, never a key."""

    def key_changed(self, facts: Mapping[str, Any]) -> None:
        """Log that a key was created, rotated or revoked."""
