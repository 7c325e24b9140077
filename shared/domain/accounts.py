"""Accounts, API keys and callers, and the ports that store them."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import Protocol

from shared.domain.disclosure import (
    EVERY_PURPOSE,
    Purpose,
    Sensitivity,
    Withheld,
    reason_to_withhold,
)
from shared.domain.records import dataclass
from shared.domain.sources import Source

EVERYTHING = "*"
"""The permission that includes all others."""

ANY_KEY = "any API key"
"""The permission of endpoints that accept every valid API key."""

KEY_PERMISSIONS = frozenset({"keys:read", "keys:write"})
"""The permissions to manage API keys. A key has them only by name: `*` does not include them."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission on one resource, or on all resources if `resource` is None."""

    permission: str
    resource: str | None = None

    def allows(self, permission: str, resource: str | None) -> bool:
        """Return whether the grant includes the permission on the resource."""
        if self.permission == EVERYTHING and permission in KEY_PERMISSIONS:
            return False
        return self.permission in (EVERYTHING, permission) and self.resource in (None, resource)


class Owned(Protocol):
    """A record that can belong to a user or a team."""

    @property
    def owner(self) -> str | None:
        """The user that owns the record, or None."""

    @property
    def team(self) -> int | None:
        """The team that owns the record, or None."""

    @property
    def archived(self) -> bool:
        """Whether the record is archived, which hides it from everyone."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can see a record: a user, the members of a team, or the whole account.

    Attributes:
        sensitivity: The clearance that a reader of the values of a variable needs.
        purposes: What the values of a variable may be read for.
        archived: Whether the variable is archived. Nobody gets its values then.
        expires_after_seconds: The age from which nobody gets a value. None if values stay.
    """

    owner: str | None = None
    team: int | None = None
    sensitivity: Sensitivity = Sensitivity.PUBLIC
    purposes: frozenset[Purpose] = EVERY_PURPOSE
    archived: bool = False
    expires_after_seconds: int | None = None

    def has_expired(self, set_at: datetime, now: datetime) -> bool:
        """Return whether a value that was set at an instant reads as unset now."""
        seconds = self.expires_after_seconds
        return seconds is not None and set_at + timedelta(seconds=seconds) <= now

    def withheld_from(self, purpose: Purpose | None, clearance: Sensitivity) -> Withheld | None:
        """Return why values are withheld from a reader who sees the variable, or None."""
        return reason_to_withhold(self.sensitivity, self.purposes, purpose, clearance)


