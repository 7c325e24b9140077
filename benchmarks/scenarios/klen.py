"""The scenarios of Klen AI's API."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from benchmarks.scenario import (
    Data,
    Prepare,
    business,
    contact,
    contacts,
    definitions,
    on,
    scenarios,
)
from benchmarks.stage import CONTACT_ID, HELD, MANY, Stage, changes, names
from shared.table.keys import VALUES_PER_PAGE

TARGET_GROUP = "Set 4 existing variables on a contact of 32"
"""The scenarios of the target in `docs/benchmarks.md`."""

_LIMITED, _REQUESTS_PER_MINUTE = "a key with a limit", 600

_CONTACTS = "/api/v1/contacts"
_CONTACT = f"{_CONTACTS}/{CONTACT_ID}"
_DEFINITIONS = "/api/v1/context-variables"

_NAMES = names(max(HELD))
_NEW_DEFINITION = {
    "name": "membership_level_",
    "display_name": "Membership Level",
    "variable_type": "select",
    "context_type": "contact",
    "select_options": ["Bronze", "Silver", "Gold", "Platinum"],
}


def _set(data: Data, places: Iterable[int]) -> Prepare:
    """Set the variables at these indexes."""
    variables = changes([_NAMES[place] for place in places])
    return on(data, _CONTACT)("POST", "/context", {"variables": variables})


def _set_undefined(data: Data, count: int) -> Prepare:
    document = {"variables": changes(names(count, word="unknown")), "auto_create_variables": True}
    return on(data, _CONTACT)("POST", "/context", document)


def _create(data: Data, variables: int) -> Prepare:
    document = {
        "first_name": "Alexandra",
        "last_name": "Johnson",
        "email": "alexandra@example.com",
        "company": "Example Company",
        "phone_numbers": [{"phone_number": "+15550100100"}],
        "tags": ["vip", "newsletter"],
        "custom_context": changes(names(variables)),
    }
    return on(data, _CONTACTS)("POST", "/create", document)


def _update(data: Data, document: Mapping[str, Any], variables: int = 0) -> Prepare:
    context = {"custom_context": changes(names(variables))}
    return on(data, _CONTACT)("PATCH", "/update", {**document, **context})


def _definition(stage: Stage) -> int:
    (defined,) = stage.define(1)
    return defined.definition_id


_LISTED = scenarios(
    "klen",
    {
        "Set existing variables, of one page": {
            f"{count} on a contact of {held}": _set(contact(held), range(count))
            for held in HELD
            for count in (1, 4, 32)
            if count <= held
        },
        # A page has 32 variables, so 32 spread over a contact of 400 touch all of its 13 pages.
        "Set existing variables, spread over pages": {
            f"{count} on a contact of {held}": _set(contact(held), range(0, count * step, step))
            for count, held, step in ((4, 100, 32), (4, 400, 32), (32, 100, 3), (32, 400, 12))
        },
        TARGET_GROUP: {
            "10 definitions": _set(contact(defined=10), range(4)),
            "1,000 definitions": _set(contact(defined=MANY), range(4)),
            _LIMITED: _set(contact(), range(4)),
        },
        "Set variables for the first time": {
            "4 on the contact's page": _set(contact(10, defined=32), range(10, 14)),
            "4 on a new page": _set(contact(32, defined=64), range(32, 36)),
        },
        "Set undefined variables on a contact of 32": {
            str(count): _set_undefined(contact(), count) for count in (1, 4, 32)
        },
        "Set variables of the business: 4 existing of 32": on(business())(
            "POST", "/api/v1/business/context", {"variables": changes(names(4))}
        ),
        "List definitions": {
            "10": on(definitions(10), _DEFINITIONS)("GET"),
            "1,000": on(definitions(MANY), _DEFINITIONS)("GET"),
        },
        "Create a definition: one": on(definitions(10), _DEFINITIONS)(
            "POST", "/create", _NEW_DEFINITION
        ),
        "Change a definition: one": on(_definition, _DEFINITIONS)(
            "PATCH", "/{}/update", {"display_name": "Another name"}
        ),
        "Delete a definition: one": on(_definition, _DEFINITIONS)("DELETE", "/{}/delete"),
        "Get a contact": {
            f"of {held} variables": on(contact(held), _CONTACT)("GET") for held in HELD
        },
        "List contacts, the first page": {
            "of 10": on(contacts(10), _CONTACTS)("GET"),
            "of 1,000": on(contacts(MANY), _CONTACTS)("GET"),
        },
        "Create a contact": {
            "without variables": _create(definitions(VALUES_PER_PAGE), 0),
            "with 4 variables": _create(definitions(VALUES_PER_PAGE), 4),
        },
        "Change a contact of 32": {
            "its stage": _update(contact(), {"stage": "customer"}),
            "its website": _update(contact(), {"website": "www.example.com"}),
            "its email": _update(contact(), {"email": "new@example.com"}),
            "4 variables": _update(contact(), {}, variables=4),
        },
    },
)

SCENARIOS = tuple(
    replace(each, requests_per_minute=_REQUESTS_PER_MINUTE) if each.title == _LIMITED else each
    for each in _LISTED
)
"""All scenarios in the order of the report."""
