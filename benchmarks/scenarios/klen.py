"""The scenarios of Klen AI's API."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from benchmarks.client import Call
from benchmarks.scenario import Scenario, on_contact, prepares, with_contacts, with_definitions
from benchmarks.stage import CONTACT_ID, MANY, Stage, changes, names
from shared.domain.definitions import ContextType
from shared.table.keys import VALUES_PER_PAGE

_CONTACT = f"/api/v1/contacts/{CONTACT_ID}"

_GET_CONTACT = Call("GET", _CONTACT)
_LIST_CONTACTS = Call("GET", "/api/v1/contacts")
_LIST_DEFINITIONS = Call("GET", "/api/v1/context-variables")

_Scenario = partial(Scenario, "klen")


@prepares
def _set_existing(stage: Stage, wanted: Sequence[int], on: int, live: int | None = None) -> Call:
    """Set the variables at these indexes on a contact with values of the first `on` ones.

    `live` is the number of definitions that remain of the contact's values, or exist in total.
    """
    defined = stage.define(max(on, live or 0))
    stage.add_contact(defined[:on])
    stage.delete_definitions(defined[live:] if live else [])
    return _set_on_contact([defined[place].name for place in wanted])


@prepares
def _set_first_values(stage: Stage, page: int, count: int) -> Call:
    """Set the first values of a page."""
    defined = stage.define((page + 1) * VALUES_PER_PAGE)
    stage.add_contact(defined[:VALUES_PER_PAGE])
    first = page * VALUES_PER_PAGE
    return _set_on_contact([each.name for each in defined[first : first + count]])


@prepares
def _set_undefined(stage: Stage, count: int) -> Call:
    stage.add_contact(stage.define(VALUES_PER_PAGE))
    call = _set_on_contact(names(count, word="unknown"))
    return Call(call.method, call.path, {**call.document, "auto_create_variables": True})


def _set_on_contact(wanted: Sequence[str]) -> Call:
    return Call("POST", f"{_CONTACT}/context", {"variables": changes(wanted)})


def _set_business(stage: Stage) -> Call:
    defined = stage.define(VALUES_PER_PAGE, ContextType.BUSINESS)
    stage.set_business(defined)
    wanted = [each.name for each in defined[:4]]
    return Call("POST", "/api/v1/business/context", {"variables": changes(wanted)})


def _create_definition(stage: Stage) -> Call:
    document = {
        "name": "membership_level_",
        "display_name": "Membership Level",
        "variable_type": "select",
        "context_type": "contact",
        "select_options": ["Bronze", "Silver", "Gold", "Platinum"],
    }
    stage.define(10)
    return Call("POST", "/api/v1/context-variables/create", document)


def _update_definition(stage: Stage) -> Call:
    (defined,) = stage.define(1)
    path = f"/api/v1/context-variables/{defined.definition_id}/update"
    return Call("PATCH", path, {"display_name": "Another name"})


def _delete_definition(stage: Stage) -> Call:
    (defined,) = stage.define(1)
    return Call("DELETE", f"/api/v1/context-variables/{defined.definition_id}/delete")


@prepares
def _create_contact(stage: Stage, variables: int) -> Call:
    wanted = [each.name for each in stage.define(VALUES_PER_PAGE)[:variables]]
    document = {
        "first_name": "Alexandra",
        "last_name": "Johnson",
        "email": "alexandra@example.com",
        "company": "Example Company",
        "phone_numbers": [{"phone_number": "+15550100100"}],
        "tags": ["vip", "newsletter"],
        "custom_context": changes(wanted),
    }
    return Call("POST", "/api/v1/contacts/create", document)


@prepares
def _update_contact(stage: Stage, document: dict[str, Any], variables: int = 0) -> Call:
    defined = stage.define(VALUES_PER_PAGE)
    stage.add_contact(defined)
    context = changes([each.name for each in defined[:variables]])
    return Call("PATCH", f"{_CONTACT}/update", {**document, "custom_context": context})


def _sets_of_existing() -> Iterator[Scenario]:
    group = "Set existing variables, of one page"
    for on in (10, 32, 100, 400):
        for count in (1, 4, 32):
            if count <= on:
                yield _Scenario(
                    group, f"{count} on a contact of {on}", _set_existing(range(count), on)
                )
    # A page has 32 variables, so 32 spread over a contact of 400 touch all of its 13 pages.
    group = "Set existing variables, spread over pages"
    for count, on, step in ((4, 100, 32), (4, 400, 32), (32, 100, 3), (32, 400, 12)):
        wanted = range(0, count * step, step)
        yield _Scenario(group, f"{count} on a contact of {on}", _set_existing(wanted, on))


TARGET_GROUP = "Set 4 existing variables on a contact of 32"
"""The scenarios of the target in `docs/benchmarks.md`."""

SCENARIOS = (
    *_sets_of_existing(),
    _Scenario(TARGET_GROUP, "10 definitions", _set_existing(range(4), on=32, live=10)),
    _Scenario(TARGET_GROUP, "1,000 definitions", _set_existing(range(4), on=32, live=MANY)),
    _Scenario(TARGET_GROUP, "a key with a limit", _set_existing(range(4), on=32), 600),
    _Scenario(
        "Set variables for the first time",
        "4 on the contact's page",
        _set_existing(range(10, 14), on=10, live=32),
    ),
    _Scenario(
        "Set variables for the first time", "4 on a new page", _set_first_values(page=1, count=4)
    ),
    _Scenario("Set undefined variables on a contact of 32", "1", _set_undefined(1)),
    _Scenario("Set undefined variables on a contact of 32", "4", _set_undefined(4)),
    _Scenario("Set undefined variables on a contact of 32", "32", _set_undefined(32)),
    _Scenario("Set variables of the business", "4 existing of 32", _set_business),
    _Scenario("List definitions", "10", with_definitions(_LIST_DEFINITIONS, 10)),
    _Scenario("List definitions", "1,000", with_definitions(_LIST_DEFINITIONS, MANY)),
    _Scenario("Create a definition", "one", _create_definition),
    _Scenario("Change a definition", "one", _update_definition),
    _Scenario("Delete a definition", "one", _delete_definition),
    _Scenario("Get a contact", "of 10 variables", on_contact(_GET_CONTACT, 10)),
    _Scenario("Get a contact", "of 32 variables", on_contact(_GET_CONTACT, 32)),
    _Scenario("Get a contact", "of 100 variables", on_contact(_GET_CONTACT, 100)),
    _Scenario("Get a contact", "of 400 variables", on_contact(_GET_CONTACT, 400)),
    _Scenario("List contacts, the first page", "of 10", with_contacts(_LIST_CONTACTS, 10)),
    _Scenario("List contacts, the first page", "of 1,000", with_contacts(_LIST_CONTACTS, MANY)),
    _Scenario("Create a contact", "without variables", _create_contact(0)),
    _Scenario("Create a contact", "with 4 variables", _create_contact(4)),
    _Scenario("Change a contact of 32", "its stage", _update_contact({"stage": "customer"})),
    _Scenario(
        "Change a contact of 32", "its website", _update_contact({"website": "www.example.com"})
    ),
    _Scenario("Change a contact of 32", "its email", _update_contact({"email": "new@example.com"})),
    _Scenario("Change a contact of 32", "4 variables", _update_contact({}, variables=4)),
)
"""All scenarios in the order of the report."""
