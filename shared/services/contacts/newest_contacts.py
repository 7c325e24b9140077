"""Read the contacts of an account from the highest id down, and find ids by times of creation.

A function takes the time of creation before the id. Ids ascend with these times, except for
contacts that were created within `LONGEST_CREATION`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.domain.contacts import Contacts, ContactSummary

LONGEST_CREATION = timedelta(minutes=2)
"""How long a contact can get its id after its time: as long as the function of imports may run."""

_PER_PAGE = 250
_MOST_PAGES = 40


def read_newest(
    contacts: Contacts, account_id: str, limit: int, created_after: datetime | None = None
) -> tuple[Sequence[ContactSummary], bool]:
    """Read the contacts with the highest ids, as long as they can be created after a time.

    Returns:
        At most `limit` contacts, in order of id, and whether there are others.
    """
    earliest = None if created_after is None else moved(created_after, -LONGEST_CREATION)
    found: list[ContactSummary] = []
    has_more = True
    while has_more and len(found) < limit:
        before = found[-1].contact_id if found else None
        page, has_more = contacts.list_page(account_id, before, limit - len(found))
        found += page
        if earliest is not None and page and page[-1].created_at <= earliest:
            has_more = False
    return found[::-1], has_more


def first_id_since(contacts: Contacts, account_id: str, at: datetime) -> int | None:
    """Find the lowest id of the contacts that were created at a time or later.

    It halves the ids, and reads one contact each time. If ids do not ascend with the times, it is
    the id of one of these contacts.

    Returns:
        The id, or None if every contact was created before.
    """
    newest = highest(contacts, account_id)
    if newest is None or newest.created_at < at:
        return None
    low, high = 1, newest.contact_id
    while low < high:
        middle = (low + high) // 2
        found = highest(contacts, account_id, middle + 1)
        if found is None or found.contact_id < low or found.created_at < at:
            low = middle + 1
        else:
            high = found.contact_id
    return high


def id_above_older(contacts: Contacts, account_id: str, at: datetime) -> int | None:
    """Find the id below which all contacts are that were created before a time.

    Reads contacts of the time of the longest creation, as far as there are not too many.

    Returns:
        The id, or None if every contact may be below it.
    """
    above = first_id_since(contacts, account_id, moved(at, LONGEST_CREATION))
    for _ in range(_MOST_PAGES):
        page, has_more = contacts.list_page(account_id, above, _PER_PAGE)
        for each in page:
            if each.created_at < at:
                return above
            above = each.contact_id
        if not has_more:
            break
    return above


def highest(contacts: Contacts, account_id: str, below: int | None = None) -> ContactSummary | None:
    """Return the contact with the highest id, or with the highest below one. None without any."""
    found, _ = contacts.list_page(account_id, below, 1)
    return found[0] if found else None


def moved(at: datetime, by: timedelta) -> datetime:
    """Return a time that is later or earlier, or the same one if there is no such time."""
    try:
        return at + by
    except OverflowError:
        return at
