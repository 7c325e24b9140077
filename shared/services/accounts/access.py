"""Authenticate API keys, count their requests, and check their permissions."""

import hashlib
import zlib
from base64 import b32decode, b32encode
from collections.abc import Collection
from datetime import datetime
from os import urandom

from shared.domain.accounts import (
    ANY_KEY,
    EVERYTHING,
    Accounts,
    ApiKey,
    Caller,
    Credentials,
)
from shared.domain.errors import (
    AuthenticationRequired,
    InvalidApiKey,
    PermissionDenied,
    ReadOnlyKey,
    RestrictedKey,
)
from shared.domain.request_limits import (
    ACCOUNT_WINDOW_SECONDS,
    KEY_WINDOW_SECONDS,
    RequestLimit,
    RequestTokens,
)

KEY_PREFIX = "ctx_"
"""The prefix of generated keys, by which people and secret scanners recognize them."""

MIN_KEY_CHARS = 8
MAX_KEY_CHARS = 256

MIN_UNLIMITED_KEY_CHARS = 16
"""A shorter key is easier to guess, so a new one needs a rate limit."""

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""The safe HTTP methods; every other method may change data.

Source: RFC 9110, "HTTP Semantics", section 9.2.1, safe methods.
"""

_SECRET_BYTES = 24
_CHECKSUM_CHARS = 8
_BASE32_CHARS = 8
"""Base32 encodes groups of eight characters."""


def new_api_key(account_id: str) -> str:
    """Generate a key: a prefix, the encoded account, 192 random bits, and a checksum."""
    encoded = b32encode(account_id.encode()).decode().rstrip("=").lower()
    body = f"{KEY_PREFIX}{encoded}_{urandom(_SECRET_BYTES).hex()}"
    return body + _checksum(body)


def account_in_key(presented: str) -> str | None:
    """Return the account that a key claims, or None.

    The claim is unverified; compare it with the account of the stored key.
    """
    encoded, separator, _ = presented.removeprefix(KEY_PREFIX).partition("_")
    if not presented.startswith(KEY_PREFIX) or not separator:
        return None
    padding = "=" * (-len(encoded) % _BASE32_CHARS)
    try:
        return b32decode(encoded.upper() + padding).decode()
    except ValueError:
        # No base32, or no text in it.
        return None


def hash_api_key(presented: str) -> str:
    """Return the hash under which a key is stored: SHA-256 in hexadecimal."""
    return hashlib.sha256(presented.encode()).hexdigest()


def is_possible_key(presented: str) -> bool:
    """Tell whether a string can be a key; saves a read for mistyped keys."""
    if not MIN_KEY_CHARS <= len(presented) <= MAX_KEY_CHARS or not presented.isprintable():
        return False
    if not presented.startswith(KEY_PREFIX):
        return True
    body, checksum = presented[:-_CHECKSUM_CHARS], presented[-_CHECKSUM_CHARS:]
    return checksum == _checksum(body)


def authenticate(credentials: Credentials, presented: str | None, now: datetime) -> Caller:
    """Return the caller of a request by its key.

    Raises:
        AuthenticationRequired: The request has no key.
        InvalidApiKey: The key is unknown, revoked or expired.

    """
    if not presented:
        raise AuthenticationRequired
    if not is_possible_key(presented):
        raise InvalidApiKey
    return caller_of(credentials.find(hash_api_key(presented), account_in_key(presented)), now)


def caller_of(key: ApiKey | None, now: datetime) -> Caller:
    """Return the caller that a key makes.

    Raises:
        InvalidApiKey: There is no key, or it is revoked or expired.

    """
    if key is None or not key.is_valid(now):
        raise InvalidApiKey
    return Caller(
        account_id=key.account_id,
        key_id=key.key_id,
        requested_at=now,
        grants=key.grants,
        requests_per_minute=key.requests_per_minute,
        user=key.user,
        teams=key.teams,
        read_only=key.read_only,
        purpose=key.purpose,
        sensitivity=key.sensitivity,
        key_hash=key.key_hash,
        value_source=key.source,
        valid_until=key.valid_until,
        account_requests_per_second=key.account_requests_per_second,
    )


def count_request(
    credentials: Credentials, tokens: RequestTokens, caller: Caller
) -> list[RequestLimit]:
    """Count a request against the limits of the caller's key and account.

    A request that exceeds the limit of its key does not count for the account.

    Returns:
        The limits that the caller has, with what is left of each. `check_limits` rejects the
        request if one is exceeded.

    """
    limits = []
    second = int(caller.requested_at.timestamp())
    if caller.requests_per_minute is not None:
        quota = caller.requests_per_minute
        count = credentials.count_request(caller, second // KEY_WINDOW_SECONDS, quota)
        left = None if count is None else quota - count
        limits.append(_limit("key", quota, KEY_WINDOW_SECONDS, second, left))
        if left is None:
            return limits
    if caller.account_requests_per_second is not None:
        quota = caller.account_requests_per_second * ACCOUNT_WINDOW_SECONDS
        left = tokens.take(caller.account_id, second // ACCOUNT_WINDOW_SECONDS, quota)
        limits.append(_limit("account", quota, ACCOUNT_WINDOW_SECONDS, second, left))
    return limits


def _limit(name: str, quota: int, seconds: int, second: int, left: int | None) -> RequestLimit:
    return RequestLimit(name, quota, seconds, seconds - second % seconds, left)


def check_method(caller: Caller, method: str) -> None:
    """Reject a read-only key for every HTTP method that may change data.

    This applies to every endpoint of every API, whatever the permissions of the key.

    Raises:
        ReadOnlyKey: The key is read-only and the method may change data.

    """
    if caller.read_only and method not in READING_METHODS:
        raise ReadOnlyKey


def authorize(caller: Caller, permissions: Collection[str], resource: str | None) -> None:
    """Require one of the permissions on a resource.

    An endpoint without permissions accepts keys that have no permissions, and keys that have all
    permissions. It rejects keys with some permissions, which are restricted to those. `ANY_KEY`
    among the permissions accepts every key.
    `resource` is the resource that the permission must cover. None counts permissions for the whole
    account alone.

    Raises:
        PermissionDenied: The key has none of the permissions; the error has the first of them.
        RestrictedKey: The endpoint has no permissions, and the key is restricted to some.

    """
    if ANY_KEY in permissions:
        return
    if not permissions:
        if caller.grants and not caller.may(EVERYTHING, resource):
            raise RestrictedKey
        return
    if not any(caller.may(permission, resource) for permission in permissions):
        raise PermissionDenied(next(iter(permissions)))


def check_ownership(accounts: Accounts, caller: Caller, resource: str) -> None:
    """Require a caller whose account owns the resource; raises PermissionDenied."""
    account = accounts.find(caller.account_id)
    if account is None or not account.owns(resource):
        raise PermissionDenied(resource)


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
