"""Manage accounts and API keys as an operator."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import partial
from os import urandom

from shared.domain.accounts import (
    WHOLE_ACCOUNT,
    Account,
    Accounts,
    ApiKey,
    ApiKeyDraft,
    Credentials,
)
from shared.domain.definitions import Definitions
from shared.domain.errors import InvalidField, WriteConflict
from shared.domain.records import dataclass
from shared.services.accounts.access import (
    MAX_KEY_CHARS,
    MIN_KEY_CHARS,
    MIN_UNLIMITED_KEY_CHARS,
    hash_api_key,
    is_possible_key,
    new_api_key,
)
from shared.services.conflicts import retry_on_conflict
from shared.validation.accounts import check_account

KEY_RULE = (
    f"a key has {MIN_KEY_CHARS} to {MAX_KEY_CHARS} printable characters, "
    "and one that was made by this service its right checksum"
)
"""The rule for imported keys, as an error message."""

SHORT_KEY_RULE = (
    f"a key of fewer than {MIN_UNLIMITED_KEY_CHARS} characters needs a limit of requests per minute"
)

_HINT_CHARS = 4
_HIDDEN_CHARS = 8
"""The least characters of a key that its hint does not show."""


class AdministrationError(Exception):
    """The base class of errors of administration, which no API responds with."""


@dataclass(eq=False)
class AccountNotFound(AdministrationError):
    """There is no account with that id."""

    account_id: str


@dataclass(eq=False)
class AccountExists(AdministrationError):
    """There is already an account with that id."""

    account_id: str


@dataclass(eq=False)
class KeyNotFound(AdministrationError):
    """The account has no API key with that id."""

    account_id: str
    key_id: str


@dataclass(eq=False)
class KeyNotActive(AdministrationError):
    """The API key is revoked or has expired."""

    key_id: str


class KeyExists(AdministrationError):
    """The API key is already in use, in this account or in another."""


@dataclass(eq=False)
class ContactNotInAccount(AdministrationError):
    """The account has no contact with that id."""

    account_id: str
    contact_id: int


@dataclass(eq=False)
class ConversationNotInAccount(AdministrationError):
    """The account has no conversation with that id."""

    account_id: str
    conversation_id: str


@dataclass(eq=False)
class ConversationExists(AdministrationError):
    """The account already has a conversation with that id."""

    account_id: str
    conversation_id: str


def create_account(accounts: Accounts, account: Account) -> None:
    """Store a new account.

    Raises:
        AccountExists: There is already an account with that id.
        InvalidField: The id, name or locale is not valid.

    """
    check_account(account)
    try:
        accounts.add(account)
    except WriteConflict:
        raise AccountExists(account.account_id) from None


def get_account(accounts: Accounts, account_id: str) -> Account:
    """Return an account; raises AccountNotFound."""
    account = accounts.find(account_id)
    if account is None:
        raise AccountNotFound(account_id)
    return account


def create_key(
    accounts: Accounts,
    credentials: Credentials,
    account_id: str,
    draft: ApiKeyDraft,
    now: datetime,
    imported: str | None = None,
) -> tuple[str, ApiKey]:
    """Create an API key for an account, or import one; only its hash is stored.

    `imported` is the key to import; None generates one.

    Returns:
        The key, which cannot be read again, and its stored record.

    Raises:
        AccountNotFound: There is no such account.
        KeyExists: The imported key is already in use.
        InvalidField: The expiry has passed, the imported key is not valid, or it is short and has
            no rate limit.

    """
    if imported is not None and not is_possible_key(imported):
        raise InvalidField("key", KEY_RULE)
    if imported is not None and needs_limit(imported) and draft.requests_per_minute is None:
        raise InvalidField("key", SHORT_KEY_RULE)
    if draft.valid_until is not None and draft.valid_until <= now:
        raise InvalidField("expiry", "it has passed")
    secret = new_api_key(account_id) if imported is None else imported

    def attempt() -> ApiKey:
        account = get_account(accounts, account_id)
        key = stored_key(account_id, draft, secret, now, account.requests_per_second)
        try:
            credentials.add(key)
        except WriteConflict:
            if credentials.find(key.key_hash) is not None:
                raise KeyExists from None
            raise
        return key

    return secret, retry_on_conflict(attempt)


def needs_limit(secret: str) -> bool:
    """Tell whether a key is so short that it needs a rate limit."""
    return len(secret) < MIN_UNLIMITED_KEY_CHARS


def list_keys(accounts: Accounts, credentials: Credentials, account_id: str) -> list[ApiKey]:
    """List the API keys of an account, oldest first; raises AccountNotFound."""
    get_account(accounts, account_id)
    return credentials.list(account_id)


def revoke_key(
    accounts: Accounts, credentials: Credentials, account_id: str, key_id: str
) -> ApiKey:
    """Revoke an API key immediately, and return it.

    Raises:
        AccountNotFound: There is no such account.
        KeyNotFound: The account has no key with that id.

    """
    key = _key_of(list_keys(accounts, credentials, account_id), account_id, key_id)
    credentials.revoke(key)
    return key


def rotate_key(
    accounts: Accounts,
    credentials: Credentials,
    account_id: str,
    key_id: str,
    overlap: timedelta,
    now: datetime,
) -> tuple[str, ApiKey, datetime]:
    """Create a key with the properties of another, which ends after an overlap.

    Returns:
        The new key, which cannot be read again, its stored record, and the end of the old key.

    Raises:
        AccountNotFound: There is no such account.
        KeyNotFound: The account has no key with that id.
        KeyNotActive: The key is revoked or has expired.

    """

    def attempt() -> tuple[str, ApiKey, datetime]:
        key = _key_of(list_keys(accounts, credentials, account_id), account_id, key_id)
        if not key.is_valid(now):
            raise KeyNotActive(key_id)
        ends_at = key.end_of_overlap(overlap, now)
        secret = new_api_key(account_id)
        limit = get_account(accounts, account_id).requests_per_second
        successor = stored_key(account_id, key, secret, now, limit)
        credentials.rotate(key, successor, ends_at)
        return secret, successor, ends_at

    return retry_on_conflict(attempt)


def _key_of(keys: Sequence[ApiKey], account_id: str, key_id: str) -> ApiKey:
    for key in keys:
        if key.key_id == key_id:
            return key
    raise KeyNotFound(account_id, key_id)


def stored_key(
    account_id: str, draft: ApiKeyDraft, secret: str, now: datetime, limit: int | None = None
) -> ApiKey:
    """Return the stored record of a key: its hash, and a hint by which its owner recognizes it.

    Ids sort by the second of creation. `limit` is the most requests a second of the account.
    """
    return ApiKey(
        **{spec.name: getattr(draft, spec.name) for spec in fields(ApiKeyDraft)},
        key_id=f"{int(now.timestamp()):08x}{urandom(4).hex()}",
        account_id=account_id,
        key_hash=hash_api_key(secret),
        hint=_hint(secret),
        created_at=now,
        account_requests_per_second=limit,
    )


def _hint(secret: str) -> str:
    if len(secret) < 2 * _HINT_CHARS + _HIDDEN_CHARS:
        return f"...{secret[-2:]}"
    return f"{secret[:_HINT_CHARS]}...{secret[-_HINT_CHARS:]}"


def flush_definitions(accounts: Accounts, definitions: Definitions, account_id: str) -> int:
    """Make every function read the definitions of an account again, and count them.

    Returns:
        How many definitions the account has.

    Raises:
        AccountNotFound: There is no such account.

    """
    get_account(accounts, account_id)
    return retry_on_conflict(lambda: definitions.flush(account_id))


def index_audiences(accounts: Accounts, definitions: Definitions, account_id: str) -> int:
    """Add the audience of each owned definition to the slot index.

    Migrates data that was written before the index had audiences. It is safe to run again.

    Returns:
        How many definitions have an audience.

    Raises:
        AccountNotFound: There is no such account.

    """
    get_account(accounts, account_id)

    def attempt(definition_id: int) -> bool:
        found = definitions.find(account_id, definition_id)
        if found is None or found.audience == WHOLE_ACCOUNT:
            return False
        definitions.replace(account_id, found, replace(found, version=found.version + 1))
        return True

    owned = [each for each in definitions.list(account_id) if each.audience != WHOLE_ACCOUNT]
    return sum(retry_on_conflict(partial(attempt, each.definition_id)) for each in owned)
