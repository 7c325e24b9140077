"""All APIs read what one API writes: every type, null, unknown names, and deletions."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.contacts import Conversation
from shared.domain.values import Subject
from tests.api import Answer, Api
from tests.fixtures import Fixtures

SECRET = "one_key_for_all"
UUID = "df980fc8-b6db-4820-bf22-000000000123"
EXTERNAL_ID = "external123"
CHATBOT = "/v1/chatbots/bot_1"

TYPES = {
    "note": ("text", "Premium Support", "Premium Support"),
    "balance": ("number", 250.5, "250.5"),
    "visits": ("number", 42, "42"),
    "last_payment_date": ("date", "2023-12-01", "2023-12-01"),
    "is_active": ("boolean", True, "true"),
    "membership_level": ("select", "Gold", "Gold"),
}
"""Name to type, a value as JSON has it, and its text form."""


@pytest.fixture
def data(fixtures: Fixtures) -> Fixtures:
    """Create a contact with ids for each API, and a variable of each type."""
    fixtures.account("acme", chatbots=("bot_1",))
    fixtures.key(SECRET, permissions=("*",))
    fixtures.contact(123, wa_id="15550100")
    for name, (variable_type, _, _) in TYPES.items():
        options = ("Bronze", "Gold") if variable_type == "select" else None
        fixtures.definition(name, variable_type, select_options=options)
    return fixtures


def send(method: str, path: str, document: Any = None) -> Answer:
    """Send one request with the key in the headers of every API."""
    headers = {"x-chatcaptain-key": SECRET, "x-api-key": SECRET}
    return Api(SECRET).call(method, path, document, headers=headers)


def variable_ids() -> dict[str, str]:
    listed = send("GET", f"{CHATBOT}/variables").document["variables"]
    return {each["name"]: each["id"] for each in listed}


def write_by_klen(name: str, value: Any) -> Answer:
    document = {"variables": {name: value}, "auto_create_variables": True}
    return send("POST", "/api/v1/contacts/123/context", document)


def write_by_chatcaptain(name: str, value: Any) -> Answer:
    text = value if isinstance(value, str) else str(value).lower()
    path = f"{CHATBOT}/contacts/variables/{variable_ids()[name]}"
    return send("PUT", path, {"value": text, "contactId": EXTERNAL_ID})


def write_by_chatcaptain_contact(name: str, value: Any) -> Answer:
    document = {"contact": {"variables": {name: value}}}
    return send("PATCH", f"{CHATBOT}/contacts/{EXTERNAL_ID}", document)


def write_by_vambe(name: str, value: Any) -> Answer:
    return send("POST", f"/api/public/contact/{UUID}/update-metadata", {name: value})


def write_by_setter(name: str, value: Any) -> Answer:
    return send("PUT", "/api/v1/contacts", {"id": 123, "metadata": {name: value}})


def read_by_klen() -> dict[str, Any]:
    return send("GET", "/api/v1/contacts/123").document["custom_context"]


def read_by_setter() -> dict[str, Any]:
    return send("PUT", "/api/v1/contacts", {"waId": "15550100"}).document["data"]["metadata"]


def read_by_vambe() -> dict[str, Any]:
    return send("GET", f"/api/public/contact/{UUID}/info").document["metadata"]


def read_by_chatcaptain() -> dict[str, Any]:
    listed = send("GET", f"{CHATBOT}/contacts/variables/{EXTERNAL_ID}").document["variables"]
    return {each["name"]: each["value"] for each in listed}


STRUCTURED = {
    "interests": ("multi_select", ["Chess", "Tennis"], "Chess, Tennis"),
    "next_visit": ("datetime", "2026-12-01T09:30:00-03:00", "2026-12-01T09:30:00-03:00"),
    "website": ("url", "https://example.com/ada", "https://example.com/ada"),
    "billing_email": ("email", "ada@example.com", "ada@example.com"),
    "mobile": ("phone", "+12125550100", "+12125550100"),
    "debt": ("currency", {"amount": 25050, "currency": "USD"}, "250.50 USD"),
    "orders": ("list", ["A-1", "A-2"], "A-1, A-2"),
    "preferences": ("json", {"seat": "aisle"}, '{"seat":"aisle"}'),
}
"""The types of the native API: name to type, a value there, and what every other API reads."""

SEEN_BY_KLEN = {"datetime": "date"}
SEEN_BY_CHATCAPTAIN = {"json": "object"}


@pytest.fixture
def structured(data: Fixtures) -> Fixtures:
    for name, (variable_type, _, _) in STRUCTURED.items():
        options = ("Chess", "Golf", "Tennis") if variable_type == "multi_select" else None
        data.definition(name, variable_type, select_options=options)
    return data


NATIVE_PATH = "/v1/contacts/contact_123/variables"


def read_by_native() -> dict[str, Any]:
    listed = send("GET", NATIVE_PATH).document["variables"]
    return {name: each["value"] for name, each in listed.items()}


@pytest.mark.parametrize("name", STRUCTURED)
def test_a_value_of_the_native_api_is_read_by_all(name: str, structured: Fixtures):
    _, value, text = STRUCTURED[name]
    assert send("PATCH", NATIVE_PATH, {name: value}).status == 200
    assert read_by_native() == {name: value}
    held_by_all({name: text}, {name: text})


@pytest.mark.parametrize("name", STRUCTURED)
@pytest.mark.parametrize(
    "writer", ["klen", "chatcaptain", "chatcaptain, a contact", "vambe", "setter"]
)
def test_what_another_api_reads_it_can_write_back(writer: str, name: str, structured: Fixtures):
    _, value, text = STRUCTURED[name]
    assert WRITERS[writer](name, text).status in (200, 201)
    held_by_all({name: text}, {name: text})
    if not writer.startswith("chatcaptain"):
        assert read_by_native() == {name: value}


@pytest.mark.parametrize("name", STRUCTURED)
def test_klen_sees_a_type_that_it_knows_and_sends_it_back(name: str, structured: Fixtures):
    variable_type, _, _ = STRUCTURED[name]
    listed = send("GET", "/api/v1/context-variables").document["variables"]
    seen = next(each for each in listed if each["name"] == name)
    assert seen["variable_type"] == SEEN_BY_KLEN.get(variable_type, "text")
    assert seen["select_options"] is None
    changes = {key: seen[key] for key in ("display_name", "variable_type", "select_options")}
    path = f"/api/v1/context-variables/{seen['id']}/update"
    assert send("PUT", path, {**changes, "description": "Seen by Klen"}).status == 200
    defined = structured.definitions.find("acme", seen["id"])
    assert defined.variable_type == variable_type
    assert defined.description == "Seen by Klen"
    assert bool(defined.select_options) is (variable_type == "multi_select")


@pytest.mark.parametrize("name", STRUCTURED)
def test_chatcaptain_sees_a_type_that_it_knows(name: str, structured: Fixtures):
    listed = send("GET", f"{CHATBOT}/variables").document["variables"]
    seen = next(each for each in listed if each["name"] == name)
    assert seen["type"] == SEEN_BY_CHATCAPTAIN.get(STRUCTURED[name][0], "string")


WRITERS = {
    "klen": write_by_klen,
    "chatcaptain": write_by_chatcaptain,
    "chatcaptain, a contact": write_by_chatcaptain_contact,
    "vambe": write_by_vambe,
    "setter": write_by_setter,
}
NATIVE = {"klen": read_by_klen, "setter": read_by_setter}
AS_TEXT = {"vambe": read_by_vambe, "chatcaptain": read_by_chatcaptain}


def held_by_all(native: dict[str, Any], as_text: dict[str, str]) -> None:
    for reader in NATIVE.values():
        found = reader()
        assert found == native
        assert {name: type(value) for name, value in found.items()} == {
            name: type(value) for name, value in native.items()
        }
    for reader in AS_TEXT.values():
        assert reader() == as_text


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("writer", WRITERS)
def test_a_value_is_read_by_all(writer: str, name: str, data: Fixtures):
    _, value, text = TYPES[name]
    assert WRITERS[writer](name, value).status in (200, 201)
    held_by_all({name: value}, {name: text})


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("writer", ["klen", "setter", "chatcaptain, a contact"])
def test_null_removes_a_value_for_all(writer: str, name: str, data: Fixtures):
    assert write_by_klen(name, TYPES[name][1]).status == 200
    assert WRITERS[writer](name, None).status == 200
    held_by_all({}, {})


def test_null_leaves_a_value_where_the_api_says_so(data: Fixtures):
    write_by_klen("note", "kept")
    assert write_by_vambe("note", None).status == 201
    held_by_all({"note": "kept"}, {"note": "kept"})


@pytest.mark.parametrize("writer", ["klen", "setter", "chatcaptain, a contact", "vambe"])
def test_a_name_nobody_defined_is_read_by_all(writer: str, data: Fixtures):
    assert WRITERS[writer]("favourite_colour", "teal").status in (200, 201)
    held_by_all({"favourite_colour": "teal"}, {"favourite_colour": "teal"})
    assert "favourite_colour" in variable_ids()
    defined = send("GET", "/api/v1/context-variables").document["variables"]
    assert "favourite_colour" in {each["name"] for each in defined}


def test_a_name_nobody_defined_has_no_id_to_write_it_by(data: Fixtures):
    path = f"{CHATBOT}/contacts/variables/nobody"
    before = data.items()
    assert send("PUT", path, {"value": "teal", "contactId": EXTERNAL_ID}).status == 400
    assert data.items() == before


@pytest.mark.parametrize("writer", ["setter", "vambe", "chatcaptain", "chatcaptain, a contact"])
def test_what_does_not_fit_is_read_by_all_as_it_was_sent(writer: str, data: Fixtures):
    assert WRITERS[writer]("balance", "a lot").status in (200, 201)
    held_by_all({"balance": "a lot"}, {"balance": "a lot"})


def test_what_does_not_fit_is_refused_where_the_api_says_so(data: Fixtures):
    assert write_by_klen("balance", "a lot").status == 400
    held_by_all({}, {})


def test_deleting_all_variables_deletes_them_for_all(data: Fixtures):
    for name, (_, value, _) in TYPES.items():
        write_by_klen(name, value)
    path = f"{CHATBOT}/contacts/variables/{EXTERNAL_ID}"
    assert send("DELETE", path).document == {"deleted": True}
    held_by_all({}, {})


CONVERSATION = f"{CHATBOT}/conversations/conv_1/variables"


def test_a_value_of_a_conversation_is_that_of_its_ticket(data: Fixtures):
    data.contacts.add_conversation("acme", Conversation("conv_1", 123))
    topic = data.definition("topic", context_type="conversation").external_id
    ticket = {"ticket_id": "conv_1", "metadata": {"topic": "Billing", "orderId": "ORD-1"}}
    assert send("POST", "/api/public/ticket/metadata", ticket).status == 201
    listed = send("GET", CONVERSATION).document["variables"]
    assert {each["name"]: each["value"] for each in listed} == {
        "topic": "Billing",
        "order_id": "ORD-1",
    }
    assert send("PUT", f"{CONVERSATION}/{topic}", {"value": "Refund"}).status == 200
    stored = data.variables.list("acme", Subject.conversation("conv_1"))
    assert {each.name: each.value for each in stored} == {"topic": "Refund", "order_id": "ORD-1"}
    held_by_all({}, {})


def test_a_deleted_contact_is_gone_for_all(data: Fixtures):
    write_by_klen("note", "gone")
    assert send("DELETE", f"{CHATBOT}/contacts/{EXTERNAL_ID}").document == {"deleted": True}
    assert send("GET", "/api/v1/contacts/123").status == 404
    assert send("PUT", "/api/v1/contacts", {"id": 123}).status == 404
    assert send("PUT", "/api/v1/contacts", {"waId": "15550100"}).status == 404
    assert send("GET", f"/api/public/contact/{UUID}/info").status == 404
    assert "error" in send("GET", f"{CHATBOT}/contacts/{EXTERNAL_ID}").document


DEFINITION_DELETIONS: dict[str, Callable[[str], Answer]] = {
    "klen": lambda _: send("DELETE", "/api/v1/context-variables/1/delete"),
    "chatcaptain": lambda variable: send("DELETE", f"{CHATBOT}/variables/{variable}"),
}


@pytest.mark.parametrize("deleter", DEFINITION_DELETIONS)
def test_a_deleted_definition_is_gone_for_all(deleter: str, data: Fixtures):
    write_by_klen("note", "stays on the contact")
    assert DEFINITION_DELETIONS[deleter](variable_ids()["note"]).status == 200
    assert "note" not in variable_ids()
    defined = send("GET", "/api/v1/context-variables").document["variables"]
    assert "note" not in {each["name"] for each in defined}
    assert read_by_klen() == {"note": "stays on the contact"}
    assert read_by_vambe() == {"note": "stays on the contact"}


def test_a_renamed_variable_has_its_new_name_for_all(data: Fixtures):
    write_by_klen("note", "same value")
    path = f"{CHATBOT}/variables/{variable_ids()['note']}"
    assert send("PATCH", path, {"name": "remark"}).status == 200
    held_by_all({"remark": "same value"}, {"remark": "same value"})
    assert write_by_vambe("remark", "another").status == 201
    held_by_all({"remark": "another"}, {"remark": "another"})


def test_every_api_applies_the_rules_of_a_definition(data: Fixtures):
    data.definition("limited", "number", max_value=3)
    assert write_by_klen("limited", 5).status == 400
    assert write_by_klen("limited", 2).status == 200
    # These keep a value of another type as text, and one that breaks a rule, too.
    for write in (write_by_vambe, write_by_chatcaptain):
        assert write("limited", 5).status in (200, 201)
        assert read_by_klen()["limited"] == "5"


REFUSED_WITH = {
    "klen": (400, "undefined_variable"),
    "chatcaptain": (400, "not found"),
    "chatcaptain, a contact": (400, "it is archived"),
    "vambe": (400, "it is archived"),
    "setter": (400, "it is archived"),
}
"""The status of a set of an archived variable, and what its answer has."""


@pytest.mark.parametrize("writer", WRITERS)
def test_an_archived_variable_is_gone_for_all_and_refuses_values(writer: str, data: Fixtures):
    write_by_klen("note", "kept")
    identifier = variable_ids()["note"]
    assert send("POST", f"/v1/definitions/{identifier}/archive").status == 200
    held_by_all({}, {})
    assert read_by_native() == {}
    assert "note" not in variable_ids()
    defined = send("GET", "/api/v1/context-variables").document["variables"]
    assert "note" not in {each["name"] for each in defined}
    before = data.items()
    if writer == "chatcaptain":
        path = f"{CHATBOT}/contacts/variables/{identifier}"
        answer = send("PUT", path, {"value": "new", "contactId": EXTERNAL_ID})
    else:
        answer = WRITERS[writer]("note", "new")
    status, words = REFUSED_WITH[writer]
    assert (answer.status, words in repr(answer.document).lower()) == (status, True), answer
    assert data.items() == before
    assert send("POST", f"/v1/definitions/{identifier}/restore").status == 200
    held_by_all({"note": "kept"}, {"note": "kept"})


def test_removing_all_values_keeps_those_of_an_archived_variable(data: Fixtures):
    for name in ("note", "visits"):
        write_by_klen(name, TYPES[name][1])
    identifier = variable_ids()["note"]
    send("POST", f"/v1/definitions/{identifier}/archive")
    send("DELETE", f"{CHATBOT}/contacts/variables/{EXTERNAL_ID}")
    send("POST", f"/v1/definitions/{identifier}/restore")
    assert read_by_klen() == {"note": TYPES["note"][1]}
