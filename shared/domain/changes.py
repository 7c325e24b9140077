"""Changes of contacts and values: the change stream, the activity log and events."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeAlias

from shared.domain.accounts import WHOLE_ACCOUNT, Attribution, Audience
from shared.domain.definitions import VariableType
from shared.domain.disclosure import Withheld
from shared.domain.json_values import Value
from shared.domain.records import dataclass
from shared.domain.sources import Source

SWEEP = "sweep"
"""The channel of writes that remove expired values. They publish no event."""


@dataclass(frozen=True, slots=True)
class LargeValue:
    """Replaces a value that is too large for logs and events.

    Attributes:
        size: The size of the value in bytes.
        sha256: The SHA-256 of the value.
    """

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WithheldValue:
    """Replaces a value that the reader does not get."""

    reason: Withheld


Content: TypeAlias = Value | LargeValue | WithheldValue

UNKNOWN_TIMES = (None, None)
"""The times of both values are not logged."""


@dataclass(frozen=True, slots=True)
class VariableChange:
    """A change of the value or type of a variable.

    Attributes:
        old: The value before the change, or None if the variable had none.
        new: The value after the change, or None if the variable has none.
        audience: Who gets the value. Only set on changes that come from the activity log.
        source: The source of the new value, if it is not that of the write.
        set_at: When the old and the new value were set. The log has the times of values that
            expire alone.
    """

    slot: int
    variable: str
    variable_type: VariableType
    old: Content | None
    new: Content | None
    audience: Audience = WHOLE_ACCOUNT
    source: Source | None = None
    set_at: tuple[datetime | None, datetime | None] = UNKNOWN_TIMES


@dataclass(frozen=True, slots=True)
class PageWrite:
    """A write of one page of a contact's values.

    Attributes:
        number: The position of this write among all writes of the page, from 1. Not a sequence:
            sequences number the changes in the log of a contact.
    """

    account_id: str
    contact_id: int
    page: int
    number: int
    by: Attribution
    changes: tuple[VariableChange, ...]


class ContactIds(NamedTuple):
    """The ids by which other systems know a contact. None if the contact does not exist."""

    external_id: str | None = None
    uuid: str | None = None


UNKNOWN_IDS = ContactIds()
"""The ids of a contact that does not exist."""


class ContactChangeKind(StrEnum):
    """What happened to a contact."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


OwnerAndTeam: TypeAlias = tuple[str | None, int | None]
"""The user and the team that a contact belongs to."""


@dataclass(frozen=True, slots=True)
class ContactChange:
    """The creation, update or deletion of a contact.

    Attributes:
        version: The version of the contact after the change.
        fields: The names of the changed fields.
        visible_to: The owner and the team of a deleted contact.
        merged_ids: The contacts that were merged into it by the change, or, of a deleted contact,
            into it at any time.
    """

    account_id: str
    contact_id: int
    kind: ContactChangeKind
    version: int
    by: Attribution
    fields: tuple[str, ...] = ()
    visible_to: OwnerAndTeam | None = None
    ids: ContactIds = UNKNOWN_IDS
    merged_ids: tuple[int, ...] = ()


StreamChange: TypeAlias = PageWrite | ContactChange
"""The content of one record of the table's stream."""


@dataclass(frozen=True, slots=True)
class ActivityEntry:
    """A change in the activity log of a contact.

    Attributes:
        sequence: The position in the log of the contact. Sequences have no gaps.
        event_range: The first and the last sequence of the event that the change belongs to. It
            never changes.
        ids: The ids of the contact. Only set on changes that have just been recorded.
    """

    sequence: int
    change: VariableChange
    by: Attribution
    event_range: tuple[int, int]
    ids: ContactIds = UNKNOWN_IDS

    @property
    def value_source(self) -> Source:
        """The source of the new value, or of its removal."""
        return self.change.source or self.by.value_source


