"""The scenarios of ChatCaptain's API.

Each request reads the account, which has the owner of the chatbot.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from benchmarks.client import Call
from benchmarks.scenario import Scenario, on_contact, prepares, with_contacts, with_definitions
from benchmarks.stage import (
    CHATBOT,
    CONVERSATION_ID,
    EXTERNAL_ID,
    HELD,
    LARGE,
    MANY,
    NEW_VALUE,
    SIZES,
    Stage,
    changes,
    names,
    text_of,
)
from shared.domain.definitions import ContextType, Definition
from shared.table.keys import VALUES_PER_PAGE

_CHATBOT = f"/v1/chatbots/{CHATBOT}"
_CONTACTS = f"{_CHATBOT}/contacts"
_CONTACT = f"{_CONTACTS}/{EXTERNAL_ID}"
_VALUES = f"{_CONTACTS}/variables"
_CONVERSATION = f"{_CHATBOT}/conversations/{CONVERSATION_ID}/variables"
_VARIABLES = f"{_CHATBOT}/variables"

_HELD_IN_CONVERSATION = (4, 32, 100)

_Scenario = partial(Scenario, "chatcaptain")


@prepares
def _get_value(stage: Stage, held: int) -> Call:
    defined = stage.define(held)
    stage.add_contact(defined)
    return _get(defined[-1])


@prepares
def _with_large_value(stage: Stage, size: str, request: Callable[[Definition], Call]) -> Call:
    """Prepare a request on a contact of 32 values, given its variable with a large value."""
    defined = stage.define(VALUES_PER_PAGE)
    stage.add_contact(defined)
    stage.set_text(defined[0], text_of(SIZES[size]))
    return request(defined[0])


def _get(variable: Definition) -> Call:
    return Call("GET", f"{_VALUES}/{EXTERNAL_ID}/{variable.external_id}")


def _clear(_: Definition) -> Call:
    return Call("DELETE", f"{_VALUES}/{EXTERNAL_ID}")


def _put(value: str) -> Callable[[Definition], Call]:
    document = {"value": value, "contactId": EXTERNAL_ID}
    return lambda variable: Call("PUT", f"{_VALUES}/{variable.external_id}", document)


@prepares
def _set_value(stage: Stage, held: int, place: int = 0, value: str = NEW_VALUE) -> Call:
    """Set the variable at an index, on a contact with values of the first `held` ones."""
    defined = stage.define(max(held, place + 1))
    stage.add_contact(defined[:held])
    return _put(value)(defined[place])


@prepares
def _in_conversation(
    stage: Stage,
    method: str,
    held: int,
    suffix: str = "",
    document: Mapping[str, Any] | None = None,
) -> Call:
    """Prepare a request on a conversation with values. `suffix` may name the first variable."""
    defined = stage.define(max(held, 1), ContextType.CONVERSATION)
    stage.add_contact()
    stage.add_conversation(defined[:held])
    path = _CONVERSATION + suffix.format(variable=defined[0].external_id)
    return Call(method, path, document)


def _create_variable(stage: Stage) -> Call:
    stage.define(10)
    document = {
        "category": "custom",
        "label": "Membership Level",
        "type": "string",
        "name": "membership_level_",
        "subCategory": 1,
    }
    return Call("POST", _VARIABLES, document)


@prepares
def _change_variable(stage: Stage, method: str, document: Mapping[str, Any] | None = None) -> Call:
    defined = stage.define(VALUES_PER_PAGE)
    stage.add_contact(defined)
    return Call(method, f"{_VARIABLES}/{defined[0].external_id}", document)


def _search(text: str) -> Call:
    return Call("GET", f"{_CONTACTS}/search", query=f"query={text}&page=1&pageSize=250")


def _search_without(stage: Stage) -> Call:
    stage.add_listed_contacts(10)
    stage.add_contact()
    return _search(f"Johnson&hiddenHits={EXTERNAL_ID}")


def _create_contact(stage: Stage) -> Call:
    document = {
        "name": "Alexandra Johnson",
        "language": "EN",
        "email": "alexandra@example.com",
        "phoneNumber": "+15550100100",
    }
    stage.define(10)
    return Call("POST", _CONTACTS, document)


@prepares
def _update_contact(
    stage: Stage, fields: Mapping[str, Any], variables: int = 0, *, undefined: bool = False
) -> Call:
    defined = stage.define(VALUES_PER_PAGE)
    stage.add_contact(defined)
    known = [each.name for each in defined[:variables]]
    wanted = names(variables, word="unknown") if undefined else known
    return Call("PATCH", _CONTACT, {"contact": {**fields, "variables": changes(wanted)}})


@prepares
def _delete_contact(stage: Stage, held: int, conversations: int = 0) -> Call:
    stage.add_contact(stage.define(held))
    in_conversation = stage.define(4, ContextType.CONVERSATION) if conversations else []
    for number in range(conversations):
        stage.add_conversation(in_conversation, f"conversation-id-{number:04d}")
    return Call("DELETE", _CONTACT)


def _of_contact_variables() -> Iterator[Scenario]:
    for held in HELD:
        request = on_contact(Call("GET", f"{_VALUES}/{EXTERNAL_ID}"), held)
        yield _Scenario("List the variables of a contact", f"of {held}", request)
    group = "Get a variable of a contact"
    for held in HELD:
        yield _Scenario(group, f"of {held}", _get_value(held))
    for size in SIZES:
        yield _Scenario(group, f"{size}, of 32", _with_large_value(size, _get))
    group = "Set a variable of a contact"
    for held in HELD:
        yield _Scenario(group, f"existing, of {held}", _set_value(held))
    yield _Scenario(group, "first value on a page", _set_value(32, place=40))
    for size, count in SIZES.items():
        yield _Scenario(group, f"{size}, first", _set_value(31, 31, text_of(count)))
        yield _Scenario(
            group, f"{size}, again", _with_large_value(size, _put(text_of(count, seed=2)))
        )
    yield _Scenario(group, f"small, over {LARGE}", _with_large_value(LARGE, _put(NEW_VALUE)))
    group = "Remove all variables of a contact"
    for held in HELD:
        yield _Scenario(
            group, f"of {held}", on_contact(Call("DELETE", f"{_VALUES}/{EXTERNAL_ID}"), held)
        )
    yield _Scenario(group, f"of 32, one of {LARGE}", _with_large_value(LARGE, _clear))


def _of_conversation_variables() -> Iterator[Scenario]:
    one, value = "/{variable}", {"value": NEW_VALUE}
    for held in _HELD_IN_CONVERSATION:
        request = _in_conversation("GET", held)
        yield _Scenario("List the variables of a conversation", f"of {held}", request)
    for held in _HELD_IN_CONVERSATION:
        request = _in_conversation("GET", held, one)
        yield _Scenario("Get a variable of a conversation", f"of {held}", request)
    group = "Set a variable of a conversation"
    for held in _HELD_IN_CONVERSATION:
        request = _in_conversation("PUT", held, one, value)
        yield _Scenario(group, f"existing, of {held}", request)
    yield _Scenario(group, "first value", _in_conversation("PUT", 0, one, value))
    for held in _HELD_IN_CONVERSATION:
        request = _in_conversation("DELETE", held)
        yield _Scenario("Remove all variables of a conversation", f"of {held}", request)


SCENARIOS = (
    *_of_contact_variables(),
    *_of_conversation_variables(),
    _Scenario("List variables", "10", with_definitions(Call("GET", _VARIABLES), 10)),
    _Scenario("List variables", "1,000", with_definitions(Call("GET", _VARIABLES), MANY)),
    _Scenario("Create a variable", "one", _create_variable),
    _Scenario("Change a variable", "its label", _change_variable("PATCH", {"label": "Another"})),
    _Scenario(
        "Change a variable", "its name", _change_variable("PATCH", {"name": "another_name_"})
    ),
    _Scenario("Delete a variable", "one", _change_variable("DELETE")),
    *(
        _Scenario("Get a contact", f"of {held} variables", on_contact(Call("GET", _CONTACT), held))
        for held in HELD
    ),
    _Scenario("List contacts", "of 10", with_contacts(Call("GET", _CONTACTS), 10)),
    _Scenario(
        "List contacts", "of 1,000, a page of 250", with_contacts(Call("GET", _CONTACTS), MANY)
    ),
    _Scenario(
        "List contacts",
        "of 1,000, a page of 10",
        with_contacts(Call("GET", _CONTACTS, query="limit=10"), MANY),
    ),
    _Scenario("Search contacts", "10 of 10 found", with_contacts(_search("Johnson"), 10)),
    _Scenario(
        "Search contacts",
        "1,000 of 1,000 found, a page of 250",
        with_contacts(_search("Johnson"), MANY),
    ),
    _Scenario("Search contacts", "1 of 1,000 found", with_contacts(_search("000123"), MANY)),
    _Scenario("Search contacts", "10 of 11 found, one hidden", _search_without),
    _Scenario("List public apps", "none", lambda _: Call("GET", "/v1/public-apps")),
    _Scenario("Create a contact", "one", _create_contact),
    _Scenario("Change a contact of 32", "its avatar", _update_contact({"avatar": "example.com/a"})),
    _Scenario("Change a contact of 32", "its email", _update_contact({"email": "new@example.com"})),
    _Scenario("Change a contact of 32", "4 variables", _update_contact({}, 4)),
    _Scenario(
        "Change a contact of 32", "4 undefined variables", _update_contact({}, 4, undefined=True)
    ),
    _Scenario("Delete a contact", "of 32 variables", _delete_contact(32)),
    _Scenario("Delete a contact", "of 400 variables", _delete_contact(400)),
    _Scenario(
        "Delete a contact", "of 32 variables, with a conversation of 4", _delete_contact(32, 1)
    ),
    _Scenario(
        "Delete a contact", "of 32 variables, with 10 conversations of 4", _delete_contact(32, 10)
    ),
)
"""All scenarios in the order of the report."""
