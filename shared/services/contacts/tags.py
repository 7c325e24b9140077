"""Tags: list, find, create, give to a contact."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.domain.accounts import Caller
from shared.domain.contacts import (
    Contact,
    Contacts,
)
from shared.domain.errors import InvalidField, TagNotFound
from shared.domain.tags import (
    Tag,
    Tags,
)
from shared.domain.variables import Definitions, SetRules
from shared.services.conflicts import retry_on_conflict
from shared.services.contacts.contacts import update_contact
from shared.services.contacts.conversations import list_conversations
from shared.validation.contacts import MAX_TAG_CHARS, MAX_TAGS, check_contact, is_tag_id

OF_CONTACTS = "CONTACT"
OF_TICKETS = "TICKET"
"""What a tag may be of; one of tickets is for contacts who have a conversation."""


@dataclass(frozen=True, slots=True)
class Tagging:
    """What became of tags for a contact: those made for it, given to it, and not given."""

    made: Sequence[Tag]
    given: Sequence[str]
    withheld: Sequence[str]


def list_tags(tags: Tags, caller: Caller) -> list[Tag]:
    """Every tag of the account in order of id."""
    return tags.list(caller.account_id)


def find_tags(tags: Tags, caller: Caller, tag_ids: Sequence[int]) -> list[Tag]:
    """The tags of those ids, in the order asked for, each once.

    Raises TagNotFound for the first that does not exist, InvalidField for too many.
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
    """Make a tag of contacts for each of these values that none says; gives those that were made.

    Raises InvalidField for a value that no tag can have, or too many.
    """
    wanted = list(dict.fromkeys(values))
    _check(wanted)

    def attempt() -> list[Tag]:
        known = tags.find_by_values(caller.account_id, OF_CONTACTS, wanted)
        processed = {tag.value for tag in known}
        new = [value for value in wanted if value not in processed]
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
    """Give a contact tags beside those that it has; of those that do not exist one is made.

    Tags of tickets are withheld from a contact without a conversation.
    Raises InvalidField before any tag is made, for a value that no tag can have, too many, or more
    than the contact has room for.
    """
    wanted = list(dict.fromkeys(values))
    _check(wanted)
    for_tickets = _only_of_tickets(tags, caller, wanted)
    withheld = for_tickets
    if for_tickets and list_conversations(contacts, caller, contact.contact_id):
        withheld = []
    given = [value for value in wanted if value not in withheld]
    check_contact(_with_tags(contact, given))
    made = create_tags(tags, caller, [value for value in given if value not in for_tickets])
    update_contact(
        contacts,
        definitions,
        caller,
        contact.contact_id,
        lambda before: _with_tags(before, given),
        {},
        SetRules(),
    )
    return Tagging(made, given, withheld)


def _only_of_tickets(tags: Tags, caller: Caller, values: Sequence[str]) -> list[str]:
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
        processed = len(contact.tags)
        raise InvalidField("tags", f"the contact has {processed} tags and can have {MAX_TAGS}")
    return replace(contact, tags=tags)


def _check(values: Sequence[str]) -> None:
    if len(values) > MAX_TAGS:
        raise InvalidField("tags", f"there are at most {MAX_TAGS}")
    for value in values:
        if not 1 <= len(value) <= MAX_TAG_CHARS:
            raise InvalidField("tags", f"a tag has 1 to {MAX_TAG_CHARS} characters")
