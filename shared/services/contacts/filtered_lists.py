"""List contacts by cursor with filters, and search them by the beginnings of words."""

from shared.domain.accounts import Caller
from shared.domain.contact_index import ContactIndex, IndexState, WordHit, visible_lists
from shared.domain.contact_lists import ContactFilter, ContactQuery, SummaryPage, WordPosition
from shared.domain.contacts import Contacts, ContactSummary
from shared.domain.search_words import MIN_WORD_CHARS, has_words, words_of
from shared.services.contacts.contact_changes import list_contacts
from shared.services.contacts.contacts import list_summaries

_MAX_HITS = 500
"""How many words a page of a search passes over."""

_EVERYTHING = ContactFilter()


def list_contacts_by_cursor(
    contacts: Contacts, index: ContactIndex, caller: Caller, query: ContactQuery
) -> SummaryPage:
    """List a page of the visible contacts, or of those that a search finds.

    A page can be shorter than its limit although more follow.
    """
    if query.words is not None and not _beginning_of(query):
        return SummaryPage([], None)
    if query.words is None and query.wanted == _EVERYTHING:
        before = query.position if isinstance(query.position, int) else None
        return list_contacts(contacts, caller, before, query.limit)
    state = index.state(caller.account_id)
    if state is None or not state.is_in_use:
        return _page_of_all(list_summaries(contacts, caller), query)
    if query.words is None:
        return _filtered(index, state, caller, query)
    return _found(index, state, caller, query)


def _page_of_all(visible: list[ContactSummary], query: ContactQuery) -> SummaryPage:
    """Find the page among all contacts of a small account."""
    matching = [each for each in visible if query.wanted.matches(each)]
    if query.words is None:
        by_id = {each.contact_id: each for each in matching}
        ids = sorted((each for each in by_id if _is_below(each, query)), reverse=True)
        following = ids[query.limit - 1] if len(ids) > query.limit else None
        return SummaryPage([by_id[each] for each in ids[: query.limit]], following)
    beginning = _beginning_of(query)
    found = {
        WordPosition(_first_word(each, beginning), each.contact_id): each
        for each in matching
        if has_words(each, query.words)
    }
    positions = sorted(each for each in found if _is_after(each, query))
    page = positions[: query.limit]
    return SummaryPage(
        [found[each] for each in page], page[-1] if len(positions) > query.limit else None
    )


def _filtered(
    index: ContactIndex, state: IndexState, caller: Caller, query: ContactQuery
) -> SummaryPage:
    ids, has_more = index.ids_below(
        caller.account_id,
        state,
        visible_lists(caller, query.wanted.tag),
        query.wanted,
        query.position if isinstance(query.position, int) else None,
        query.limit,
    )
    # What the index knows can be a moment old, so each contact is checked as it is now.
    shown = [
        each
        for each in index.summaries(caller.account_id, ids)
        if caller.sees(each) and query.wanted.matches(each)
    ]
    return SummaryPage(shown, ids[-1] if has_more else None, state.applied_at)


def _found(
    index: ContactIndex, state: IndexState, caller: Caller, query: ContactQuery
) -> SummaryPage:
    """Read words until the contacts that may be on the page are as many as its limit."""
    beginning = _beginning_of(query)
    position = query.position if isinstance(query.position, WordPosition) else None
    possible: list[WordHit] = []
    has_more, passed = True, 0
    while has_more and len(possible) < query.limit and passed < _MAX_HITS:
        wanted = query.limit - len(possible)
        hits, has_more = index.hits(caller.account_id, beginning, position, wanted)
        possible += (each for each in hits if caller.sees(each))
        passed += len(hits)
        position = hits[-1].position if hits else position
    ids = list(dict.fromkeys(each.position.contact_id for each in possible))
    positions = {each.position for each in possible}
    shown = [
        each
        for each in index.summaries(caller.account_id, ids)
        if caller.sees(each)
        and query.wanted.matches(each)
        and has_words(each, query.words or ())
        # Another of its words is on another page.
        and WordPosition(_first_word(each, beginning), each.contact_id) in positions
    ]
    return SummaryPage(shown, position if has_more else None, state.applied_at)


def _beginning_of(query: ContactQuery) -> str:
    """Return the beginning of a word that the search reads by, empty if all are too short."""
    longest = query.words[0] if query.words else ""
    return longest if len(longest) >= MIN_WORD_CHARS else ""


def _first_word(contact: ContactSummary, beginning: str) -> str:
    return min(word for word in words_of(contact) if word.startswith(beginning))


def _is_below(contact_id: int, query: ContactQuery) -> bool:
    return not isinstance(query.position, int) or contact_id < query.position


def _is_after(position: WordPosition, query: ContactQuery) -> bool:
    return not isinstance(query.position, WordPosition) or position > query.position
