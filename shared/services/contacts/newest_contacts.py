"""Read the contacts of an account from the highest id down.

Ids ascend with the time of creation, except for requests at the same time.
"""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.contacts import Contacts, ContactSummary


def read_newest(
    contacts: Contacts, account_id: str, limit: int, created_after: datetime | None = None
) -> tuple[Sequence[ContactSummary], bool]:
    """Read the contacts with the highest ids, as long as they were created after a time.

    Returns:
        At most `limit` contacts, in order of id, and whether there are others.
    """
    found: list[ContactSummary] = []
    has_more = True
    while has_more and len(found) < limit:
        before = found[-1].contact_id if found else None
        page, has_more = contacts.list_page(account_id, before, limit - len(found))
        found += page
        if created_after is not None and page and page[-1].created_at <= created_after:
            has_more = False
    return found[::-1], has_more


def first_id_since(contacts: Contacts, account_id: str, at: datetime) -> int | None:
    """Find the lowest id of the contacts that were created at a time or later.

    It halves the ids, and reads one contact each time.

    Returns:
        The id, or None if every contact was created before.
    """
    newest = _highest(contacts, account_id, None)
    if newest is None or newest.created_at < at:
        return None
    lowest, highest = 1, newest.contact_id
    while lowest < highest:
        middle = (lowest + highest) // 2
        found = _highest(contacts, account_id, middle + 1)
        if found is None or found.contact_id < lowest or found.created_at < at:
            lowest = middle + 1
        else:
            highest = found.contact_id
    return highest


def _highest(contacts: Contacts, account_id: str, below: int | None) -> ContactSummary | None:
    found, _ = contacts.list_page(account_id, below, 1)
    return found[0] if found else None
