"""Tags: list, find, create."""

from collections.abc import Sequence

from shared.domain.errors import InvalidField, TagNotFound
from shared.domain.model import Caller, Tag
from shared.domain.ports import Tags
from shared.services.conflicts import until_settled
from shared.validation.contacts import MAX_TAG_CHARS, MAX_TAGS

MAX_NEW_TAGS = 100
"""The most tags of one request."""


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
    found = {tag.tag_id: tag for tag in tags.find_by_ids(caller.account_id, wanted)}
    for tag_id in wanted:
        if tag_id not in found:
            raise TagNotFound(str(tag_id))
    return [found[tag_id] for tag_id in wanted]


def create_tags(
    tags: Tags, caller: Caller, values: Sequence[str], entity_type: str = "CONTACT"
) -> tuple[list[Tag], list[Tag]]:
    """The tags that say these values: those that were made now, and those that there were.

    Raises InvalidField for a value that no tag can have, or too many.
    """
    wanted = list(dict.fromkeys(values))
    _check(wanted)
    made: list[Tag] = []

    def attempt() -> list[Tag]:
        known = tags.find_by_values(caller.account_id, entity_type, wanted)
        taken = {tag.value for tag in known}
        new = [value for value in wanted if value not in taken]
        first = tags.allot(caller.account_id, len(new)) if new else 0
        for number, value in enumerate(new):
            tag = Tag(first + number, value, entity_type)
            tags.add(caller.account_id, tag)
            made.append(tag)
        return known

    known = until_settled(attempt)
    return made, [tag for tag in known if tag not in made]


def _check(values: Sequence[str]) -> None:
    if len(values) > MAX_NEW_TAGS:
        raise InvalidField("tags", f"there are at most {MAX_NEW_TAGS}")
    for value in values:
        if not 1 <= len(value) <= MAX_TAG_CHARS:
            raise InvalidField("tags", f"a tag has 1 to {MAX_TAG_CHARS} characters")
