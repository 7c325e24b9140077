"""Validation of API keys that are created over the API."""

import re
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

PLAIN_TEXT = r"^[^\u0000-\u001f\u007f-\u009f]*$"
"""The pattern of a name or a user: no control characters, which could forge lines of a log."""

PERMISSION = r"^[!-?A-~]+(@[!-~]+)?$"
"""The pattern of a permission, or PERMISSION@RESOURCE: printable ASCII without spaces."""

_PLAIN_TEXT = re.compile(PLAIN_TEXT.removesuffix("$") + r"\Z")
_PERMISSION = re.compile(PERMISSION.removesuffix("$") + r"\Z")


def text_fault(text: str) -> str | None:
    """Return why a name or a user is not valid, None if it is."""
    return None if _PLAIN_TEXT.match(text) else "it must have no control characters"


def permission_fault(text: str) -> str | None:
    """Return why a permission is not valid, None if it is."""
    is_valid = _PERMISSION.match(text)
    return None if is_valid else "it must be a permission, or PERMISSION@RESOURCE, in ASCII"


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
