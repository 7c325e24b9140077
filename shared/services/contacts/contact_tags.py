"""Add tags to contacts and remove them, one at a time, and list the tags of an account by page."""

from dataclasses import replace

from shared.domain.accounts import Caller
from shared.domain.contacts import Contact, Contacts
from shared.domain.definitions import Definitions
from shared.domain.errors import InvalidField
from shared.domain.tags import Tag, Tags
from shared.domain.values import STRICT
from shared.services.contacts.contacts import find_contact
from shared.services.contacts.tags import tag_contact
from shared.services.contacts.writes import update_contact
from shared.validation.contacts import MAX_TAG_CHARS


def list_page_of_tags(
    tags: Tags, caller: Caller, after: int, limit: int
) -> tuple[list[Tag], int | None]:
    """List the tags with ids above one, in order of id, and the position of the next page."""
    found, has_more = tags.list_page(caller.account_id, after, limit)
    return found, found[-1].tag_id if has_more else None


def add_tag(
    tags: Tags,
    contacts: Contacts,
    definitions: Definitions,
    caller: Caller,
    contact_id: int,
    value: str,
) -> Contact:
    """Add a tag to a contact, unless the contact has it, and return the contact.

    A tag that the account does not have is created.

    Raises:
        ContactNotFound: The caller sees no such contact.
        InvalidField: The tag is too long, the contact has too many tags, or the tag is one of
            tickets, and the contact has no conversation.

    """
    contact = find_contact(contacts, caller, contact_id)
    tagging = tag_contact(tags, contacts, definitions, caller, contact, [value])
    if tagging.withheld:
        raise InvalidField("tags", "only a contact with a conversation can have this tag")
    return find_contact(contacts, caller, contact_id)


def remove_tag(
    contacts: Contacts, definitions: Definitions, caller: Caller, contact_id: int, value: str
) -> Contact:
    """Remove a tag from a contact, if the contact has it, and return the contact.

    The tag stays a tag of the account.

    Raises:
        ContactNotFound: The caller sees no such contact.
        InvalidField: The tag is too long.

    """
    if len(value) > MAX_TAG_CHARS:
        raise InvalidField("tags", f"a tag has 1 to {MAX_TAG_CHARS} characters")

    def without(contact: Contact) -> Contact:
        return replace(contact, tags=tuple(each for each in contact.tags if each != value))

    return update_contact(contacts, definitions, caller, contact_id, without, {}, STRICT)
