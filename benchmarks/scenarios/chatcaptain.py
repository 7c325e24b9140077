"""The scenarios of ChatCaptain's API.

Each request reads the account, which has the owner of the chatbot.
"""

from collections.abc import Mapping
from typing import Any

from benchmarks.scenario import (
    Data,
    Prepare,
    contact,
    contacts,
    definitions,
    on,
    prepares,
    scenarios,
)
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
from shared.domain.definitions import ContextType
from shared.table.keys import VALUES_PER_PAGE

_CHATBOT = f"/v1/chatbots/{CHATBOT}"
_CONTACTS = f"{_CHATBOT}/contacts"
_CONTACT = f"{_CONTACTS}/{EXTERNAL_ID}"
_VALUES = f"{_CONTACTS}/variables/{EXTERNAL_ID}"
_CONVERSATION = f"{_CHATBOT}/conversations/{CONVERSATION_ID}/variables"
_VARIABLES = f"{_CHATBOT}/variables"

_HELD_IN_CONVERSATION = (4, 32, 100)

_NEW_VARIABLE = {
    "category": "custom",
    "label": "Membership Level",
    "type": "string",
    "name": "membership_level_",
    "subCategory": 1,
}
_NEW_CONTACT = {
    "name": "Alexandra Johnson",
    "language": "EN",
    "email": "alexandra@example.com",
    "phoneNumber": "+15550100100",
}


@prepares
def _variable(stage: Stage, held: int, place: int = 0) -> str | None:
    """Add a contact with values of the first `held` variables; return the id of the one at `place`.

    A place after those of the values has a definition too.
    """
    defined = stage.define(max(held, place + 1))
    stage.add_contact(defined[:held])
    return defined[place].external_id


@prepares
def _large(stage: Stage, size: str) -> str | None:
    """Add a contact of 32 values, of which the first is large; return the id of its variable."""
    defined = stage.define(VALUES_PER_PAGE)
    stage.add_contact(defined)
    stage.set_text(defined[0], text_of(SIZES[size]))
    return defined[0].external_id


@prepares
def _conversation(stage: Stage, held: int) -> str | None:
    """Add a conversation with `held` values, and return the id of the first variable."""
    defined = stage.define(max(held, 1), ContextType.CONVERSATION)
    stage.add_contact()
    stage.add_conversation(defined[:held])
    return defined[0].external_id


def _contact_and_hidden(stage: Stage) -> None:
    stage.add_listed_contacts(10)
    stage.add_contact()


@prepares
def _conversations(stage: Stage, count: int) -> None:
    """Add a contact of 32 values with conversations of four values each."""
    stage.add_contact(stage.define(VALUES_PER_PAGE))
    defined = stage.define(4, ContextType.CONVERSATION)
    for number in range(count):
        stage.add_conversation(defined, f"conversation-id-{number:04d}")


def _put(data: Data, value: str) -> Prepare:
    document = {"value": value, "contactId": EXTERNAL_ID}
    return on(data, _CONTACTS)("PUT", "/variables/{}", document)


def _search(data: Data, text: str) -> Prepare:
    return on(data, _CONTACTS)("GET", "/search", query=f"query={text}&page=1&pageSize=250")


def _update(fields: Mapping[str, Any], variables: Mapping[str, str] | None = None) -> Prepare:
    """Change a contact of 32 values."""
    document = {"contact": {**fields, "variables": variables or {}}}
    return on(contact(), _CONTACT)("PATCH", document=document)


