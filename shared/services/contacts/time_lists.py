"""List contacts by the times of their creation and their last change."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.accounts import Caller
from shared.domain.contact_index import ContactIndex, IndexState, visible_lists
from shared.domain.contact_lists import ContactFilter, Matches, TimeOrder, TimeQuery
from shared.domain.contacts import Contacts, ContactSummary
from shared.domain.definitions import Definitions
from shared.domain.records import dataclass
from shared.domain.values import Variables
from shared.services.contacts.contacts import latest_first
from shared.services.contacts.newest_contacts import (
    LONGEST_CREATION,
    first_id_since,
    highest,
    moved,
    read_newest,
)
from shared.services.variables.values import contacts_with_text

MOST_LISTED = 100_000
"""How many contacts a list by change reads: 45 requests of a megabyte, about 6,000 units. A
function could hardly read more before it has to answer."""

MOST_WITH_FIELD = 10_000
"""How many contacts a list by a custom field reads, with a page of values of each."""

MOST_AT_ONCE = 10_000
"""The most contacts of a list by creation without a limit; a response has at most six megabytes."""

MOST_SORTED = 10_000
"""The most ids of a list by creation that is in order of time: about 600 units. A longer one is in
order of id."""

_IDS_AT_ONCE = 200
"""In how many ids a match is looked for at once: about twelve units."""


@dataclass(frozen=True, slots=True)
class ContactReaders:
    """The stores that a list by time reads."""

    contacts: Contacts
    index: ContactIndex
    variables: Variables
    definitions: Definitions


def list_by_time(readers: ContactReaders, caller: Caller, query: TimeQuery) -> Matches:
    """List a range of the visible contacts that were created or updated after a time.

    Of a large account, the contact index has a list by creation, in order of id. Nothing orders
    contacts by their changes, so that a list by change reads the newest contacts.
    """
    if query.limit == 0:
        return Matches([])
    state = readers.index.state(caller.account_id)
    if state is None or not state.is_in_use:
        everything = readers.contacts.list(caller.account_id)
        return Matches(_range(readers, caller, query, everything))
    if query.created_after is not None:
        return _created(readers, state, caller, query, query.created_after)
    most = MOST_LISTED if query.text is None else MOST_WITH_FIELD
    newest, has_more = read_newest(
        readers.contacts, caller.account_id, most, query.wanted.created_after
    )
    found = _range(readers, caller, query, newest)
    return Matches(found, most if has_more else None)


def _created(
    readers: ContactReaders, state: IndexState, caller: Caller, query: TimeQuery, after: datetime
) -> Matches:
    account_id = caller.account_id
    first = first_id_since(readers.contacts, account_id, moved(after, -LONGEST_CREATION))
    newest = None if first is None else highest(readers.contacts, account_id)
    if first is None or newest is None:
        return Matches([], as_of=state.applied_at)
    if newest.contact_id - first < MOST_SORTED:
        read = readers.index.summaries(account_id, range(first, newest.contact_id + 1))
        return Matches(_range(readers, caller, query, read), as_of=state.applied_at)
    limit = MOST_AT_ONCE if query.limit is None else query.limit
    found = readers.index.page(
        account_id,
        state,
        visible_lists(caller),
        ContactFilter(),
        query.offset,
        limit,
        _first_match(readers, account_id, query, first),
    )
    # What the index knows can be a moment old, so each contact is checked as it is now. Its time is
    # not: a page that leaves out contacts between others is short, and looks like the last one.
    shown = [
        each for each in readers.index.summaries(account_id, found.contact_ids) if caller.sees(each)
    ]
    is_cut = query.limit is None and found.count > query.offset + limit
    return Matches(
        shown, as_of=state.applied_at, limited_to_oldest=MOST_AT_ONCE if is_cut else None
    )


def _first_match(readers: ContactReaders, account_id: str, query: TimeQuery, first: int) -> int:
    """Find the lowest id that matches, which can be a little higher than the first that could.

    If too many do not match, it is the first id that was not looked at.
    """
    for start in range(first, first + MOST_SORTED, _IDS_AT_ONCE):
        read = readers.index.summaries(account_id, range(start, start + _IDS_AT_ONCE))
        matching = (each.contact_id for each in read if query.wanted.matches(each))
        found = next(matching, None)
        if found is not None:
            return found
    return start + _IDS_AT_ONCE


def _range(
    readers: ContactReaders, caller: Caller, query: TimeQuery, found: Sequence[ContactSummary]
) -> list[ContactSummary]:
    visible = [each for each in found if caller.sees(each) and query.wanted.matches(each)]
    latest = latest_first(visible)
    matching = contacts_with_text(
        readers.variables, readers.definitions, caller, latest, query.text
    )
    if query.order is TimeOrder.UPDATED:
        matching.reverse()
    elif query.order is TimeOrder.CREATED:
        matching.sort(key=lambda each: (each.created_at, each.contact_id))
    end = None if query.limit is None else query.offset + query.limit
    return matching[query.offset : end]
