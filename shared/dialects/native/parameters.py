"""Parse the paths and queries of requests about contacts and variables."""

import re
from typing import Final

from shared.domain.errors import ContactNotFound, Fault, InvalidRequest
from shared.domain.subject_variables import VariablesQuery
from shared.domain.values import Subject
from shared.gateway.request import Request
from shared.validation.names import NAME_RULE, is_variable_name
from shared.validation.values import MAX_VARIABLES_PER_REQUEST

UNSET: Final = "unset"
"""The word of `include` that lists variables without a value."""

CONTACT_ID = re.compile(r"contact_([1-9][0-9]{0,17})")
"""The id of a contact."""


def contact_id_of(request: Request) -> int:
    """Return the number of the contact in the path. Raises ContactNotFound for a malformed id."""
    given = request.path("contact_id")
    named = CONTACT_ID.fullmatch(given)
    if named is None:
        raise ContactNotFound(given)
    return int(named[1])


def contact_of(request: Request) -> Subject:
    """Return the contact in the path as a subject. Raises ContactNotFound for a malformed id."""
    return Subject.contact(contact_id_of(request))


def variables_query(request: Request) -> VariablesQuery:
    """Parse `fields` and `include` of a list of variables.

    Raises:
        InvalidRequest: The query is not valid. Has all faults.

    """
    faults: list[Fault] = []
    names = _names(request.query("fields"), faults)
    include = request.query("include")
    if include not in (None, UNSET):
        faults.append(Fault("invalid_value", f"it must be {UNSET}", parameter="include"))
    if faults:
        raise InvalidRequest.from_faults(faults)
    return VariablesQuery(names, with_unset=include == UNSET)


def _names(given: str | None, faults: list[Fault]) -> frozenset[str] | None:
    if given is None:
        return None
    names = given.split(",")
    if len(names) > MAX_VARIABLES_PER_REQUEST or not all(map(is_variable_name, names)):
        reason = f"it must be names of variables, separated by commas; {NAME_RULE}"
        faults.append(Fault("invalid_value", reason, parameter="fields"))
    return frozenset(names)
