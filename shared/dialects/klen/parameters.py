"""What Klen AI's requests say in path and query.

Source: Klen AI, the pages under "Contacts" and "Context Variables".
"""

import re

from shared.domain.contact_lists import ContactFilter
from shared.domain.errors import ContactNotFound, DefinitionNotFound
from shared.domain.variables import ContextType
from shared.gateway.request import Request

CONTEXT_TYPES = (ContextType.CONTACT, ContextType.BUSINESS)
"""What variables of this API are about."""

_NUMBER = re.compile(r"[0-9]{1,18}")
_DEFAULT_LIMIT = 25
_MAX_LIMIT = 100
_MAX_PAGE = 1_000_000


def contact_id_of(request: Request) -> int:
    """The contact of the path; what is no number is no contact either."""
    given = request.path("contact_id")
    if not _NUMBER.fullmatch(given):
        raise ContactNotFound(given)
    return int(given)


def variable_id_of(request: Request) -> int:
    """The definition of the path; what is no number is no definition either."""
    given = request.path("variable_id")
    if not _NUMBER.fullmatch(given):
        raise DefinitionNotFound(given)
    return int(given)


def context_types_of(request: Request) -> tuple[ContextType, ...]:
    """The context types to list: all that this API knows, the one asked for, or none."""
    wanted = request.query("context_type")
    return tuple(each for each in CONTEXT_TYPES if wanted in (None, each))


def filter_of(request: Request) -> ContactFilter:
    """The filter of a list; an empty parameter filters nothing."""
    return ContactFilter(
        stage=request.query("stage") or None,
        status=request.query("status") or None,
        tag=request.query("tag") or None,
        search=request.query("search") or None,
    )


def page_of(request: Request) -> int:
    """The page of a list, from 1; what is no page is the first, as no error is documented."""
    return _bounded(request.query("page"), default=1, most=_MAX_PAGE)


def limit_of(request: Request) -> int:
    """The contacts on a page, from 1 to 100; what is no number is 25."""
    return _bounded(request.query("limit"), default=_DEFAULT_LIMIT, most=_MAX_LIMIT)


def _bounded(given: str | None, default: int, most: int) -> int:
    if given is None or not given.isascii() or not given.isdigit() or not int(given[:10]):
        return default
    return min(int(given[:10]), most)
