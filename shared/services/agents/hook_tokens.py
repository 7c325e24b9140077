"""Tokens in the URLs of hooks: they name account, platform and hook, and have a secret."""

import binascii
import hashlib
import hmac
import re
from base64 import b32decode, b32encode
from datetime import datetime
from os import urandom
from typing import NamedTuple

from shared.domain.hooks import Hook

TOKEN_PREFIX = "h"  # noqa: S105 - the public beginning of every token
"""The beginning of every token."""

MAX_TOKEN_CHARS = 400

_SECRET_BYTES = 24
_BASE32_CHARS = 8
_TOKEN = re.compile(
    rf"{TOKEN_PREFIX}\.([a-z2-7]+)\.([a-z0-9_]+)\.([A-Za-z0-9_]+)"
    rf"\.([0-9a-f]{{{2 * _SECRET_BYTES}}})"
)


class HookToken(NamedTuple):
    """The parts of a token. Only the stored hash tells whether it is valid."""

    account_id: str
    platform: str
    hook_id: str
    text: str


def new_token(account_id: str, platform: str, hook_id: str) -> str:
    """Generate a token with 192 random bits."""
    account = b32encode(account_id.encode()).decode().rstrip("=").lower()
    return ".".join((TOKEN_PREFIX, account, platform, hook_id, urandom(_SECRET_BYTES).hex()))


def parse_token(text: str) -> HookToken | None:
    """Return the parts of a token, or None if it is none."""
    found = _TOKEN.fullmatch(text) if len(text) <= MAX_TOKEN_CHARS else None
    if found is None:
        return None
    encoded, platform, hook_id, _ = found.groups()
    padding = "=" * (-len(encoded) % _BASE32_CHARS)
    try:
        account_id = b32decode(encoded.upper() + padding).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return HookToken(account_id, platform, hook_id, text)


def hash_token(text: str) -> str:
    """Return the hash under which a token is stored: SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def opens(token: HookToken, hook: Hook, now: datetime) -> bool:
    """Return whether a token is that of a hook, or the one before during its overlap."""
    given = hash_token(token.text)
    is_new = hmac.compare_digest(given, hook.token_hash)
    until = hook.old_token_until
    is_old = hmac.compare_digest(given, hook.old_token_hash or "")
    return is_new or (is_old and until is not None and now < until)
