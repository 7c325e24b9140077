"""Filters and pages of contact lists."""

import math
from datetime import datetime
from enum import Enum
from typing import Protocol

from shared.domain.contacts import Contact, ContactSummary, Identifier, digits_in
from shared.domain.records import dataclass


class SummaryFilter(Protocol):
    """A filter of contact summaries."""

    def matches(self, contact: ContactSummary) -> bool:
        """Return whether the filter selects the contact."""


class PartSearch(SummaryFilter, Protocol):
    """A filter that selects contacts by parts of their texts, besides other conditions."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts, of which a contact has at least one."""


@dataclass(frozen=True, slots=True)
class TimeFilter:
    """Selects contacts created or updated after a time. None matches every contact."""

    created_after: datetime | None = None
    updated_after: datetime | None = None

    def matches(self, contact: ContactSummary) -> bool:
        """Return whether the contact meets every condition."""
        return (self.created_after is None or contact.created_at > self.created_after) and (
            self.updated_after is None or contact.updated_at > self.updated_after
        )


@dataclass(frozen=True, slots=True)
class ContactDetailFilter:
    """Selects contacts by a part of the phone number or of the e-mail address."""

    digits: str | None = None
    email: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are searched for."""
        return _given(self.digits, self.email)

    def matches(self, contact: ContactSummary) -> bool:
        """Return whether the contact has one of the parts. None matches no contact."""
        digits = digits_in(contact.phone_number or "")
        return (self.digits is not None and self.digits in digits) or (
            self.email is not None and _has(contact.email or "", self.email)
        )


@dataclass(frozen=True, slots=True)
class TextFilter:
    """Selects contacts by the value of a variable, as text.

    The variable is the first of `names` that is defined.
    """

    names: tuple[str, ...]
    text: str


class TimeOrder(Enum):
    """The order of a list by time: the latest change first, or ascending by one of the times."""

    LATEST = "latest"
    UPDATED = "updated"
    CREATED = "created"


@dataclass(frozen=True, slots=True)
class TimeQuery:
    """A range of the contacts that were created or updated after a time.

    Attributes:
        wanted: Selects by time.
        text: Selects by the value of a variable, too.
        order: The order of the list.
        offset: How many contacts to skip.
        limit: The maximum number of contacts. None for all.
    """

    wanted: TimeFilter
    text: TextFilter | None
    order: TimeOrder
    offset: int
    limit: int | None

    @property
    def created_after(self) -> datetime | None:
        """The time of a list that depends on nothing but times of creation, or None."""
        depends = self.wanted.updated_after or self.text
        return None if depends else self.wanted.created_after


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Selects contacts by all conditions that are not None.

    Attributes:
        search: A part of a name or of the e-mail address.
        mention: A part of a name, of the e-mail address or of the phone number.
    """

    stage: str | None = None
    status: str | None = None
    tag: str | None = None
    search: str | None = None
    mention: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are searched for."""
        return _given(self.search, self.mention)

    def matches(self, contact: ContactSummary) -> bool:
        """Return whether the contact meets every condition."""
        return (
            self.stage in (None, contact.stage)
            and self.status in (None, contact.status)
            and (self.tag is None or self.tag in contact.tags)
            and (self.search is None or _mentions(contact, self.search))
            and (self.mention is None or _mentions(contact, self.mention, number=True))
        )


@dataclass(frozen=True, slots=True)
class ContactPage:
    """A page of a filtered list. Pages count from 1; `count` is the size of the list.

    `as_of` is when the newest change was written that the contact index has, if it was read.
    `limited_to` is that of `Matches`.
    """

    contacts: list[ContactSummary]
    count: int
    page: int
    limit: int
    as_of: datetime | None = None
    limited_to: int | None = None

    @property
    def pages(self) -> int:
        """The number of pages."""
        return math.ceil(self.count / self.limit)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A position in the list of contacts, newest first: the last contact of a page.

    The next page has the contacts that compare lower.
    """

    created_at: datetime
    contact_id: int


@dataclass(frozen=True, slots=True)
class NewestStart:
    """Where a page of contacts, newest first, starts.

    Attributes:
        after: The last contact of the previous page. None for the first page.
        created_before: A time before which every contact of the list was created, or None.
    """

    after: Cursor | None = None
    created_before: datetime | None = None

    def includes(self, created_at: datetime) -> bool:
        """Return whether a contact that was created at a time belongs to the list."""
        return self.created_before is None or created_at < self.created_before


@dataclass(frozen=True, slots=True)
class NewestContacts:
    """A page of contacts, newest first.

    `following` is the last contact, if there is a next page, and `created_before` the time of the
    list. `as_of` is that of `ContactPage`.
    """

    contacts: list[Contact]
    following: Cursor | None
    created_before: datetime | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContactSearch:
    """A search for contacts that mention a text.

    Excludes contacts with `hidden` identifiers.
    """

    text: str
    page: int
    limit: int
    hidden: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """All results of a search for parts of texts.

    Attributes:
        contacts: The contacts that were found.
        limited_to: How many of the newest contacts were searched for any part. Of older ones,
            those were found that have a word with the part as its beginning. None if every contact
            was searched.
        as_of: That of `ContactPage`.
        limited_to_oldest: How many contacts a list without a limit has at most, the oldest from a
            time on. None if it has all.
    """

    contacts: list[ContactSummary]
    limited_to: int | None = None
    as_of: datetime | None = None
    limited_to_oldest: int | None = None


@dataclass(frozen=True, slots=True)
class FoundContacts:
    """A page of search results.

    Pages count from 1; `count` is the number of all results. `as_of` is that of `ContactPage`,
    `limited_to` that of `Matches`.
    """

    contacts: list[Contact]
    count: int
    page: int
    as_of: datetime | None = None
    limited_to: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class WordPosition:
    """A position among the results of a search: a word, and a contact that has it."""

    word: str
    contact_id: int

    def __str__(self) -> str:
        """Return the position as `of` parses it."""
        return f"{self.word}#{self.contact_id}"

    @classmethod
    def of(cls, text: str) -> "WordPosition":
        """Parse a position."""
        word, _, contact_id = text.rpartition("#")
        return cls(word, int(contact_id))


@dataclass(frozen=True, slots=True)
class ContactQuery:
    """A page of a list of contacts, or of a search if there are words.

    Attributes:
        wanted: Selects by stage, status and tag.
        words: The beginnings of words that a contact has. None if it is no search.
        position: Where the page starts: an id in a list, a word in a search. None for the first.
        limit: The maximum number of contacts.
    """

    wanted: ContactFilter
    words: tuple[str, ...] | None
    position: int | WordPosition | None
    limit: int


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """A page of contacts in descending order of id, or of a search in order of words.

    `following` is the id below which the next page starts, or the word after which it starts.
    `as_of` is that of `ContactPage`.
    """

    contacts: list[ContactSummary]
    following: int | WordPosition | None
    as_of: datetime | None = None


def _given(*parts: str | None) -> tuple[str, ...]:
    return tuple(part for part in parts if part)


def _mentions(contact: ContactSummary, part: str, *, number: bool = False) -> bool:
    texts = [contact.first_name, contact.last_name, contact.full_name, contact.email or ""]
    if number:
        texts.append(contact.phone_number or "")
    return any(_has(each, part) for each in texts)


def _has(text: str, part: str) -> bool:
    """Return whether a text has a part, in any case."""
    folded = text.casefold()
    # No text is shorter when folded. A long one takes time, for each contact of a search.
    return len(part) <= len(folded) and part.casefold() in folded
