"""Validation of API keys that are created over the API."""

import unicodedata
from collections.abc import Sequence

from shared.domain.accounts import Grant
from shared.domain.disclosure import Purpose

MAX_KEY_NAME_CHARS = 200
MAX_PERMISSIONS = 100
MAX_PERMISSION_CHARS = 200
MAX_USER_CHARS = 200
MAX_KEY_TEAMS = 100
MAX_TEAM = 2**53 - 1
MAX_REQUESTS_PER_MINUTE = 1_000_000_000

KEY_PURPOSES = tuple(purpose for purpose in Purpose if purpose is not Purpose.WEBHOOK)
"""The purposes of keys. A webhook reads for its own purpose, whatever its key."""

_CONTROLS = {"Cc", "Cs"}


def text_fault(text: str) -> str | None:
    """Return why a name or a user is not valid: control characters could forge log lines."""
    if _CONTROLS & set(map(unicodedata.category, text)):
        return "it must have no control characters"
    return None


def permission_fault(text: str) -> str | None:
    """Return why a permission is not valid, None if it is."""
    permission, at, resource = text.partition("@")
    if not permission or (at and not resource) or not text.isprintable() or " " in text:
        return "it must be a permission, or PERMISSION@RESOURCE"
    return None


def permissions_fault(permissions: Sequence[str]) -> str | None:
    """Return why permissions are not valid, None if they are."""
    faults = (permission_fault(each) for each in permissions)
    return next((fault for fault in faults if fault), None)


def to_grant(text: str) -> Grant:
    """Return the grant of a valid permission."""
    permission, _, resource = text.partition("@")
    return Grant(permission, resource or None)


def from_grant(grant: Grant) -> str:
    """Return a grant as text: a permission, or PERMISSION@RESOURCE."""
    return f"{grant.permission}@{grant.resource}" if grant.resource else grant.permission
