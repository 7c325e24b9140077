"""List contacts by the time of their creation, newest first."""

from shared.domain.accounts import Caller
from shared.domain.contact_index import ContactIndex, IndexState, visible_lists
from shared.domain.contact_lists import ContactFilter, Cursor, NewestContacts, NewestStart
from shared.domain.contacts import Contacts
from shared.services.contacts.contacts import get_contacts, list_summaries
from shared.services.contacts.newest_contacts import id_above_older


def list_newest_contacts(
    contacts: Contacts, index: ContactIndex, caller: Caller, start: NewestStart, limit: int
) -> NewestContacts:
    """List a page of the visible contacts, newest first.

    Those of a large account are in descending order of id, because nothing else orders them. A page
    of them is short if contacts between the others were not created before the time of the list.
    """
    state = index.state(caller.account_id)
    if state is None or not state.is_in_use:
        return _page_of_all(contacts, caller, start, limit)
    return _indexed(contacts, index, state, caller, start, limit)


def _page_of_all(
    contacts: Contacts, caller: Caller, start: NewestStart, limit: int
) -> NewestContacts:
    cursors = {
        Cursor(each.created_at, each.contact_id)
        for each in list_summaries(contacts, caller)
        if start.includes(each.created_at)
    }
    rest = sorted(
        (each for each in cursors if start.after is None or each < start.after), reverse=True
    )
    page = rest[:limit]
    found = get_contacts(contacts, caller, [each.contact_id for each in page])
    return NewestContacts(found, page[-1] if len(rest) > limit else None, start.created_before)


def _indexed(
    contacts: Contacts,
    index: ContactIndex,
    state: IndexState,
    caller: Caller,
    start: NewestStart,
    limit: int,
) -> NewestContacts:
    position = _position(contacts, caller, start)
    visible, everything = visible_lists(caller), ContactFilter()
    ids, has_more = index.ids_below(caller.account_id, state, visible, everything, position, limit)
    found = get_contacts(contacts, caller, ids)
    following = None
    if has_more:
        created_at = found[-1].created_at if found else caller.requested_at
        following = Cursor(created_at, ids[-1])
    shown = [each for each in found if start.includes(each.created_at)]
    return NewestContacts(shown, following, start.created_before, state.applied_at)


def _position(contacts: Contacts, caller: Caller, start: NewestStart) -> int | None:
    """Return the id below which a page starts, None for the first one."""
    if start.after is not None:
        return start.after.contact_id
    if start.created_before is None:
        return None
    return id_above_older(contacts, caller.account_id, start.created_before)
