"""Create, list, rotate and revoke API keys with an API key.

A key never gives more than it has itself, and no key that manages keys is created here: a key
with one of `KEY_PERMISSIONS` comes from the operator's command. So a key that was stolen cannot
make itself a successor, and what it has created is found by `created_by`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from shared.domain.accounts import (
    EVERYTHING,
    KEY_PERMISSIONS,
    ApiKey,
    ApiKeyDraft,
    Caller,
    Grant,
)
from shared.domain.api_keys import (
    ApiKeys,
    KeyLog,
    KeyRequest,
    NewKey,
    ShownKey,
    ShownKeyPage,
)
from shared.domain.errors import (
    ApiKeyForbidden,
    ApiKeyInactive,
    ApiKeyNotFound,
    Fault,
    IdempotencyKeyReused,
    InvalidRequest,
    TooManyApiKeys,
    WriteConflict,
)
from shared.domain.sources import weaker_source
from shared.domain.value_changes import IdempotencyKey
from shared.services.accounts.access import new_api_key
from shared.services.accounts.administration import stored_key
from shared.services.conflicts import retry_on_conflict

MAX_VALID_KEYS = 200
"""The most API keys of an account that are neither revoked nor expired."""

KEPT_FOR = timedelta(hours=24)
"""How long the record of a request with an idempotency key is kept."""

_OF_WEBHOOKS = ("webhooks:read", "webhooks:write")
_MAX_ID_CHARS = 64

Bound = TypeVar("Bound", int, datetime)


def create_api_key(
    api_keys: ApiKeys,
    log: KeyLog,
    caller: Caller,
    draft: ApiKeyDraft,
    idempotency_key: IdempotencyKey | None,
) -> NewKey:
    """Create an API key. Only its hash is stored.

    Concurrent requests can exceed the maximum of valid keys, each by one.

    Raises:
        InvalidRequest: The expiry has passed.
        ApiKeyForbidden: The key would have more than the caller has.
        TooManyApiKeys: The account has the maximum of valid keys.
        IdempotencyKeyReused: Another request was sent with this idempotency key.
        InvalidApiKey: The caller's key was revoked in the meantime.

    """
    request = _request(caller, idempotency_key)

    def attempt() -> NewKey:
        replay = _replay(api_keys, caller, request)
        if replay is not None:
            return replay
        if draft.valid_until is not None and draft.valid_until <= caller.requested_at:
            fault = Fault("invalid_value", "it has passed", ("expires_at",))
            raise InvalidRequest.from_faults([fault])
        _check_covered(caller, draft)
        _check_room(api_keys, caller)
        secret, key = _generate(api_keys, caller, draft)
        api_keys.add(key, caller, request)
        _log(log, caller, "created", key.key_id)
        return NewKey(key, secret)

    return retry_on_conflict(attempt)


def rotate_api_key(
    api_keys: ApiKeys,
    log: KeyLog,
    caller: Caller,
    key_id: str,
    overlap: timedelta,
    idempotency_key: IdempotencyKey | None,
) -> NewKey:
    """Create a key with the properties of another, which ends after an overlap.

    A key is rotated once. Of two requests at the same time, one gets ApiKeyInactive.

    Raises:
        ApiKeyNotFound: The account has no such key.
        ApiKeyInactive: The key is revoked, has expired, or was rotated before.
        ApiKeyForbidden: The key has more than the caller has.
        TooManyApiKeys: The account has the maximum of valid keys.
        IdempotencyKeyReused: Another request was sent with this idempotency key.
        InvalidApiKey: The caller's key was revoked in the meantime.

    """
    request = _request(caller, idempotency_key)

    def attempt() -> NewKey:
        replay = _replay(api_keys, caller, request)
        key = _found(api_keys, caller, key_id)
        if replay is not None:
            return replace(replay, replaces=key)
        if not key.is_valid(caller.requested_at):
            raise ApiKeyInactive("it is revoked or has expired")
        if key.successor_id is not None:
            raise ApiKeyInactive(f"its successor is {key.successor_id}")
        _check_covered(caller, key)
        _check_room(api_keys, caller)
        secret, successor = _generate(api_keys, caller, key)
        ends_at = key.end_of_overlap(overlap, caller.requested_at)
        api_keys.rotate(key, successor, ends_at, caller, request)
        _log(log, caller, "rotated", key_id, successor.key_id)
        return NewKey(successor, secret, replaces=replace(key, valid_until=ends_at))

    return retry_on_conflict(attempt)


def revoke_api_key(api_keys: ApiKeys, log: KeyLog, caller: Caller, key_id: str) -> ApiKey:
    """Revoke an API key immediately; its webhooks are suspended. A revoked key stays as it is.

    Raises:
        ApiKeyNotFound: The account has no such key.

    """

    def attempt() -> ApiKey:
        key = _found(api_keys, caller, key_id)
        if not key.active:
            return key
        at = caller.requested_at
        api_keys.revoke(key, caller.key_id, at)
        _log(log, caller, "revoked", key_id)
        return replace(key, active=False, revoked_at=at, revoked_by=caller.key_id)

    return retry_on_conflict(attempt)


def get_api_key(api_keys: ApiKeys, caller: Caller, key_id: str) -> ShownKey:
    """Return an API key of the account with its last use; raises ApiKeyNotFound."""
    found = api_keys.find_shown(caller.account_id, key_id) if _is_possible(key_id) else None
    if found is None:
        raise ApiKeyNotFound(key_id)
    return found


def list_api_keys(api_keys: ApiKeys, caller: Caller, after: str | None, limit: int) -> ShownKeyPage:
    """List a page of the account's API keys in order of id, revoked ones included."""
    return api_keys.page(caller.account_id, after, limit)


