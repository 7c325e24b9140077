"""List, find and create tags, and add them to contacts."""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.accounts import Caller
from shared.domain.contacts import (
    Contact,
    Contacts,
)
from shared.domain.definitions import Definitions
from shared.domain.errors import InvalidField, TagNotFound
from shared.domain.records import dataclass
from shared.domain.tags import (
    Tag,
    Tags,
)
from shared.domain.values import STRICT
from shared.services.conflicts import retry_on_conflict
from shared.services.contacts.conversations import list_conversations
from shared.services.contacts.writes import update_contact
from shared.validation.contacts import MAX_TAG_CHARS, MAX_TAGS, check_contact, is_tag_id

OF_CONTACTS = "CONTACT"
OF_TICKETS = "TICKET"
"""The entity types of tags. Only a contact with a conversation can have ticket tags."""


@dataclass(frozen=True, slots=True)
class Tagging:
    """The result of tagging a contact.

    Attributes:
        made: The tags that were created.
        given: The values that the contact has now.
        withheld: The ticket tags that the contact cannot have.

    """

    made: Sequence[Tag]
    given: Sequence[str]
    withheld: Sequence[str]


def list_tags(tags: Tags, caller: Caller) -> list[Tag]:
    """List the tags of the account, in order of id."""
    return tags.list(caller.account_id)


def find_tags(tags: Tags, caller: Caller, tag_ids: Sequence[int]) -> list[Tag]:
    """Find tags by id, in the order of the ids and without duplicates.

    Raises:
        TagNotFound: A tag does not exist.
        InvalidField: There are too many ids.

    """
    wanted = list(dict.fromkeys(tag_ids))
    if len(wanted) > MAX_TAGS:
        raise InvalidField("tags", f"there are at most {MAX_TAGS}")
    possible = list(filter(is_tag_id, wanted))
    found = {tag.tag_id: tag for tag in tags.find_by_ids(caller.account_id, possible)}
    for tag_id in wanted:
        if tag_id not in found:
            raise TagNotFound(str(tag_id))
    return [found[tag_id] for tag_id in wanted]


def create_tags(tags: Tags, caller: Caller, values: Sequence[str]) -> list[Tag]:
    """Create a contact tag for each value that has none.

    Returns:
        The created tags.

    Raises:
        InvalidField: A value is not valid, or there are too many.

    """
    wanted = list(dict.fromkeys(values))
    _check(wanted)

    def attempt() -> list[Tag]:
        known = tags.find_by_values(caller.account_id, OF_CONTACTS, wanted)
        existing = {tag.value for tag in known}
        new = [value for value in wanted if value not in existing]
        if not new:
            return []
        first = tags.allocate_ids(caller.account_id, len(new))
        made = [Tag(first + i, value, OF_CONTACTS) for i, value in enumerate(new)]
        tags.add(caller.account_id, *made)
        return made

    return retry_on_conflict(attempt)


def tag_contact(
    tags: Tags,
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    contact: Contact,
    values: Sequence[str],
) -> Tagging:
    """Add tags to a contact, and create tags that do not exist.

    Ticket tags are withheld from a contact without a conversation.

    Raises:
        InvalidField: A value is not valid, or the contact would have too many tags. No tag has
            been created then.

    """
    wanted = list(dict.fromkeys(values))
    _check(wanted)
    ticket_tags = _ticket_tags(tags, caller, wanted)
    withheld = ticket_tags
    if ticket_tags and list_conversations(contacts, caller, contact):
        withheld = []
    given = [value for value in wanted if value not in withheld]
    check_contact(_with_tags(contact, given))
    made = create_tags(tags, caller, [value for value in given if value not in ticket_tags])
    update_contact(
        contacts,
        definitions,
        caller,
        contact.contact_id,
        lambda before: _with_tags(before, given),
        {},
        STRICT,
    )
    return Tagging(made, given, withheld)


def _ticket_tags(tags: Tags, caller: Caller, values: Sequence[str]) -> list[str]:
    found = tags.find_by_values(caller.account_id, OF_TICKETS, values)
    if not found:
        return []
    others = tags.find_by_values(caller.account_id, OF_CONTACTS, [tag.value for tag in found])
    of_contacts = {tag.value for tag in others}
    of_tickets = {tag.value for tag in found} - of_contacts
    return [value for value in values if value in of_tickets]


def _with_tags(contact: Contact, values: Sequence[str]) -> Contact:
    tags = tuple(dict.fromkeys((*contact.tags, *values)))
    if len(tags) > MAX_TAGS:
        count = len(contact.tags)
        raise InvalidField("tags", f"the contact has {count} tags and can have {MAX_TAGS}")
    return replace(contact, tags=tags)


def _check(values: Sequence[str]) -> None:
    if len(values) > MAX_TAGS:
        raise InvalidField("tags", f"there are at most {MAX_TAGS}")
    for value in values:
        if not 1 <= len(value) <= MAX_TAG_CHARS:
            raise InvalidField("tags", f"a tag has 1 to {MAX_TAG_CHARS} characters")
