"""Accounts, their API keys and conversations, as their administrator manages them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
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
from shared.domain.contacts import Contacts, Conversation
from shared.domain.errors import InvalidField, WriteConflict
from shared.domain.variables import Definitions
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
from shared.validation.contacts import (
    MAX_IDENTIFIER_BYTES,
    is_contact_id,
    is_possible_identifier,
)

KEY_RULE = (
    f"a key has {MIN_KEY_CHARS} to {MAX_KEY_CHARS} printable characters, "
    "and one that was made by this service its right checksum"
)
"""The rule of keys that are brought over, in words for the one who broke it."""

SHORT_KEY_RULE = (
    f"a key of fewer than {MIN_UNLIMITED_KEY_CHARS} characters needs a limit of requests per minute"
)

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


@dataclass(eq=False)
class ContactNotInAccount(AdministrationError):
    """The account has no contact of that id."""

    account_id: str
    contact_id: int


@dataclass(eq=False)
class ConversationNotInAccount(AdministrationError):
    """The account has no conversation of that id."""

    account_id: str
    conversation_id: str


@dataclass(eq=False)
class ConversationExists(AdministrationError):
    """The account has a conversation of that id already."""

    account_id: str
    conversation_id: str


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
    Raises AccountNotFound, KeyExists, or InvalidField for an expiry that has passed, an imported
    key that can be none, or a short one without a rate limit.
    """
    get_account(accounts, account_id)
    if imported is not None and not is_possible_key(imported):
        raise InvalidField("key", KEY_RULE)
    if imported is not None and needs_limit(imported) and draft.requests_per_minute is None:
        raise InvalidField("key", SHORT_KEY_RULE)
    if draft.valid_until is not None and draft.valid_until <= now:
        raise InvalidField("expiry", "it has passed")
    secret = new_api_key() if imported is None else imported
    key = stored_key(account_id, draft, secret, now)
    try:
        credentials.add(key)
    except WriteConflict:
        raise KeyExists from None
    return secret, key


def needs_limit(secret: str) -> bool:
    """Whether a key is so short that it may only be stored with a rate limit."""
    return len(secret) < MIN_UNLIMITED_KEY_CHARS


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


def create_conversation(
    accounts: Accounts,
    contacts: Contacts,
    account_id: str,
    contact_id: int,
    now: datetime,
    conversation_id: str | None = None,
) -> Conversation:
    """Create a conversation with a contact, on which variables can be set.

    Without an id it gets one that sorts after those made before, since the last conversation of a
    contact in order of id is its current one.
    Raises AccountNotFound, ContactNotInAccount, ConversationExists, or InvalidField for the id.
    """
    if conversation_id is None:
        milliseconds = int(now.timestamp() * 1000)
        conversation_id = f"conv_{milliseconds:012x}{urandom(6).hex()}"
    if not conversation_id or not is_possible_identifier(conversation_id):
        raise InvalidField("id", f"an id has 1 to {MAX_IDENTIFIER_BYTES} bytes of UTF-8")
    _check_contact(accounts, contacts, account_id, contact_id)
    conversation = Conversation(conversation_id, contact_id)
    try:
        contacts.add_conversation(account_id, conversation)
    except WriteConflict:
        # The id is in use, unless the contact was deleted since it was found.
        _check_contact(accounts, contacts, account_id, contact_id)
        raise ConversationExists(account_id, conversation_id) from None
    return conversation


def list_conversations(
    accounts: Accounts, contacts: Contacts, account_id: str, contact_id: int
) -> Sequence[Conversation]:
    """The conversations with a contact, in order of id.

    Raises AccountNotFound or ContactNotInAccount.
    """
    _check_contact(accounts, contacts, account_id, contact_id)
    return contacts.list_conversations(account_id, contact_id)


def delete_conversation(
    accounts: Accounts, contacts: Contacts, account_id: str, conversation_id: str
) -> Conversation:
    """Delete a conversation with its variables, and return it.

    Raises AccountNotFound or ConversationNotInAccount.
    """
    get_account(accounts, account_id)
    is_possible = is_possible_identifier(conversation_id)
    found = contacts.find_conversation(account_id, conversation_id) if is_possible else None
    if found is None:
        raise ConversationNotInAccount(account_id, conversation_id)
    contacts.delete_conversation(account_id, found)
    return found


def _check_contact(
    accounts: Accounts, contacts: Contacts, account_id: str, contact_id: int
) -> None:
    get_account(accounts, account_id)
    if not is_contact_id(contact_id) or contacts.find(account_id, contact_id) is None:
        raise ContactNotInAccount(account_id, contact_id)


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
    return sum(retry_on_conflict(partial(attempt, each.definition_id)) for each in owned)
