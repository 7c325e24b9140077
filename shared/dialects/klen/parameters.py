"""Path and query parameters of Klen AI's requests.

Source: Klen AI, the pages under "Contacts" and "Context Variables".
"""

import re

from shared.domain.contact_lists import ContactFilter
from shared.domain.definitions import ContextType
from shared.domain.errors import ContactNotFound, DefinitionNotFound
from shared.gateway.request import Request

CONTEXT_TYPES = (ContextType.CONTACT, ContextType.BUSINESS)
"""The context types of this API's variables."""

_NUMBER = re.compile(r"[0-9]{1,18}")
_DEFAULT_LIMIT = 25
_MAX_LIMIT = 100
_MAX_PAGE = 1_000_000


def contact_id_of(request: Request) -> int:
    """Return the contact id of the path. Raises ContactNotFound if it is not a number."""
    given = request.path("contact_id")
    if not _NUMBER.fullmatch(given):
        raise ContactNotFound(given)
    return int(given)


def variable_id_of(request: Request) -> int:
    """Return the definition id of the path. Raises DefinitionNotFound if it is not a number."""
    given = request.path("variable_id")
    if not _NUMBER.fullmatch(given):
        raise DefinitionNotFound(given)
    return int(given)


def context_types_of(request: Request) -> tuple[ContextType, ...]:
    """Return the context types to list, all by default, none for an unknown one."""
    wanted = request.query("context_type")
    return tuple(each for each in CONTEXT_TYPES if wanted in (None, each))


def filter_of(request: Request) -> ContactFilter:
    """Parse the filter of a list. Empty parameters are ignored."""
    return ContactFilter(
        stage=request.query("stage") or None,
        status=request.query("status") or None,
        tag=request.query("tag") or None,
        search=request.query("search") or None,
    )


def page_of(request: Request) -> int:
    """Return the page number. An invalid one means page 1, as the vendor documents no error."""
    return _bounded(request.query("page"), default=1, most=_MAX_PAGE)


def limit_of(request: Request) -> int:
    """Return the page size, from 1 to 100. An invalid one means 25."""
    return _bounded(request.query("limit"), default=_DEFAULT_LIMIT, most=_MAX_LIMIT)


def _bounded(given: str | None, default: int, most: int) -> int:
    if given is None or not given.isascii() or not given.isdigit() or not int(given[:10]):
        return default
    return min(int(given[:10]), most)