WHOLE_ACCOUNT = Audience()
"""The audience of a record without owner and team, whose values every reader gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyDraft:
    """The properties of an API key that is to be created.

    Attributes:
        source: The source of the values that the key sets. Imports lower it to `import`.
        purpose: What the key reads values for. None for every purpose.
        sensitivity: The most sensitive values that the key reads.
    """

    name: str = ""
    active: bool = True
    grants: tuple[Grant, ...] = ()
    requests_per_minute: int | None = None
    valid_until: datetime | None = None
    user: str | None = None
    teams: frozenset[int] = frozenset()
    read_only: bool = False
    source: Source = Source.API
    purpose: Purpose | None = None
    sensitivity: Sensitivity = Sensitivity.SENSITIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey(ApiKeyDraft):
    """A stored API key. The key itself is not stored, only its hash and a short hint.

    Attributes:
        created_by: The id of the API key that created it. None if an operator's command did.
        revoked_at: When it was revoked by an API key. None if it was not, or by a command.
        revoked_by: The id of the API key that revoked it.
        successor_id: The id of the key that a rotation created. None without a rotation.
        account_requests_per_second: The limit of the account, a copy that is read with the key.
    """

    key_id: str
    account_id: str
    key_hash: str
    hint: str
    created_at: datetime
    created_by: str | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    successor_id: str | None = None
    account_requests_per_second: int | None = None

    def is_valid(self, now: datetime) -> bool:
        """Return whether the key is neither revoked nor expired."""
        return self.active and (self.valid_until is None or self.valid_until > now)

    def end_of_overlap(self, overlap: timedelta, now: datetime) -> datetime:
        """Return when the key ends if it is rotated now: never later than before."""
        return min(now + overlap, self.valid_until or now + overlap)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who wrote something, when, and by which request.

    Attributes:
        channel: The API or trigger that the write came through.
        origin_id: The id that the client sent along, by which it recognizes its own writes.
        value_source: The source of the values that were written.
    """

    at: datetime
    channel: str = ""
    key_id: str = ""
    request_id: str = ""
    origin_id: str | None = None
    value_source: Source = Source.API


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated caller of a request: its account, key, grants, user and teams.

    Attributes:
        purpose: What the key reads values for. None for every purpose.
        sensitivity: The most sensitive values that the key reads.
        channel: The API or trigger that the request came through.
        value_source: The source of the values that the request sets: that of the key, which
            imports lower to `import`.
        valid_until: When the key expires.
        account_requests_per_second: The limit of the account.
    """

    account_id: str
    key_id: str
    requested_at: datetime
    grants: tuple[Grant, ...] = ()
    requests_per_minute: int | None = None
    user: str | None = None
    teams: frozenset[int] = frozenset()
    read_only: bool = False
    purpose: Purpose | None = None
    sensitivity: Sensitivity = Sensitivity.SENSITIVE
    channel: str = ""
    request_id: str = ""
    origin_id: str | None = None
    key_hash: str = field(default="", repr=False)
    value_source: Source = Source.API
    valid_until: datetime | None = None
    account_requests_per_second: int | None = None

    @property
    def attribution(self) -> Attribution:
        """The attribution of writes in this request."""
        return Attribution(
            self.requested_at,
            self.channel,
            self.key_id,
            self.request_id,
            self.origin_id,
            self.value_source,
        )

    def may(self, permission: str, resource: str | None = None) -> bool:
        """Return whether a grant of the key includes the permission on the resource."""
        return any(grant.allows(permission, resource) for grant in self.grants)

    def sees(self, record: Owned) -> bool:
        """Return whether a record exists for the caller: it is not archived, nor another's.

        A caller that sees a variable gets its values unless they are withheld, see `gets_values`.
        """
        return not record.archived and self.sees_even_archived(record)

    def sees_even_archived(self, record: Owned) -> bool:
        """Return whether the caller sees a record, or would see it if it were not archived.

        Such a record belongs to the account, to the caller or to one of its teams.
        """
        if record.owner is None and record.team is None:
            return True
        if record.owner is not None and record.owner == self.user:
            return True
        return record.team in self.teams

    def can_change(self, definition: Owned) -> bool:
        """Return whether a definition belongs to the account or to the caller."""
        if definition.owner is None:
            return definition.team is None
        return definition.owner == self.user


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant. Its data is never visible in another account.

    Attributes:
        chatbots: The ids of the account's chatbots.
        locale: How the account writes numbers and dates, such as `es-CL`. Empty if not set.
        requests_per_second: The most requests of all its API keys together. None for no limit.
    """

    account_id: str
    name: str = ""
    chatbots: tuple[str, ...] = ()
    locale: str = ""
    requests_per_second: int | None = None

    def owns(self, resource: str) -> bool:
        """Return whether a resource, such as `chatbots/bot_1`, belongs to this account."""
        kind, _, name = resource.partition("/")
        return kind == "chatbots" and name in self.chatbots


class Credentials(Protocol):
    """Stores API keys."""

    def find(self, key_hash: str, account_id: str | None = None) -> ApiKey | None:
        """Return the key with this hash, or None. Strongly consistent.

        Args:
            key_hash: The hash of the key.
            account_id: The account that the key claims. Its head is read in the same request, so
                that a right claim saves a read. A wrong one has no effect on the result.
        """

    def count_request(self, caller: Caller, minute: int, limit: int) -> int | None:
        """Count a request of the caller's key.

        Args:
            caller: The caller of the request.
            minute: The minute of the request, counted from the epoch.
            limit: The most requests per minute.

        Returns:
            The requests of this minute, or None if the key had reached the limit.
        """

    def add(self, key: ApiKey) -> None:
        """Store a new key.

        Raises:
            WriteConflict: A key with this hash exists, or the account has another limit than the
                key says.
        """

    def list(self, account_id: str) -> list[ApiKey]:
        """Return all keys of an account, oldest first."""

    def rotate(self, key: ApiKey, successor: ApiKey, ends_at: datetime) -> None:
        """Store the successor of a key, and let the key end at a time, in one transaction.

        Raises:
            WriteConflict: The key was revoked or changed, or a key with the hash of the successor
                exists.
        """

    def note_use(self, caller: Caller) -> None:
        """Record the hour in which a key was used. Never fails.

        Each function records it once an hour.
        """

    def last_uses(self, api_keys: Sequence[ApiKey]) -> dict[str, datetime]:
        """Return the beginning of the last hour in which each key was used, by key id.

        Omits keys that were never used.
        """

    def revoke(self, key: ApiKey) -> None:
        """Deactivate a key. The next request with it fails."""

    def limit(self, key: ApiKey, requests_per_second: int | None) -> None:
        """Set the copy of its account's limit that a key has, or remove it."""


class Accounts(Protocol):
    """Stores accounts."""

    def find(self, account_id: str) -> Account | None:
        """Return the account with this id, or None."""

    def add(self, account: Account) -> None:
        """Store a new account.

        Raises:
            WriteConflict: An account with this id exists.
        """

    def limit(self, account_id: str, requests_per_second: int | None) -> None:
        """Set the most requests a second of an account, or remove the limit."""
