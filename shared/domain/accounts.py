"""Accounts, API keys and callers, with the ports that store them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

EVERYTHING = "*"
"""The permission that covers all others."""

ANY_KEY = "any API key"
"""What an endpoint asks for that accepts every valid API key, whatever its permissions."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission word of any dialect, on one resource or on all (`resource` None)."""

    permission: str
    resource: str | None = None

    def allows(self, permission: str, resource: str | None) -> bool:
        """Whether this grant covers the permission on the resource; `*` covers everything."""
        return self.permission in (EVERYTHING, permission) and self.resource in (None, resource)


class Owned(Protocol):
    """A record that can belong to a user or a team."""

    @property
    def owner(self) -> str | None:
        """The user it belongs to, if any."""

    @property
    def team(self) -> int | None:
        """The team it belongs to, if any."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can see a record: one user, the members of one team, or the whole account."""

    owner: str | None = None
    team: int | None = None


WHOLE_ACCOUNT = Audience()
"""The audience of a record that has neither owner nor team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyDraft:
    """What an API key is to be, apart from the key itself."""

    name: str = ""
    active: bool = True
    grants: tuple[Grant, ...] = ()
    requests_per_minute: int | None = None
    valid_until: datetime | None = None
    user: str | None = None
    teams: frozenset[int] = frozenset()
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey(ApiKeyDraft):
    """An API key as it is kept: by its hash, never by itself."""

    key_id: str
    account_id: str
    key_hash: str
    hint: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who wrote something, when, and by which request.

    `source` is the API or trigger it came by; `origin_id` is what a system that writes gave along,
    so that it knows its own writes again.
    """

    at: datetime
    source: str = ""
    key_id: str = ""
    request_id: str = ""
    origin_id: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: the account, what the key may do, whom it speaks for, and since when."""

    account_id: str
    key_id: str
    requested_at: datetime
    grants: tuple[Grant, ...] = ()
    requests_per_minute: int | None = None
    user: str | None = None
    teams: frozenset[int] = frozenset()
    read_only: bool = False
    source: str = ""
    request_id: str = ""
    origin_id: str | None = None
    key_hash: str = field(default="", repr=False)

    @property
    def attribution(self) -> Attribution:
        """To whom a write of this caller is put down."""
        return Attribution(
            self.requested_at, self.source, self.key_id, self.request_id, self.origin_id
        )

    def may(self, permission: str, resource: str | None = None) -> bool:
        """Whether any grant of the key allows the permission on the resource."""
        return any(grant.allows(permission, resource) for grant in self.grants)

    def sees(self, record: Owned) -> bool:
        """Whether a record is the whole account's, the caller's or its team's."""
        if record.owner is None and record.team is None:
            return True
        if record.owner is not None and record.owner == self.user:
            return True
        return record.team in self.teams

    def may_change(self, definition: Owned) -> bool:
        """Whether a definition is the whole account's or the caller's own."""
        if definition.owner is None:
            return definition.team is None
        return definition.owner == self.user


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant: nothing of one is ever visible in another.

    `locale` says how its people write numbers and dates, such as `es-CL`; "" where nobody said.
    """

    account_id: str
    name: str = ""
    chatbots: tuple[str, ...] = ()
    locale: str = ""

    def owns(self, resource: str) -> bool:
        """Whether a resource, such as `chatbots/bot_1`, is this account's."""
        kind, _, name = resource.partition("/")
        return kind == "chatbots" and name in self.chatbots


class Credentials(Protocol):
    """API keys, by hash and by account."""

    def find(self, key_hash: str) -> ApiKey | None:
        """The key of that hash, strongly consistent, or None."""

    def count_request(self, caller: Caller, minute: int, limit: int) -> bool:
        """Count a request of a key in a minute since the epoch; False over the limit."""

    def add(self, key: ApiKey) -> None:
        """Store a new key; WriteConflict if its hash is known already."""

    def list(self, account_id: str) -> list[ApiKey]:
        """Every key of an account, oldest first."""

    def revoke(self, key: ApiKey) -> None:
        """Make a key inactive; the next request with it is refused."""


class Accounts(Protocol):
    """Tenants."""

    def find(self, account_id: str) -> Account | None:
        """The account of that id, or None."""

    def add(self, account: Account) -> None:
        """Store a new account; WriteConflict if there is one of that id."""
