"""List contacts by page numbers, with the size of the list."""

from shared.domain.accounts import Caller
from shared.domain.contact_index import ContactIndex, IndexState, visible_lists
from shared.domain.contact_lists import ContactFilter, ContactPage
from shared.domain.contacts import Contacts
from shared.services.contacts.part_searches import find_matches


def list_numbered_page(
    contacts: Contacts,
    index: ContactIndex,
    caller: Caller,
    wanted: ContactFilter,
    page: int,
    limit: int,
) -> ContactPage:
    """List a page, counted from 1, of the visible contacts that match a filter.

    Of a large account, the contact index has the page and the size of the list, unless the filter
    searches for a part of a text.
    """
    state = index.state(caller.account_id)
    if state is not None and state.is_in_use and not wanted.parts:
        return _indexed(index, state, caller, wanted, page, limit)
    found = find_matches(contacts, index, state, caller, wanted)
    start = (page - 1) * limit
    return ContactPage(
        found.contacts[start : start + limit],
        len(found.contacts),
        page,
        limit,
        found.as_of,
        found.limited_to,
    )


def _indexed(
    index: ContactIndex,
    state: IndexState,
    caller: Caller,
    wanted: ContactFilter,
    page: int,
    limit: int,
) -> ContactPage:
    visible = visible_lists(caller, wanted.tag)
    found = index.page(caller.account_id, state, visible, wanted, (page - 1) * limit, limit)
    # What the index knows can be a moment old, so each contact is checked as it is now.
    shown = [
        each
        for each in index.summaries(caller.account_id, found.contact_ids)
        if caller.sees(each) and wanted.matches(each)
    ]
    return ContactPage(shown, found.count, page, limit, state.applied_at)