SCENARIOS = scenarios(
    "chatcaptain",
    {
        "List the variables of a contact": {
            f"of {held}": on(contact(held), _VALUES)("GET") for held in HELD
        },
        "Get a variable of a contact": {
            **{f"of {held}": on(_variable(held, held - 1), _VALUES)("GET", "/{}") for held in HELD},
            **{f"{size}, of 32": on(_large(size), _VALUES)("GET", "/{}") for size in SIZES},
        },
        "Set a variable of a contact": {
            **{f"existing, of {held}": _put(_variable(held), NEW_VALUE) for held in HELD},
            "first value on a page": _put(_variable(32, 40), NEW_VALUE),
            **{
                f"{size}, {which}": _put(data, text_of(count, seed))
                for size, count in SIZES.items()
                for which, data, seed in (
                    ("first", _variable(31, 31), 1),
                    ("again", _large(size), 2),
                )
            },
            f"small, over {LARGE}": _put(_large(LARGE), NEW_VALUE),
        },
        "Remove all variables of a contact": {
            **{f"of {held}": on(contact(held), _VALUES)("DELETE") for held in HELD},
            f"of 32, one of {LARGE}": on(_large(LARGE), _VALUES)("DELETE"),
        },
        "List the variables of a conversation": {
            f"of {held}": on(_conversation(held), _CONVERSATION)("GET")
            for held in _HELD_IN_CONVERSATION
        },
        "Get a variable of a conversation": {
            f"of {held}": on(_conversation(held), _CONVERSATION)("GET", "/{}")
            for held in _HELD_IN_CONVERSATION
        },
        "Set a variable of a conversation": {
            title: on(data, _CONVERSATION)("PUT", "/{}", {"value": NEW_VALUE})
            for title, data in (
                *((f"existing, of {held}", _conversation(held)) for held in _HELD_IN_CONVERSATION),
                ("first value", _conversation(0)),
            )
        },
        "Remove all variables of a conversation": {
            f"of {held}": on(_conversation(held), _CONVERSATION)("DELETE")
            for held in _HELD_IN_CONVERSATION
        },
        "List variables": {
            "10": on(definitions(10), _VARIABLES)("GET"),
            "1,000": on(definitions(MANY), _VARIABLES)("GET"),
        },
        "Create a variable: one": on(definitions(10), _VARIABLES)("POST", document=_NEW_VARIABLE),
        "Change a variable": {
            "its label": on(_variable(32), _VARIABLES)("PATCH", "/{}", {"label": "Another"}),
            "its name": on(_variable(32), _VARIABLES)("PATCH", "/{}", {"name": "another_name_"}),
        },
        "Delete a variable: one": on(_variable(32), _VARIABLES)("DELETE", "/{}"),
        "Get a contact": {
            f"of {held} variables": on(contact(held), _CONTACT)("GET") for held in HELD
        },
        "List contacts": {
            "of 10": on(contacts(10), _CONTACTS)("GET"),
            "of 1,000, a page of 250": on(contacts(MANY), _CONTACTS)("GET"),
            "of 1,000, a page of 10": on(contacts(MANY), _CONTACTS)("GET", query="limit=10"),
        },
        "Search contacts": {
            "10 of 10 found": _search(contacts(10), "Johnson"),
            "1,000 of 1,000 found, a page of 250": _search(contacts(MANY), "Johnson"),
            "1 of 1,000 found": _search(contacts(MANY), "000123"),
            "10 of 11 found, one hidden": _search(
                _contact_and_hidden, f"Johnson&hiddenHits={EXTERNAL_ID}"
            ),
        },
        "List public apps: none": on(lambda _: None)("GET", "/v1/public-apps"),
        "Create a contact: one": on(definitions(10), _CONTACTS)("POST", document=_NEW_CONTACT),
        "Change a contact of 32": {
            "its avatar": _update({"avatar": "example.com/a"}),
            "its email": _update({"email": "new@example.com"}),
            "4 variables": _update({}, changes(names(4))),
            "4 undefined variables": _update({}, changes(names(4, word="unknown"))),
        },
        "Delete a contact": {
            "of 32 variables": on(contact(), _CONTACT)("DELETE"),
            "of 400 variables": on(contact(400), _CONTACT)("DELETE"),
            **{
                f"of 32 variables, with {title}": on(data, _CONTACT)("DELETE")
                for title, data in (
                    ("a conversation of 4", _conversations(1)),
                    ("10 conversations of 4", _conversations(10)),
                )
            },
        },
    },
)
"""All scenarios in the order of the report."""
