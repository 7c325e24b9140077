"""Values of variables that belong to somebody else: not shown, not changed, in no API."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.accounts import Attribution, Caller, Grant
from shared.domain.changes import VariableChange
from shared.domain.contacts import Conversation
from shared.domain.errors import WriteConflict
from shared.domain.variables import (
    Assignment,
    ContextType,
    Definition,
    DefinitionDraft,
    SetRules,
    Subject,
    VariableType,
)
from shared.services.variables.definitions import create_definition
from shared.services.variables.values import clear_variables, set_contact_variables
from shared.table.definitions import DefinitionTable
from tests.api import Answer, Api
from tests.fixtures import KEY, LONG_AGO, World

SECRET = "canary-of-ann"
CHATBOT = "/v1/chatbots/bot_1"
UUID = "df980fc8-b6db-4820-bf22-000000000123"
JOHN = Subject.contact(123)
CONVERSATION = Subject.conversation("conv_1")
ANN = Caller("acme", "ann", LONG_AGO, user="ann")
BOB = Caller("acme", "bob", LONG_AGO, user="bob", teams=frozenset({8}))
OWNED: list[dict[str, Any]] = [{"owner": "ann"}, {"team": 7}, {"owner": "ann", "team": 7}]
KEYS: list[tuple[dict[str, Any], bool]] = [
    ({}, False),
    ({"user": "bob", "teams": frozenset({8})}, False),
    ({"user": "ann", "teams": frozenset({7})}, True),
]

Read = Callable[[Api], Answer]
READS: dict[str, Read] = {
    "klen": lambda api: api.call("GET", "/api/v1/contacts/123"),
    "vambe": lambda api: api.call("GET", f"/api/public/contact/{UUID}/info"),
    "setter": lambda api: api.call("PUT", "/api/v1/contacts", {"id": 123, "lastName": "S"}),
    "chatcaptain": lambda api: chatbot(api, "GET", "/contacts/variables/external123"),
    "conversation": lambda api: chatbot(api, "GET", "/conversations/conv_1/variables"),
    "activity": lambda api: api.call("GET", "/v1/contacts/contact_123/activity"),
}


@pytest.fixture
def world(world: World) -> World:
    world.account()
    world.contact()
    world.contacts.add_conversation("acme", Conversation("conv_1", 123))
    return world


def api(world: World, **facts: Any) -> Api:
    """A client with a key that may do everything, to records that it sees."""
    world.key(KEY, permissions=("*",), **facts)
    return Api(KEY)


def chatbot(client: Api, method: str, path: str) -> Answer:
    """Send a request to ChatCaptain's API."""
    return client.call(method, f"{CHATBOT}{path}", headers={"x-chatcaptain-key": KEY})


def caller(**facts: Any) -> Caller:
    return Caller("acme", "a-key", LONG_AGO, grants=(Grant("*"),), **facts)


def put(world: World, subject: Subject, definition: Definition, value: str) -> None:
    assignment = Assignment(definition.slot, definition.name, definition.variable_type, value)
    world.variables.save("acme", subject, [assignment], [], Attribution(LONG_AGO))


def values(world: World, subject: Subject = JOHN) -> dict[str, Any]:
    return {each.name: each.value for each in world.variables.list("acme", subject)}


def private(world: World, value: str = SECRET, **owned: Any) -> Definition:
    """A private variable, with a value on the contact, its conversation and in its activity."""
    made = world.definition("secret", **owned)
    topic = world.definition("topic", context_type="conversation", **owned)
    put(world, JOHN, made, value)
    put(world, CONVERSATION, topic, value)
    world.log(1, VariableChange(made.slot, made.name, VariableType.TEXT, None, value))
    return made


@pytest.mark.parametrize(("facts", "is_shown"), KEYS, ids=["account", "other", "own"])
@pytest.mark.parametrize("owned", OWNED, ids=["owner", "team", "both"])
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_value_is_shown_to_its_audience_only(
    read: Read, owned: dict[str, Any], facts: dict[str, Any], is_shown: bool, world: World
):
    private(world, **owned)
    answer = read(api(world, **facts))
    assert answer.status < 300
    assert (SECRET in str(answer.document)) is is_shown


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_value_stays_hidden_after_its_definition_was_deleted(read: Read, world: World):
    made = private(world, owner="ann")
    for each in world.definitions.list("acme"):
        world.definitions.delete("acme", each)
    answer = read(api(world))
    assert SECRET not in str(answer.document)
    assert values(world)[made.name] == SECRET


def test_a_name_that_others_define_again_shows_none_of_its_old_values(world: World):
    private(world, owner="ann")
    for each in world.definitions.list("acme"):
        world.definitions.delete("acme", each)
    client = api(world)
    context = "/api/v1/contacts/123/context"
    body = {"variables": {"secret": None}, "auto_create_variables": True}
    assert client.call("POST", context, body).status == 200
    assert SECRET in values(world).values()
    body["variables"] = {"secret": "new"}
    assert client.call("POST", context, body).status == 200
    shown = client.call("GET", "/api/v1/contacts/123").document["custom_context"]
    assert shown == {"secret": "new"}
    for read in READS.values():
        assert SECRET not in str(read(client).document)


