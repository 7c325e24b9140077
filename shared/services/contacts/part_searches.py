"""Search contacts for parts of their names, e-mail addresses and phone numbers.

Nothing finds a part in the middle of a word but reading every contact. In an account of more
contacts than `MOST_SCANNED`, the newest are read, and older ones are found by the words of the
contact index that begin with the part.
"""

from collections.abc import Iterable, Sequence

from shared.domain.accounts import Caller
from shared.domain.contact_index import ContactIndex, IndexState, visible_lists
from shared.domain.contact_lists import (
    ContactFilter,
    ContactSearch,
    FoundContacts,
    Matches,
    PartSearch,
)
from shared.domain.contacts import Contacts, ContactSummary
from shared.domain.search_words import longest_word
from shared.services.contacts.contacts import get_contacts, latest_first
from shared.services.contacts.newest_contacts import read_newest
from shared.validation.contacts import is_possible_identifier

MOST_SCANNED = 10_000
"""How many contacts a search reads: about 600 units, a fifth of what one partition reads a second,
and five requests of a megabyte."""

MOST_OLDER = 500
"""How many older contacts a search reads that have a word with the right beginning."""

MOST_WORDS = 2000
"""How many words a search passes over to find these contacts, if others are hidden or new."""


def find_matches(
    contacts: Contacts,
    index: ContactIndex,
    state: IndexState | None,
    caller: Caller,
    wanted: PartSearch,
) -> Matches:
    """Find the visible contacts that match a search, in order of id.

    `state` is the state of the contact index of the account.
    """
    if state is None or not state.is_in_use:
        return Matches(_matching(contacts.list(caller.account_id), caller, wanted))
    newest, has_more = read_newest(contacts, caller.account_id, MOST_SCANNED)
    found = _matching(newest, caller, wanted)
    if not has_more:
        return Matches(found)
    ids = _older_ids(index, caller, wanted.parts, newest[0].contact_id)
    older = _matching(index.summaries(caller.account_id, ids), caller, wanted)
    return Matches([*older, *found], MOST_SCANNED, state.applied_at)


def search_contacts(
    contacts: Contacts, index: ContactIndex, caller: Caller, wanted: ContactSearch
) -> FoundContacts:
    """List a page of the visible contacts that mention a text, in order of id."""
    hidden = {
        contact.contact_id
        for identifier in wanted.hidden
        if is_possible_identifier(identifier.value)
        for contact in contacts.find_by_identifier(caller.account_id, identifier).contacts
        if caller.sees(contact)
    }
    state = index.state(caller.account_id)
    if state is not None and state.is_in_use and not wanted.text:
        return _page_of_all(contacts, index, state, caller, wanted, hidden)
    found = find_matches(contacts, index, state, caller, ContactFilter(mention=wanted.text))
    ids = [each.contact_id for each in found.contacts if each.contact_id not in hidden]
    start = (wanted.page - 1) * wanted.limit
    page = get_contacts(contacts, caller, ids[start : start + wanted.limit])
    return FoundContacts(page, len(ids), wanted.page, found.as_of, found.limited_to)


def search_latest_contacts(
    contacts: Contacts, index: ContactIndex, caller: Caller, wanted: PartSearch, limit: int
) -> Matches:
    """List the visible contacts that match a search, the most recently changed first."""
    found = find_matches(contacts, index, index.state(caller.account_id), caller, wanted)
    latest = latest_first(found.contacts)[:limit]
    return Matches(latest, found.limited_to, found.as_of)


def _page_of_all(
    contacts: Contacts,
    index: ContactIndex,
    state: IndexState,
    caller: Caller,
    wanted: ContactSearch,
    hidden: set[int],
) -> FoundContacts:
    """Read a page of all contacts but hidden ones in the index, as every contact has no text."""
    start = (wanted.page - 1) * wanted.limit
    visible, everything = visible_lists(caller), ContactFilter()
    length = wanted.limit + len(hidden)
    found = index.page(caller.account_id, state, visible, everything, start, length)
    # As many positions before the page are those of hidden contacts.
    skipped = sum(each < found.contact_ids[0] for each in hidden) if found.contact_ids else 0
    ids = [each for each in found.contact_ids if each not in hidden]
    page = get_contacts(contacts, caller, ids[skipped : skipped + wanted.limit])
    # The index may not have a hidden contact yet.
    count = max(found.count - len(hidden), 0)
    return FoundContacts(page, count, wanted.page, state.applied_at)


def _older_ids(
    index: ContactIndex, caller: Caller, parts: Sequence[str], below: int
) -> Sequence[int]:
    """Find visible contacts below an id that have a word which begins like one of the parts."""
    ids = {
        each
        for word in map(longest_word, parts)
        if word
        for each in _ids_with_word(index, caller, word, below)
    }
    return sorted(ids)[-MOST_OLDER:]


def _ids_with_word(index: ContactIndex, caller: Caller, word: str, below: int) -> set[int]:
    ids: set[int] = set()
    position, has_more, passed = None, True, 0
    while has_more and len(ids) < MOST_OLDER and passed < MOST_WORDS:
        hits, has_more = index.hits(caller.account_id, word, position, MOST_OLDER)
        possible = (each.position.contact_id for each in hits if caller.sees(each))
        ids.update(each for each in possible if each < below)
        position = hits[-1].position if hits else position
        passed += len(hits)
    return ids


def _matching(
    found: Iterable[ContactSummary], caller: Caller, wanted: PartSearch
) -> list[ContactSummary]:
    return [each for each in found if caller.sees(each) and wanted.matches(each)]
