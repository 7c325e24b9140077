"""List contacts by page numbers, with the size of the list."""

from shared.domain.accounts import Caller
from shared.domain.contact_index import ContactIndex, visible_lists
from shared.domain.contact_lists import ContactFilter, ContactPage
from shared.domain.contacts import Contacts
from shared.services.contacts.contacts import list_contacts


def list_numbered_page(
    contacts: Contacts,
    index: ContactIndex,
    caller: Caller,
    wanted: ContactFilter,
    page: int,
    limit: int,
) -> ContactPage:
    """List a page, counted from 1, of the visible contacts that match a filter.

    Of a large account, the contact index has the page and the size of the list. A search for a
    part of a text reads all contacts of any account.
    """
    state = index.state(caller.account_id)
    if state is None or not state.is_in_use or wanted.search or wanted.mention:
        return list_contacts(contacts, caller, wanted, page, limit)
    visible = visible_lists(caller, wanted.tag)
    found = index.page(caller.account_id, state, visible, wanted, (page - 1) * limit, limit)
    # What the index knows can be a moment old, so each contact is checked as it is now.
    shown = [
        each
        for each in index.summaries(caller.account_id, found.contact_ids)
        if caller.sees(each) and wanted.matches(each)
    ]
    return ContactPage(shown, found.count, page, limit, state.applied_at)
