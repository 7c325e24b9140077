"""Accounts and their API keys, as their administrator sees them: make, list, revoke."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial
from os import urandom

from shared.domain.errors import InvalidField, WriteConflict
from shared.domain.model import WHOLE_ACCOUNT, Account, ApiKey, ApiKeyDraft
from shared.domain.ports import Accounts, Credentials, Definitions
from shared.services.access import (
    MAX_KEY_CHARS,
    MIN_KEY_CHARS,
    hash_api_key,
    is_possible_key,
    new_api_key,
)
from shared.services.conflicts import until_settled
from shared.validation.accounts import check_account

KEY_RULE = (
    f"a key has {MIN_KEY_CHARS} to {MAX_KEY_CHARS} printable characters, "
    "and one that was made by this service its right checksum"
)
"""The rule of keys that are brought over, in words for the one who broke it."""

_HINT_CHARS = 4
_HIDDEN_CHARS = 8
"""At least so many characters of a key are in no hint."""


class AdministrationError(Exception):
    """The root of what an administrator is refused; no API answers with it."""


@dataclass(eq=False)
class AccountNotFound(AdministrationError):
    """There is no account of that id."""

    account_id: str


@dataclass(eq=False)
class AccountExists(AdministrationError):
    """There is an account of that id already."""

    account_id: str


@dataclass(eq=False)
class KeyNotFound(AdministrationError):
    """The account has no API key of that id."""

    account_id: str
    key_id: str


class KeyExists(AdministrationError):
    """The API key is in use already, in this account or in another."""


def create_account(accounts: Accounts, account: Account) -> None:
    """Store a new account.

    Raises AccountExists, or InvalidField for its id, name or locale.
    """
    check_account(account)
    try:
        accounts.add(account)
    except WriteConflict:
        raise AccountExists(account.account_id) from None


def get_account(accounts: Accounts, account_id: str) -> Account:
    """The account of that id; raises AccountNotFound."""
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
    """Make an API key for an account, or bring one over; only its hash is stored.

    Returns the key itself, which nobody can read again, and what is kept of it.
    Raises AccountNotFound, KeyExists, or InvalidField for an expiry that has passed
    or an imported key that can be none.
    """
    get_account(accounts, account_id)
    if imported is not None and not is_possible_key(imported):
        raise InvalidField("key", KEY_RULE)
    if draft.valid_until is not None and draft.valid_until <= now:
        raise InvalidField("expiry", "it has passed")
    secret = new_api_key() if imported is None else imported
    key = stored_key(account_id, draft, secret, now)
    try:
        credentials.add(key)
    except WriteConflict:
        raise KeyExists from None
    return secret, key


def list_keys(accounts: Accounts, credentials: Credentials, account_id: str) -> list[ApiKey]:
    """Every API key of an account, oldest first; raises AccountNotFound."""
    get_account(accounts, account_id)
    return credentials.list(account_id)


def revoke_key(
    accounts: Accounts, credentials: Credentials, account_id: str, key_id: str
) -> ApiKey:
    """Make an API key inactive at once, and return it; one that is so already stays so.

    Raises AccountNotFound or KeyNotFound, the latter also for another account's key.
    """
    for key in list_keys(accounts, credentials, account_id):
        if key.key_id == key_id:
            credentials.revoke(key)
            return key
    raise KeyNotFound(account_id, key_id)


def stored_key(account_id: str, draft: ApiKeyDraft, secret: str, now: datetime) -> ApiKey:
    """What is kept of a key: its hash, and a hint by which its owner knows it again."""
    return ApiKey(
        **{spec.name: getattr(draft, spec.name) for spec in fields(ApiKeyDraft)},
        key_id=urandom(8).hex(),
        account_id=account_id,
        key_hash=hash_api_key(secret),
        hint=_hint(secret),
        created_at=now,
    )


def _hint(secret: str) -> str:
    if len(secret) < 2 * _HINT_CHARS + _HIDDEN_CHARS:
        return f"...{secret[-2:]}"
    return f"{secret[:_HINT_CHARS]}...{secret[-_HINT_CHARS:]}"


def index_audiences(accounts: Accounts, definitions: Definitions, account_id: str) -> int:
    """Add the audience of each owned definition to the slot index; return how many there are.

    For data that was written before the index had audiences. It can be run again at any time.
    Raises AccountNotFound.
    """
    get_account(accounts, account_id)

    def attempt(definition_id: int) -> bool:
        found = definitions.find(account_id, definition_id)
        if found is None or found.audience == WHOLE_ACCOUNT:
            return False
        definitions.replace(account_id, found, replace(found, version=found.version + 1))
        return True

    owned = [each for each in definitions.list(account_id) if each.audience != WHOLE_ACCOUNT]
    return sum(until_settled(partial(attempt, each.definition_id)) for each in owned)