def excess_of(caller: Caller, draft: ApiKeyDraft) -> list[str]:
    """Return what a key would have more than the caller, each in words. Empty if nothing."""
    excess = [f"permission {_words(each)}" for each in _excess_grants(caller, draft)]
    if not draft.grants and not caller.may(EVERYTHING):
        excess.append("full access to the APIs without permissions")
    if draft.user not in (None, caller.user):
        excess.append(f"user {draft.user}")
    excess += [f"team {each}" for each in sorted(draft.teams - caller.teams)]
    may_read = any(map(caller.may, _OF_WEBHOOKS))
    if may_read and _is_of_users(caller) and not _is_of_users(draft) and _reads_webhooks(draft):
        # A key without user and teams sees the webhooks of all.
        excess.append("the webhooks of other users and teams")
    if _is_more(draft.requests_per_minute, caller.requests_per_minute):
        excess.append(f"more than {caller.requests_per_minute} requests per minute")
    if _is_more(draft.valid_until, caller.valid_until):
        excess.append("a later expiry")
    if weaker_source(draft.source, caller.value_source) is not draft.source:
        excess.append(f"source {draft.source}")
    if caller.purpose is not None and draft.purpose is not caller.purpose:
        excess.append(f"purpose {draft.purpose or 'any'}")
    if not caller.sensitivity.allows(draft.sensitivity):
        excess.append(f"sensitivity {draft.sensitivity}")
    return excess


def _excess_grants(caller: Caller, draft: ApiKeyDraft) -> list[Grant]:
    return [
        each
        for each in draft.grants
        if each.permission in KEY_PERMISSIONS or not caller.may(each.permission, each.resource)
    ]


def _is_of_users(key: Caller | ApiKeyDraft) -> bool:
    return key.user is not None or bool(key.teams)


def _reads_webhooks(draft: ApiKeyDraft) -> bool:
    # A key without permissions has full access to the APIs that have none.
    given = any(each.allows(name, None) for each in draft.grants for name in _OF_WEBHOOKS)
    return given or not draft.grants


def _is_more(given: Bound | None, own: Bound | None) -> bool:
    return own is not None and (given is None or given > own)


def _words(grant: Grant) -> str:
    return f"{grant.permission}@{grant.resource}" if grant.resource else grant.permission


def _check_covered(caller: Caller, draft: ApiKeyDraft) -> None:
    excess = excess_of(caller, draft)
    if excess:
        raise ApiKeyForbidden("; ".join(excess))


def _check_room(api_keys: ApiKeys, caller: Caller) -> None:
    found = api_keys.list(caller.account_id)
    if sum(each.is_valid(caller.requested_at) for each in found) >= MAX_VALID_KEYS:
        raise TooManyApiKeys(MAX_VALID_KEYS)


def _generate(api_keys: ApiKeys, caller: Caller, draft: ApiKeyDraft) -> tuple[str, ApiKey]:
    """Return a new key and its record, which has the limit that the account has now."""
    secret = new_api_key(caller.account_id)
    limit = api_keys.account_limit(caller.account_id)
    key = stored_key(caller.account_id, draft, secret, caller.requested_at, limit)
    return secret, replace(key, created_by=caller.key_id)


def _found(api_keys: ApiKeys, caller: Caller, key_id: str) -> ApiKey:
    found = api_keys.find(caller.account_id, key_id) if _is_possible(key_id) else None
    if found is None:
        raise ApiKeyNotFound(key_id)
    return found


def _is_possible(key_id: str) -> bool:
    # A longer id would exceed the size of a DynamoDB key.
    return 0 < len(key_id) <= _MAX_ID_CHARS


def _request(caller: Caller, key: IdempotencyKey | None) -> KeyRequest | None:
    at = caller.requested_at
    return None if key is None else KeyRequest(caller.key_id, key, at, at + KEPT_FOR)


def _replay(api_keys: ApiKeys, caller: Caller, request: KeyRequest | None) -> NewKey | None:
    """Return the key that an earlier request with the same idempotency key has created."""
    record = None if request is None else api_keys.find_request(caller.account_id, request)
    if request is None or record is None:
        return None
    if record.fingerprint != request.idempotency_key.fingerprint or record.key_id is None:
        raise IdempotencyKeyReused
    found = api_keys.find(caller.account_id, record.key_id)
    if found is None:
        raise WriteConflict
    return NewKey(found, None)


def _log(log: KeyLog, caller: Caller, change: str, key_id: str, successor_id: str = "") -> None:
    log.key_changed(
        {
            "change": change,
            "account_id": caller.account_id,
            "changed_key_id": key_id,
            "successor_id": successor_id or None,
            "key_id": caller.key_id,
            "request_id": caller.request_id,
        }
    )
