"""Values of variables of other users: no API shows or changes them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.accounts import Attribution, Caller, Grant
from shared.domain.changes import VariableChange
from shared.domain.contacts import Conversation
from shared.domain.definitions import ContextType, Definition, DefinitionDraft, VariableType
from shared.domain.errors import WriteConflict
from shared.domain.values import Assignment, SetRules, Subject
from shared.services.variables.definitions import create_definition
from shared.services.variables.values import clear_variables, set_contact_variables
from shared.table.definition_writes import DEFINITIONS_PER_WRITE
from shared.table.definitions import DefinitionTable
from tests.api import Answer, Api
from tests.fixtures import KEY, LONG_AGO, Fixtures

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
def fixtures(fixtures: Fixtures) -> Fixtures:
    fixtures.account()
    fixtures.contact()
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    return fixtures


def api(fixtures: Fixtures, **facts: Any) -> Api:
    """Return a client with all permissions on the records that its key sees."""
    fixtures.key(KEY, permissions=("*",), **facts)
    return Api(KEY)


def chatbot(client: Api, method: str, path: str) -> Answer:
    """Send a request to ChatCaptain's API."""
    return client.call(method, f"{CHATBOT}{path}", headers={"x-chatcaptain-key": KEY})


def caller(**facts: Any) -> Caller:
    return Caller("acme", "a-key", LONG_AGO, grants=(Grant("*"),), **facts)


def put(fixtures: Fixtures, subject: Subject, definition: Definition, value: str) -> None:
    assignment = Assignment(definition.slot, definition.name, definition.variable_type, value)
    fixtures.variables.save("acme", subject, [assignment], [], Attribution(LONG_AGO))


def values(fixtures: Fixtures, subject: Subject = JOHN) -> dict[str, Any]:
    return {each.name: each.value for each in fixtures.variables.list("acme", subject)}


def private(fixtures: Fixtures, value: str = SECRET, **owned: Any) -> Definition:
    """Create a private variable, with a value on the contact, its conversation and in activity."""
    made = fixtures.definition("secret", **owned)
    topic = fixtures.definition("topic", context_type="conversation", **owned)
    put(fixtures, JOHN, made, value)
    put(fixtures, CONVERSATION, topic, value)
    fixtures.log(1, VariableChange(made.slot, made.name, VariableType.TEXT, None, value))
    return made


@pytest.mark.parametrize(("facts", "is_shown"), KEYS, ids=["account", "other", "own"])
@pytest.mark.parametrize("owned", OWNED, ids=["owner", "team", "both"])
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_value_is_shown_to_its_audience_only(
    read: Read, owned: dict[str, Any], facts: dict[str, Any], is_shown: bool, fixtures: Fixtures
):
    private(fixtures, **owned)
    answer = read(api(fixtures, **facts))
    assert answer.status < 300
    assert (SECRET in str(answer.document)) is is_shown


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_value_stays_hidden_after_its_definition_was_deleted(read: Read, fixtures: Fixtures):
    made = private(fixtures, owner="ann")
    for each in fixtures.definitions.list("acme"):
        fixtures.definitions.delete("acme", each)
    answer = read(api(fixtures))
    assert SECRET not in str(answer.document)
    assert values(fixtures)[made.name] == SECRET


def test_a_name_that_others_define_again_shows_none_of_its_old_values(fixtures: Fixtures):
    private(fixtures, owner="ann")
    for each in fixtures.definitions.list("acme"):
        fixtures.definitions.delete("acme", each)
    client = api(fixtures)
    context = "/api/v1/contacts/123/context"
    body = {"variables": {"secret": None}, "auto_create_variables": True}
    assert client.call("POST", context, body).status == 200
    assert SECRET in values(fixtures).values()
    body["variables"] = {"secret": "new"}
    assert client.call("POST", context, body).status == 200
    shown = client.call("GET", "/api/v1/contacts/123").document["custom_context"]
    assert shown == {"secret": "new"}
    for read in READS.values():
        assert SECRET not in str(read(client).document)


def test_a_name_that_its_owner_defines_again_has_its_old_values(fixtures: Fixtures):
    made = private(fixtures, owner="ann")
    fixtures.definitions.delete("acme", made)
    draft = DefinitionDraft(
        name="secret",
        display_name="Secret",
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
        owner="ann",
    )
    again = create_definition(fixtures.definitions, ANN, draft)
    assert again.slot == made.slot
    assert values(fixtures) == {"secret": SECRET}


