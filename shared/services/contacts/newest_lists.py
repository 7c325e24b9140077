"""List contacts by the time of their creation, newest first."""

from shared.domain.accounts import Caller
from shared.domain.contact_index import ContactIndex, IndexState, visible_lists
from shared.domain.contact_lists import ContactFilter, Cursor, NewestContacts
from shared.domain.contacts import Contacts
from shared.services.contacts.contacts import get_contacts, list_summaries
from shared.services.contacts.newest_contacts import id_above_older


def list_newest_contacts(
    contacts: Contacts, index: ContactIndex, caller: Caller, before: Cursor | None, limit: int
) -> NewestContacts:
    """List a page of the visible contacts, newest first, from a cursor on.

    Those of a large account are in descending order of id, because nothing else orders them.
    """
    state = index.state(caller.account_id)
    if state is None or not state.is_in_use:
        return _page_of_all(contacts, caller, before, limit)
    return _indexed(contacts, index, state, caller, before, limit)


def _page_of_all(
    contacts: Contacts, caller: Caller, before: Cursor | None, limit: int
) -> NewestContacts:
    cursors = {
        Cursor(each.created_at, each.contact_id) for each in list_summaries(contacts, caller)
    }
    rest = sorted((each for each in cursors if before is None or each < before), reverse=True)
    page = rest[:limit]
    found = get_contacts(contacts, caller, [each.contact_id for each in page])
    return NewestContacts(found, page[-1] if len(rest) > limit else None)


def _indexed(
    contacts: Contacts,
    index: ContactIndex,
    state: IndexState,
    caller: Caller,
    before: Cursor | None,
    limit: int,
) -> NewestContacts:
    position = None
    if before is not None:
        position = before.contact_id or id_above_older(
            contacts, caller.account_id, before.created_at
        )
    visible, everything = visible_lists(caller), ContactFilter()
    ids, has_more = index.ids_below(caller.account_id, state, visible, everything, position, limit)
    found = get_contacts(contacts, caller, ids)
    following = None
    if has_more:
        created_at = found[-1].created_at if found else caller.requested_at
        following = Cursor(created_at, ids[-1])
    if before is not None and not before.contact_id:
        found = [each for each in found if each.created_at < before.created_at]
    return NewestContacts(found, following, state.applied_at)
