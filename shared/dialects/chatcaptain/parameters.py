"""Path and query parameters of ChatCaptain's requests.

Sources: ChatCaptain, "Contact variables", "Chatbot variables", "Conversation variables" and
"Conversation contacts".
"""

import re
from datetime import UTC, datetime, timedelta

from shared.domain.contact_lists import ContactSearch, Cursor, NewestStart
from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.definitions import Category, ContextType
from shared.domain.errors import InvalidField, MissingField
from shared.gateway.request import Request
from shared.validation.instants import to_the_millisecond

CONTEXT_TYPES = (ContextType.CONTACT, ContextType.CONVERSATION)
"""The context types of this API's variables."""

MAX_PER_PAGE = 250
"""The largest page of contacts, and the default."""

_CATEGORIES = {"0": Category.CUSTOM, "1": Category.APP, "2": Category.ENTITY}
_MAX_HIDDEN = 100
"""Bounds the work: each hidden contact is looked up."""

_NUMBER = re.compile(r"[0-9]{1,9}")
_TOKEN = re.compile(r"([0-9-]{10}T[0-9:]{8}\.[0-9]{3})([0-9]{18})([0-9]{15})?Z")

_YEAR_1 = datetime.min.replace(tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MOST_MILLISECONDS = (datetime.max.replace(tzinfo=UTC) - _YEAR_1) // _MILLISECOND


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


def start_of(request: Request) -> NewestStart:
    """Parse `pageToken`: list contacts created before it. All without a token.

    A token is a date, or the `nextPageToken` of a response: `page_token` builds it.

    Raises:
        InvalidField: It is not a date.

    """
    given = request.query("pageToken")
    if not given:
        return NewestStart()
    token = _TOKEN.fullmatch(given)
    if not token:
        return NewestStart(created_before=_instant(given))
    after = Cursor(_instant(token[1]), int(token[2]))
    return NewestStart(after, _created_before(token[3]) if token[3] else None)


def page_token(after: Cursor, created_before: datetime | None) -> str:
    """Build the token of the page after a contact.

    The vendor documents a date. The number of the contact follows the milliseconds, to tell
    contacts of the same millisecond apart. The time of the list follows, if it has one, in
    milliseconds since the year 1.
    """
    digits = f"{after.contact_id:018d}"
    if created_before is not None:
        # Rounded up: times of creation have no microseconds.
        milliseconds = -((_YEAR_1 - created_before) // _MILLISECOND)
        digits += f"{min(max(milliseconds, 0), _MOST_MILLISECONDS):015d}"
    return f"{to_the_millisecond(after.created_at)[:-1]}{digits}Z"


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidField("pageToken", "it is no ISO 8601 date") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _created_before(milliseconds: str) -> datetime:
    return _YEAR_1 + min(int(milliseconds), _MOST_MILLISECONDS) * _MILLISECOND


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
