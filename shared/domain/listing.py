"""Which contacts to list or search for, and one page of them."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.contacts import Contact, ContactSummary, Identifier, digits_in


class SummaryFilter(Protocol):
    """Tells which contacts to list."""

    def matches(self, contact: ContactSummary) -> bool:
        """Whether the contact is one of them."""


@dataclass(frozen=True, slots=True)
class TimeFilter:
    """Which contacts to list by when they were made and last changed; None takes all."""

    created_after: datetime | None = None
    updated_after: datetime | None = None

    def matches(self, contact: ContactSummary) -> bool:
        """Whether the contact passes every part of the filter."""
        return (self.created_after is None or contact.created_at > self.created_after) and (
            self.updated_after is None or contact.updated_at > self.updated_after
        )


@dataclass(frozen=True, slots=True)
class ContactDetailFilter:
    """Which contacts to list by a part of the phone number, or of the e-mail address."""

    digits: str | None = None
    email: str | None = None

    def matches(self, contact: ContactSummary) -> bool:
        """Whether the contact has one of the parts; None is part of nothing."""
        digits = digits_in(contact.phone_number or "")
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
    """Which contacts to list; None takes all.

    `search` looks in names and e-mail address, `mention` in the phone number, too.
    """

    stage: str | None = None
    status: str | None = None
    tag: str | None = None
    search: str | None = None
    mention: str | None = None

    def matches(self, contact: ContactSummary) -> bool:
        """Whether the contact passes every part of the filter."""
        return (
            self.stage in (None, contact.stage)
            and self.status in (None, contact.status)
            and (self.tag is None or self.tag in contact.tags)
            and (self.search is None or _mentions(contact, self.search.casefold()))
            and (self.mention is None or _mentions(contact, self.mention.casefold(), number=True))
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


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the list of contacts, newest first: right before what was made then.

    Contacts of one instant are told apart by their numbers; 0 is before all of them.
    """

    created_at: datetime
    contact_id: int


@dataclass(frozen=True, slots=True)
class NewestContacts:
    """Contacts, newest first; `following` is where the next ones begin, None if there are none."""

    contacts: list[Contact]
    following: Cursor | None


@dataclass(frozen=True, slots=True)
class ContactSearch:
    """Which contacts to search for, and which page of them; `hidden` ones are not found."""

    text: str
    page: int
    limit: int
    hidden: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundContacts:
    """One page, counted from 1, of what a search has found; `count` is of all pages."""

    contacts: list[Contact]
    count: int
    page: int


def _mentions(contact: ContactSummary, text: str, *, number: bool = False) -> bool:
    texts = [contact.first_name, contact.last_name, contact.full_name, contact.email or ""]
    if number:
        texts.append(contact.phone_number or "")
    return any(text in each.casefold() for each in texts)
