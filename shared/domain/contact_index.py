"""The contact index: the lists that a contact is in, and the words that it is found by.

A list has the contacts of one owner, of one team, of both, or of neither, with a tag or without
one. What a caller sees is the union of a few of them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from shared.domain.accounts import Caller
from shared.domain.contact_lists import ContactFilter, WordPosition
from shared.domain.contacts import ContactSummary
from shared.domain.records import dataclass
from shared.domain.search_words import words_of

CONTACTS_PER_CHUNK = 2048
"""The number of consecutive contact ids of a chunk, the unit in which lists are stored."""


@dataclass(frozen=True, slots=True)
class ContactList:
    """A list of contacts.

    It has the contacts with the owner and with the team. If both are None, it has the contacts
    that have neither. With a tag, it has only the contacts that have the tag.
    """

    owner: str | None = None
    team: int | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class VisibleLists:
    """Lists that together have all contacts which a caller sees.

    Attributes:
        lists: Their union is what the caller sees.
        overlaps: Lists of the contacts that are in two of `lists`.
    """

    lists: tuple[ContactList, ...]
    overlaps: tuple[ContactList, ...]


@dataclass(frozen=True, slots=True)
class IndexedContact:
    """What the index stores of a contact, besides its stage and status."""

    owner: str | None
    team: int | None
    tags: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def lists(self) -> frozenset[ContactList]:
        """The lists that the contact is in."""
        groups = {(self.owner, self.team)}
        if self.owner is not None and self.team is not None:
            groups |= {(self.owner, None), (None, self.team)}
        return frozenset(
            ContactList(owner, team, tag) for owner, team in groups for tag in (None, *self.tags)
        )


@dataclass(frozen=True, slots=True)
class IndexState:
    """The state of the contact index of an account.

    Attributes:
        is_complete: Whether it has every contact.
        last_chunk: The highest chunk that has had contacts.
        applied_at: When the newest change that the index has was written.
        cells: The stages and statuses that contacts have had together, by code. The first is 1.
        times_given_up: How often a contact could not be indexed.
    """

    is_complete: bool
    last_chunk: int
    applied_at: datetime
    cells: tuple[tuple[str, str], ...]
    times_given_up: int = 0

    @property
    def is_in_use(self) -> bool:
        """Whether lists read the index. They read the contacts of a small account themselves."""
        return self.is_complete and self.last_chunk > 0


@dataclass(frozen=True, slots=True)
class IndexChange:
    """A contact that was created, changed or deleted."""

    account_id: str
    contact_id: int
    written_at: datetime

    @property
    def chunk(self) -> tuple[str, int]:
        """The account and the chunk of the contact."""
        return self.account_id, chunk_of(self.contact_id)


@dataclass(frozen=True, slots=True)
class WordHit:
    """A contact that has a word, and whom it belonged to when it was indexed."""

    position: WordPosition
    owner: str | None
    team: int | None
    archived: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class IndexedPage:
    """The contact ids of a page, and the size of the list."""

    contact_ids: Sequence[int]
    count: int


class ContactIndex(Protocol):
    """Finds pages of large lists of contacts. All reads are eventually consistent."""

    def state(self, account_id: str) -> IndexState | None:
        """Return the state of the index. None if the account has none."""

    def page(
        self,
        account_id: str,
        state: IndexState,
        visible: VisibleLists,
        wanted: ContactFilter,
        start: int,
        limit: int,
        first_id: int = 0,
    ) -> IndexedPage:
        """Find the contacts at some positions of a list in order of id.

        Args:
            account_id: The account.
            state: The state of its index.
            visible: The lists that the caller sees, with the tag of the filter if it has one.
            wanted: Only its stage and its status are used.
            start: The position of the first contact, from 0.
            limit: The maximum number of contacts.
            first_id: The list starts with this id.
        """

    def ids_below(
        self,
        account_id: str,
        state: IndexState,
        visible: VisibleLists,
        wanted: ContactFilter,
        before: int | None,
        limit: int,
    ) -> tuple[list[int], bool]:
        """Find the contacts of a list with the highest ids below one, the highest first.

        `before` is the id below which they are, None for the highest. The other arguments are those
        of `page`.

        Returns:
            At most `limit` ids, and whether there are more.
        """

    def hits(
        self, account_id: str, beginning: str, after: WordPosition | None, limit: int
    ) -> tuple[list[WordHit], bool]:
        """Find words that start with a text of at least three characters, in order of words.

        Returns:
            At most `limit` hits, and whether there may be more.
        """

    def summaries(self, account_id: str, contact_ids: Sequence[int]) -> list[ContactSummary]:
        """Return summaries of the contacts that exist, in the order of the ids."""


def indexed(contact: ContactSummary) -> IndexedContact:
    """Return what the index stores of a contact."""
    return IndexedContact(
        contact.owner,
        contact.team,
        tuple(sorted(set(contact.tags))),
        tuple(sorted(words_of(contact))),
    )


def chunk_of(contact_id: int) -> int:
    """Return the chunk of a contact id."""
    return contact_id // CONTACTS_PER_CHUNK


def visible_lists(caller: Caller, tag: str | None = None) -> VisibleLists:
    """Return the lists of the contacts that a caller sees."""
    owners: list[str] = [] if caller.user is None else [caller.user]
    teams = sorted(set(caller.teams))
    lists = [
        ContactList(tag=tag),
        *(ContactList(owner=each, tag=tag) for each in owners),
        *(ContactList(team=each, tag=tag) for each in teams),
    ]
    overlaps = [ContactList(owner, team, tag) for owner in owners for team in teams]
    return VisibleLists(tuple(lists), tuple(overlaps))


def selected_codes(
    cells: Iterable[tuple[str, str]], stage: str | None, status: str | None
) -> frozenset[int]:
    """Return the codes of the cells with a stage and a status. None selects every one."""
    return frozenset(
        code
        for code, (its_stage, its_status) in enumerate(cells, start=1)
        if stage in (None, its_stage) and status in (None, its_status)
    )