class EventType(StrEnum):
    """The type of an event. Webhooks subscribe to types as topics."""

    CONTEXT_UPDATED = "contact.context.updated"
    CONTACT_CREATED = "contact.created"
    CONTACT_UPDATED = "contact.updated"
    CONTACT_DELETED = "contact.deleted"
    CONTACT_MERGED = "contact.merged"


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a contact as the service builds it. An event published again keeps its id.

    Attributes:
        merged_ids: The contacts that were merged into the contact.
    """

    event_id: str
    event_type: EventType
    account_id: str
    contact_id: int
    by: Attribution
    entries: tuple[ActivityEntry, ...] = ()
    fields: tuple[str, ...] = ()
    visible_to: OwnerAndTeam | None = None
    ids: ContactIds = UNKNOWN_IDS
    merged_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReference:
    """What an event is rebuilt from. Contains no values of variables.

    Attributes:
        sequence: The sequence of the event's first change in the activity log of the contact.
        fields: The names of the changed contact fields.
        visible_to: The owner and the team of a deleted contact.
        merged_ids: The contacts that were merged into the contact.
        deleted_ids: The ids of a deleted contact.
    """

    contact_id: int
    by: Attribution
    sequence: int | None = None
    fields: tuple[str, ...] = ()
    visible_to: OwnerAndTeam | None = None
    merged_ids: tuple[int, ...] = ()
    deleted_ids: ContactIds = UNKNOWN_IDS


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Selects changes of an activity log. None matches every change.

    Attributes:
        after: Matches only changes with a higher sequence.
        since: The earliest time, inclusive.
        until: The latest time, exclusive.
    """

    after: int = 0
    variable: str | None = None
    channel: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def matches(self, entry: ActivityEntry) -> bool:
        """Return whether the filter selects the change."""
        return (
            entry.sequence > self.after
            and self.variable in (None, entry.change.variable)
            and self.channel in (None, entry.by.channel)
            and (self.since is None or self.since <= entry.by.at)
            and (self.until is None or entry.by.at < self.until)
        )


class Activity(Protocol):
    """Stores the activity logs of contacts."""

    def record(
        self, account_id: str, contact_id: int, writes: Sequence[PageWrite], keep_until: datetime
    ) -> list[ActivityEntry]:
        """Log the writes that are not logged yet.

        Args:
            account_id: The account of the contact.
            contact_id: The contact that the writes belong to.
            writes: Writes in the order of the stream.
            keep_until: When the entries expire.

        Returns:
            The entries of all writes, in order of sequence, with the audiences of their
            variables. Includes the other changes of the same event.

        Raises:
            WriteConflict: The log of the contact is being written concurrently.
        """

    def record_together(
        self, logs: Sequence[tuple[Sequence[PageWrite], datetime]]
    ) -> Sequence[Sequence[ActivityEntry]]:
        """Log the writes of several contacts.

        Args:
            logs: For each contact, its writes and when their entries expire.

        Returns:
            For each contact, the entries as `record` returns them.

        Raises:
            WriteConflict: A log is being written concurrently. Other logs may have been written.
        """

    def list(
        self, account_id: str, contact_id: int, before: int, now: datetime
    ) -> Iterable[ActivityEntry]:
        """Iterate over the changes before a sequence, newest first.

        Skips expired changes. Variables have their current names.
        """

    def event_entries(
        self, account_id: str, contact_id: int, first: int, now: datetime
    ) -> Sequence[ActivityEntry]:
        """Return the changes of an event, in order of sequence.

        Args:
            account_id: The account of the contact.
            contact_id: The contact that the event is about.
            first: The sequence of the first change of the event.
            now: The current time.

        Returns:
            The changes, with the current names of variables. Empty if the changes have expired.
        """

    def is_merged(self, account_id: str, contact_id: int) -> bool:
        """Return whether a contact that does not exist was merged into another."""

    def delete_log(self, account_id: str, contact_id: int, keep_until: datetime) -> None:
        """Delete the log of a deleted contact. Writes that arrive later are not logged."""


class Bus(Protocol):
    """Publishes events."""

    def publish(self, events: Sequence[Event]) -> None:
        """Publish events, each at least once.

        Raises:
            Unavailable: Some events may not have been published.
        """
