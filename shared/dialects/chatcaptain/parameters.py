"""Path and query parameters of ChatCaptain's requests.

Sources: ChatCaptain, "Contact variables", "Chatbot variables", "Conversation variables" and
"Conversation contacts".
"""

import re
from datetime import UTC, datetime

from shared.domain.contact_lists import ContactSearch, Cursor
from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.definitions import Category, ContextType
from shared.domain.errors import InvalidField, MissingField
from shared.gateway.request import Request

CONTEXT_TYPES = (ContextType.CONTACT, ContextType.CONVERSATION)
"""The context types of this API's variables."""

MAX_PER_PAGE = 250
"""The largest page of contacts, and the default."""

_CATEGORIES = {"0": Category.CUSTOM, "1": Category.APP, "2": Category.ENTITY}
_MAX_HIDDEN = 100
"""Bounds the work: each hidden contact is looked up."""

_NUMBER = re.compile(r"[0-9]{1,9}")
_TOKEN = re.compile(r"([0-9-]{10}T[0-9:]{8}\.[0-9]{3})([0-9]{18})Z")


def contact_of(request: Request) -> Identifier:
    """Return the contact id of the path, as an identifier to look up."""
    return contact_named(request.path("contactId"))


def contact_named(contact_id: str) -> Identifier:
    """Return the identifier of a contact id."""
    return Identifier(IdentifierKind.EXTERNAL_ID, contact_id)


def variable_id_of(request: Request) -> str:
    """Return the variable id of the path."""
    return request.path("variableId")


def assigned_variable_id_of(request: Request) -> str:
    """Return the variable id of the path that sets a variable of a contact.

    The parameter is named `contactId`: API Gateway requires one name for a position in a path, and
    other routes have the contact id there.
    """
    return request.path("contactId")


def conversation_id_of(request: Request) -> str:
    """Return the conversation id of the path."""
    return request.path("conversationId")


def categories_of(request: Request) -> frozenset[Category]:
    """Return the categories to list, all by default. Unknown ones are ignored."""
    wanted = request.query("filters")
    if not wanted:
        return frozenset(Category)
    return frozenset(
        _CATEGORIES[each.strip()] for each in wanted.split(",") if each.strip() in _CATEGORIES
    )


def page_token_of(request: Request) -> Cursor | None:
    """Parse `pageToken`: list contacts created before it. None without a token.

    A token is a date, or the `nextPageToken` of a response, which has the number of the last
    contact after the milliseconds.

    Raises:
        InvalidField: It is not a date.

    """
    given = request.query("pageToken")
    if not given:
        return None
    token = _TOKEN.fullmatch(given)
    text, contact_id = (token[1], int(token[2])) if token else (given, 0)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidField("pageToken", "it is no ISO 8601 date") from None
    return Cursor(at if at.tzinfo else at.replace(tzinfo=UTC), contact_id)


def limit_of(request: Request) -> int:
    """Return the page size. An invalid limit is ignored."""
    given = request.query("limit") or ""
    if not _NUMBER.fullmatch(given) or not int(given):
        return MAX_PER_PAGE
    return min(int(given), MAX_PER_PAGE)


def search_of(request: Request) -> ContactSearch:
    """Parse the query of a search.

    Raises:
        MissingField: A required parameter is missing.
        InvalidField: A parameter is not valid.

    """
    text = request.query("query")
    if text is None:
        raise MissingField("query")
    return ContactSearch(
        text=text,
        page=_required_number(request, "page", 999_999_999),
        limit=_required_number(request, "pageSize", MAX_PER_PAGE),
        hidden=_hidden_of(request),
    )


def _hidden_of(request: Request) -> tuple[Identifier, ...]:
    given = (request.query("hiddenHits") or "").split(",")
    hidden = [each for each in dict.fromkeys(map(str.strip, given)) if each]
    if len(hidden) > _MAX_HIDDEN:
        raise InvalidField("hiddenHits", f"it names at most {_MAX_HIDDEN} contacts")
    return tuple(map(contact_named, hidden))


def _required_number(request: Request, name: str, most: int) -> int:
    given = request.query(name)
    if given is None:
        raise MissingField(name)
    if not _NUMBER.fullmatch(given) or not 1 <= int(given) <= most:
        raise InvalidField(name, f"it is a number from 1 to {most}")
    return int(given)
