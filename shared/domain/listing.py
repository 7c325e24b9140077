"""Which contacts to list, and one page of them."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.model import ContactSummary


class SummaryFilter(Protocol):
    """Tells which contacts to list."""

    def takes(self, contact: ContactSummary) -> bool:
        """Whether the contact is one of them."""


@dataclass(frozen=True, slots=True)
class TimeFilter:
    """Which contacts to list by when they were made and last changed; None takes all."""

    created_after: datetime | None = None
    updated_after: datetime | None = None

    def takes(self, contact: ContactSummary) -> bool:
        """Whether the contact passes every part of the filter."""
        return (self.created_after is None or contact.created_at > self.created_after) and (
            self.updated_after is None or contact.updated_at > self.updated_after
        )


@dataclass(frozen=True, slots=True)
class ReachFilter:
    """Which contacts to list by a part of the phone number, or of the e-mail address."""

    digits: str | None = None
    email: str | None = None

    def takes(self, contact: ContactSummary) -> bool:
        """Whether the contact has one of the parts; None is part of nothing."""
        digits = "".join(filter(str.isdigit, contact.phone_number or ""))
        address = (contact.email or "").casefold()
        return (self.digits is not None and self.digits in digits) or (
            self.email is not None and self.email.casefold() in address
        )


@dataclass(frozen=True, slots=True)
class TextFilter:
    """Which contacts to list by the text form of a variable: the first name that is defined."""

    names: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Which contacts to list; None takes all. `search` looks in names and e-mail address."""

    stage: str | None = None
    status: str | None = None
    tag: str | None = None
    search: str | None = None

    def takes(self, contact: ContactSummary) -> bool:
        """Whether the contact passes every part of the filter."""
        return (
            self.stage in (None, contact.stage)
            and self.status in (None, contact.status)
            and (self.tag is None or self.tag in contact.tags)
            and (self.search is None or _mentions(contact, self.search.casefold()))
        )


@dataclass(frozen=True, slots=True)
class ContactPage:
    """One page, counted from 1, of a filtered list; `count` is of all pages."""

    contacts: list[ContactSummary]
    count: int
    page: int
    limit: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return math.ceil(self.count / self.limit)


def _mentions(contact: ContactSummary, text: str) -> bool:
    texts = (contact.first_name, contact.last_name, contact.full_name, contact.email or "")
    return any(text in each.casefold() for each in texts)
