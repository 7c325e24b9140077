"""Paths and bodies of Vambe's requests about tags.

Sources: Vambe, "Update all the tags from an AI contact" and "Create tags for a contact".
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from shared.dialects.vambe.dialect import MAX_BODY_BYTES
from shared.dialects.vambe.references import contact_by_number
from shared.domain.contacts import (
    Contact,
    Identifier,
)
from shared.domain.errors import ContactNotFound, InvalidField
from shared.domain.tags import Tag
from shared.gateway.request import Request
from shared.gateway.request_model import INTEGER, RequestModel, list_of, required, text
from shared.validation.contacts import MAX_TAG_CHARS, MAX_TAGS

_BY_NUMBER = ("whatsapp", "web-whatsapp", "playground")
_BY_USERNAME = "instagram"

_TAG = text(strip_whitespace=True, min_length=1, max_length=MAX_TAG_CHARS)


class TagReplacement(RequestModel):
    """The body of "Update all the tags from an AI contact"."""

    tags_ids: list[int] = required(list_of(INTEGER), name="tagsIds")

    @classmethod
    def of(cls, request: Request) -> "TagReplacement":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)


class TagCreation(RequestModel):
    """The body of "Create tags for a contact"."""

    tags: list[str] = required(list_of(_TAG, min_length=1, max_length=MAX_TAGS))

    @classmethod
    def of(cls, request: Request) -> "TagCreation":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)


def replaced_by(tags: Iterable[Tag]) -> Callable[[Contact], Contact]:
    """Return a function that replaces the tags of a contact."""
    values = tuple(dict.fromkeys(tag.value for tag in tags))
    return lambda contact: replace(contact, tags=values)


def contact_on_channel(request: Request) -> tuple[Identifier, ...]:
    """Return the identifiers to look the contact of the path up by, in this order.

    Raises:
        InvalidField: The channel is unknown, or the phone number has no digits.
        ContactNotFound: The channel identifies contacts by user name, which is not stored.

    """
    channel, known_as = request.path("channelType"), request.path("platformIdentifier")
    if channel == _BY_USERNAME:
        raise ContactNotFound(known_as)
    if channel not in _BY_NUMBER:
        raise InvalidField("channelType", f"it is one of: {', '.join((*_BY_NUMBER, _BY_USERNAME))}")
    return contact_by_number("platformIdentifier", known_as)
