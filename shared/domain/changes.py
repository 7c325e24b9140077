"""What has changed: the nouns of the change stream, of activity and of events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from shared.domain.accounts import WHOLE_ACCOUNT, Attribution, Audience
from shared.domain.variables import Value, VariableType


@dataclass(frozen=True, slots=True)
class LargeValue:
    """What stands for a value that is too large to be told again: its bytes and its SHA-256."""

    size: int
    sha256: str


Content: TypeAlias = Value | LargeValue


@dataclass(frozen=True, slots=True)
class VariableChange:
    """A variable whose value or type is another than before; None where it has no value.

    `audience` is known of changes that were read from the activity of a contact.
    """

    slot: int
    variable: str
    variable_type: VariableType
    old: Content | None
    new: Content | None
    audience: Audience = WHOLE_ACCOUNT


@dataclass(frozen=True, slots=True)
class PageWrite:
    """One write of a page of a contact's values: the `number`-th of that page, with its changes."""

    account_id: str
    contact_id: int
    page: int
    number: int
    by: Attribution
    changes: tuple[VariableChange, ...]


class ContactChangeKind(StrEnum):
    """What has happened to a contact itself."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class ContactChange:
    """A contact that was created, deleted, or whose `fields` were changed; `version` is its own.

    `visible_to` has the owner and the team of a contact that was deleted.
    """

    account_id: str
    contact_id: int
    kind: ContactChangeKind
    version: int
    by: Attribution
    fields: tuple[str, ...] = ()
    visible_to: tuple[str | None, int | None] | None = None


Change: TypeAlias = PageWrite | ContactChange
"""What one record of the table's stream tells."""


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """A change in the log of its contact; sequences have no gaps.

    `event` has the first and the last sequence of the changes that are told with it, for good.
    """

    sequence: int
    change: VariableChange
    by: Attribution
    event: tuple[int, int]


class EventType(StrEnum):
    """What an event tells."""

    CONTEXT_UPDATED = "contact.context.updated"
    CONTACT_CREATED = "contact.created"
    CONTACT_UPDATED = "contact.updated"
    CONTACT_DELETED = "contact.deleted"


@dataclass(frozen=True, slots=True)
class Event:
    """What is told to others about a contact; told again, it has the same id."""

    event_id: str
    event_type: EventType
    account_id: str
    contact_id: int
    by: Attribution
    entries: tuple[ActivityEntry, ...] = ()
    fields: tuple[str, ...] = ()
    visible_to: tuple[str | None, int | None] | None = None


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Which changes of a log are wanted; None is any.

    `after` is a sequence; `since` is included and `until` is not.
    """

    after: int = 0
    variable: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def matches(self, entry: ActivityEntry) -> bool:
        """Whether a change is wanted."""
        return (
            entry.sequence > self.after
            and self.variable in (None, entry.change.variable)
            and self.source in (None, entry.by.source)
            and (self.since is None or self.since <= entry.by.at)
            and (self.until is None or entry.by.at < self.until)
        )


class Activity(Protocol):
    """The logs of what has changed on contacts."""

    def record(
        self, account_id: str, contact_id: int, writes: Sequence[PageWrite], keep_until: datetime
    ) -> list[ActivityEntry]:
        """Log those of the writes that are not logged yet; the entries of all, in order.

        With each come those that it is told with.
        WriteConflict when another one logs changes of the contact.
        """

    def record_together(
        self, logs: Sequence[tuple[Sequence[PageWrite], datetime]]
    ) -> Sequence[Sequence[ActivityEntry]]:
        """Log writes of several contacts, each with the time until which its log is kept.

        Some may have been logged when it raises.
        WriteConflict when another one logs changes of one of the contacts.
        """

    def list(
        self, account_id: str, contact_id: int, before: int, now: datetime
    ) -> Iterable[ActivityEntry]:
        """The changes below that sequence which are kept still, newest first, by today's names."""

    def event(
        self, account_id: str, contact_id: int, first: int, now: datetime
    ) -> Sequence[ActivityEntry]:
        """The changes of the event that begins with that sequence, in order, by today's names.

        Nothing if the log does not have them any more.
        """

    def close(self, account_id: str, contact_id: int, keep_until: datetime) -> None:
        """Remove the log of a contact that is deleted; what arrives late is not logged."""


class Bus(Protocol):
    """Where events are told to whoever listens."""

    def publish(self, events: Sequence[Event]) -> None:
        """Tell events; Unavailable if any of them may not have been taken."""