def test_a_tombstone_that_got_another_audience_is_not_taken_for_the_one_that_was_seen(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    made = fixtures.definition("level")
    fixtures.definitions.delete("acme", made)
    draft = DefinitionDraft(
        name="level",
        display_name="Level",
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
    )
    allocate_ids = DefinitionTable.allocate_ids

    def meanwhile(*arguments: Any) -> Any:
        # Between look-up and write, the name is defined again, becomes private, and is deleted.
        monkeypatch.setattr(DefinitionTable, "allocate_ids", allocate_ids)
        again = create_definition(fixtures.definitions, ANN, draft)
        owned = replace(again, owner="ann", version=2)
        fixtures.definitions.replace("acme", again, owned)
        fixtures.value(owned, SECRET)
        fixtures.definitions.delete("acme", owned)
        return allocate_ids(*arguments)

    monkeypatch.setattr(DefinitionTable, "allocate_ids", meanwhile)
    made = create_definition(fixtures.definitions, BOB, draft)
    assert values(fixtures) == {}
    fixtures.value(made, "of the account")
    assert values(fixtures) == {"level": "of the account"}


def test_a_renamed_variable_stays_private(fixtures: Fixtures):
    made = private(fixtures, owner="ann")
    fixtures.definitions.rename("acme", made, replace(made, name="renamed", version=2), None)
    assert SECRET not in str(READS["klen"](api(fixtures)).document)
    assert values(fixtures) == {"renamed": SECRET}


def test_a_variable_that_gets_and_loses_its_owner(fixtures: Fixtures):
    made = fixtures.definition("level")
    fixtures.value(made, SECRET)
    client = api(fixtures)
    owned = replace(made, owner="ann", version=2)
    fixtures.definitions.replace("acme", made, owned)
    assert SECRET not in str(READS["klen"](client).document)
    fixtures.definitions.replace("acme", owned, replace(made, version=3))
    assert SECRET in str(READS["klen"](client).document)
    with pytest.raises(WriteConflict):
        fixtures.definitions.replace("acme", made, owned)
    assert SECRET in str(READS["klen"](client).document)


@pytest.mark.parametrize(
    "path", ["contacts/variables/external123", "conversations/conv_1/variables"]
)
@pytest.mark.parametrize("value", [SECRET, SECRET * 1000], ids=["small", "large"])
def test_removing_all_values_leaves_those_that_the_key_does_not_see(
    value: str, path: str, fixtures: Fixtures
):
    private(fixtures, value, owner="ann")
    for context_type, subject in (("contact", JOHN), ("conversation", CONVERSATION)):
        own = fixtures.definition("own", context_type=context_type)
        large = fixtures.definition("large", context_type=context_type)
        put(fixtures, subject, own, "x")
        put(fixtures, subject, large, "x" * 9000)
    subject, name = (JOHN, "secret") if "contacts" in path else (CONVERSATION, "topic")
    assert chatbot(api(fixtures), "DELETE", f"/{path}").document == {"deleted": True}
    assert values(fixtures, subject) == {name: value}
    by = replace(ANN, grants=(Grant("*"),))
    clear_variables(fixtures.variables, by, subject)
    assert values(fixtures, subject) == {}
    assert "value_part" not in {
        item["entity"]["S"] for item in fixtures.items() if subject.subject_id in item["pk"]["S"]
    }


def test_values_that_are_hidden_are_neither_set_nor_removed(fixtures: Fixtures):
    private(fixtures, owner="ann")
    client, before = api(fixtures), fixtures.items()
    for value in ("new", None):
        body = {"variables": {"secret": value}, "auto_create_variables": True}
        answer = client.call("POST", "/api/v1/contacts/123/context", body)
        assert (answer.status, answer.document["error"]) == (400, "undefined_variable")
    assert fixtures.items() == before


def test_a_set_of_what_others_see_goes_on(fixtures: Fixtures):
    private(fixtures, team=7)
    set_contact_variables(
        fixtures.variables,
        fixtures.definitions,
        caller(teams=frozenset({7})),
        123,
        {"secret": "new"},
        SetRules(),
    )
    assert values(fixtures) == {"secret": "new"}


def test_many_owned_definitions_are_made_at_once(fixtures: Fixtures):
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
        for i in range(DEFINITIONS_PER_WRITE)
    ]
    fixtures.definitions.add("acme", made)
    index = fixtures.definitions.slot_index("acme", ContextType.CONTACT)
    assert index.audiences == {each.slot: each.audience for each in made}