def test_a_name_that_its_owner_defines_again_has_its_old_values(world: World):
    made = private(world, owner="ann")
    world.definitions.delete("acme", made)
    draft = DefinitionDraft(
        name="secret",
        display_name="Secret",
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
        owner="ann",
    )
    again = create_definition(world.definitions, ANN, draft)
    assert again.slot == made.slot
    assert values(world) == {"secret": SECRET}


def test_a_tombstone_that_got_another_audience_is_not_taken_for_the_one_that_was_seen(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    made = world.definition("level")
    world.definitions.delete("acme", made)
    draft = DefinitionDraft(
        name="level",
        display_name="Level",
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
    )
    allot = DefinitionTable.allot

    def meanwhile(*arguments: Any) -> Any:
        # Between look-up and write, the name is defined again, becomes private, and is deleted.
        monkeypatch.setattr(DefinitionTable, "allot", allot)
        again = create_definition(world.definitions, ANN, draft)
        owned = replace(again, owner="ann", version=2)
        world.definitions.replace("acme", again, owned)
        world.value(owned, SECRET)
        world.definitions.delete("acme", owned)
        return allot(*arguments)

    monkeypatch.setattr(DefinitionTable, "allot", meanwhile)
    made = create_definition(world.definitions, BOB, draft)
    assert values(world) == {}
    world.value(made, "of the account")
    assert values(world) == {"level": "of the account"}


def test_a_renamed_variable_stays_private(world: World):
    made = private(world, owner="ann")
    world.definitions.rename("acme", made, replace(made, name="renamed", version=2), None)
    assert SECRET not in str(READS["klen"](api(world)).document)
    assert values(world) == {"renamed": SECRET}


def test_a_variable_that_gets_and_loses_its_owner(world: World):
    made = world.definition("level")
    world.value(made, SECRET)
    client = api(world)
    owned = replace(made, owner="ann", version=2)
    world.definitions.replace("acme", made, owned)
    assert SECRET not in str(READS["klen"](client).document)
    world.definitions.replace("acme", owned, replace(made, version=3))
    assert SECRET in str(READS["klen"](client).document)
    with pytest.raises(WriteConflict):
        world.definitions.replace("acme", made, owned)
    assert SECRET in str(READS["klen"](client).document)


@pytest.mark.parametrize(
    "path", ["contacts/variables/external123", "conversations/conv_1/variables"]
)
@pytest.mark.parametrize("value", [SECRET, SECRET * 1000], ids=["small", "large"])
def test_removing_all_values_leaves_those_that_the_key_does_not_see(
    value: str, path: str, world: World
):
    private(world, value, owner="ann")
    for context_type, subject in (("contact", JOHN), ("conversation", CONVERSATION)):
        own = world.definition("own", context_type=context_type)
        large = world.definition("large", context_type=context_type)
        put(world, subject, own, "x")
        put(world, subject, large, "x" * 9000)
    subject, name = (JOHN, "secret") if "contacts" in path else (CONVERSATION, "topic")
    assert chatbot(api(world), "DELETE", f"/{path}").document == {"deleted": True}
    assert values(world, subject) == {name: value}
    by = replace(ANN, grants=(Grant("*"),))
    clear_variables(world.variables, by, subject)
    assert values(world, subject) == {}
    assert "value_part" not in {
        item["entity"]["S"] for item in world.items() if subject.subject_id in item["pk"]["S"]
    }


def test_values_that_are_hidden_are_neither_set_nor_removed(world: World):
    private(world, owner="ann")
    client, before = api(world), world.items()
    for value in ("new", None):
        body = {"variables": {"secret": value}, "auto_create_variables": True}
        answer = client.call("POST", "/api/v1/contacts/123/context", body)
        assert (answer.status, answer.document["error"]) == (400, "undefined_variable")
    assert world.items() == before


def test_a_set_of_what_others_see_goes_on(world: World):
    private(world, team=7)
    set_contact_variables(
        world.variables,
        world.definitions,
        caller(teams=frozenset({7})),
        123,
        {"secret": "new"},
        SetRules(),
    )
    assert values(world) == {"secret": "new"}


def test_many_owned_definitions_are_made_at_once(world: World):
    made = [
        Definition(
            name=f"variable_{i}",
            display_name="V",
            variable_type=VariableType.TEXT,
            context_type=ContextType.CONTACT,
            definition_id=i + 1,
            slot=i,
            external_id=f"variable{i}",
            owner="ann" if i % 2 else None,
            team=i,
        )
        for i in range(33)
    ]
    world.definitions.add("acme", made)
    index = world.definitions.slot_index("acme", ContextType.CONTACT)
    assert index.audiences == {each.slot: each.audience for each in made}
