"""Bodies of requests about API keys."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.dialects.native.dialect import MAX_BODY_BYTES
from shared.dialects.native.variable_requests import idempotency_key_of
from shared.domain.accounts import ApiKeyDraft, Caller
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.sources import Source
from shared.domain.value_changes import IdempotencyKey
from shared.gateway.request import Request
from shared.gateway.request_model import (
    BOOLEAN,
    INTEGER,
    TEXT,
    RequestModel,
    after_validator,
    as_integer,
    before_validator,
    defaulted,
    enum_of,
    list_of,
    nullable,
    one_of,
    required,
    text,
)
from shared.validation.api_keys import (
    KEY_PURPOSES,
    MAX_KEY_NAME_CHARS,
    MAX_KEY_TEAMS,
    MAX_PERMISSION_CHARS,
    MAX_PERMISSIONS,
    MAX_REQUESTS_PER_MINUTE,
    MAX_TEAM,
    MAX_USER_CHARS,
    permissions_fault,
    text_fault,
    to_grant,
)

MAX_OVERLAP_HOURS = 720
"""The longest time for which a rotated key goes on working: 30 days."""

_MAX_INSTANT_CHARS = 40
_UNSENT: Any = None
"""The placeholder of a member that was not sent: the new key has that of the caller."""


def _expiry_fault(given: str) -> str | None:
    if len(given) <= _MAX_INSTANT_CHARS:
        try:
            at = datetime.fromisoformat(given)
            if at.tzinfo is not None:
                # UTC may need a year before the first or after the last.
                at.astimezone(UTC)
                return None
        except (ValueError, OverflowError):
            pass
    return "it must be an instant as RFC 3339 writes it, such as 2027-01-31T00:00:00Z"


_NAME = after_validator(text_fault, text(max_length=MAX_KEY_NAME_CHARS))
_PERMISSIONS = after_validator(
    permissions_fault, list_of(text(max_length=MAX_PERMISSION_CHARS), max_length=MAX_PERMISSIONS)
)
_LIMIT = before_validator(as_integer, {**INTEGER, "ge": 1, "le": MAX_REQUESTS_PER_MINUTE})
_USER = after_validator(text_fault, text(min_length=1, max_length=MAX_USER_CHARS))
_TEAM = before_validator(as_integer, {**INTEGER, "ge": 0, "le": MAX_TEAM})
_HOURS = before_validator(as_integer, {**INTEGER, "ge": 0, "le": MAX_OVERLAP_HOURS})


class KeyCreation(RequestModel, closed=True):
    """The body that creates an API key."""

    permissions: list[str] = required(_PERMISSIONS)
    name: str = defaulted(_NAME, "")
    read_only: bool = defaulted(BOOLEAN, default=False)
    user: str | None = defaulted(nullable(_USER), None)
    teams: list[int] = defaulted(list_of(_TEAM, max_length=MAX_KEY_TEAMS), [])
    requests_per_minute: int | None = defaulted(nullable(_LIMIT), _UNSENT)
    expires_at: str | None = defaulted(nullable(after_validator(_expiry_fault, TEXT)), _UNSENT)
    source: Source = defaulted(enum_of(Source), _UNSENT)
    purpose: Purpose | None = defaulted(nullable(one_of(*KEY_PURPOSES)), _UNSENT)
    sensitivity: Sensitivity = defaulted(enum_of(Sensitivity), _UNSENT)

    @classmethod
    def of(cls, request: Request, caller: Caller) -> tuple[ApiKeyDraft, IdempotencyKey | None]:
        """Parse the key to create, and the idempotency key.

        Raises:
            InvalidRequest: A header or the body is not valid. Has all faults.

        """
        body, key = _parse(request, cls)
        return body.draft(caller), key

    def draft(self, caller: Caller) -> ApiKeyDraft:
        """Return the key to create. Of members that were not sent, it has the caller's."""
        inherited: dict[str, Any] = {
            "requests_per_minute": caller.requests_per_minute,
            "expires_at": caller.valid_until,
            "source": caller.value_source,
            "purpose": caller.purpose,
            "sensitivity": caller.sensitivity,
        }
        facts: dict[str, Any] = {
            name: getattr(self, name) if name in self.sent else own
            for name, own in inherited.items()
        }
        purpose, expires_at = facts["purpose"], facts["expires_at"]
        return ApiKeyDraft(
            name=self.name,
            grants=tuple(map(to_grant, dict.fromkeys(self.permissions))),
            requests_per_minute=facts["requests_per_minute"],
            valid_until=_instant(expires_at) if isinstance(expires_at, str) else expires_at,
            user=self.user,
            teams=frozenset(self.teams),
            read_only=self.read_only,
            source=facts["source"],
            purpose=None if purpose is None else Purpose(purpose),
            sensitivity=facts["sensitivity"],
        )


class KeyRotation(RequestModel, closed=True):
    """The body that rotates an API key."""

    overlap_hours: int = required(_HOURS)

    @classmethod
    def of(cls, request: Request) -> tuple[timedelta, IdempotencyKey | None]:
        """Parse the overlap and the idempotency key; raises InvalidRequest with all faults."""
        body, key = _parse(request, cls)
        return timedelta(hours=body.overlap_hours), key


def _instant(given: str) -> datetime:
    # Stored to the millisecond.
    at = datetime.fromisoformat(given).astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _parse(request: Request, model: Any) -> tuple[Any, IdempotencyKey | None]:
    """Parse header and body; raises InvalidRequest with the faults of both."""
    faults: list[Fault] = []
    key = None
    try:
        key = idempotency_key_of(request)
    except InvalidRequest as invalid:
        faults += invalid.faults
    try:
        body = request.parse_with_all_faults(model, MAX_BODY_BYTES)
    except InvalidRequest as invalid:
        raise InvalidRequest.from_faults([*faults, *invalid.faults]) from None
    if faults:
        raise InvalidRequest.from_faults(faults)
    return body, key
