"""What the use cases of changes ask of others; few functions load it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from shared.domain.changes import ActivityEntry, Event, PageWrite


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
