"""POST /v1/definitions: declare a variable."""

from typing import Any

import pytest

from tests.api import Answer, Api
from tests.fixtures import Fixtures

PATH = "/v1/definitions"


def create(api: Api, **members: Any) -> Answer:
    return api.call("POST", PATH, {"name": "plan", "type": "text", **members})


def pointers(answer: Answer) -> dict[str, str]:
    assert answer.status == 400, answer.document
    return {each["pointer"]: each["code"] for each in answer.document["errors"]}


def test_a_definition_is_created_with_every_member(native: Api, fixtures: Fixtures):
    fixtures.key("a-key-of-ann", permissions=("*",), user="ann", teams=frozenset({7}))
    members = {
        "name": "plan",
        "display_name": "The plan",
        "description": "What the customer pays for",
        "type": "multi_select",
        "context_type": "business",
        "options": ["Basic", "Pro"],
        "default": ["Basic"],
        "aliases": ["tarif"],
        "stale_after": 86_400,
        "expires_after": 90_000,
        "required": True,
        "sensitivity": "personal",
        "purposes": ["prompt", "human"],
        "sources": ["human", ["api", "import"], "ai"],
        "group": "Billing",
        "fallback": "a member",
        "question": "Which plan do you have?",
        "when_stale": "ask",
        "min_assurance": "otp",
        "owner": "ann",
        "team": 7,
    }
    answer = native.call("POST", PATH, members, key="a-key-of-ann")
    assert answer.status == 201, answer.document
    assert answer.headers["etag"].startswith('"1.')
    made = answer.document
    assert {name: made[name] for name in members} == members
    assert (made["is_default"], made["auto_created"]) == (False, False)
    found = native.call("GET", f"{PATH}/{made['id']}", key="a-key-of-ann")
    assert (found.document, found.headers["etag"]) == (made, answer.headers["etag"])
    assert native.call("GET", f"{PATH}/{made['id']}").status == 404


def test_what_is_not_sent_has_defaults(native: Api):
    made = create(native, name="last_visit").document
    assert made.pop("id")
    assert made == {
        "name": "last_visit",
        "display_name": "Last Visit",
        "description": None,
        "type": "text",
        "context_type": "contact",
        "options": None,
        "min": None,
        "max": None,
        "max_length": None,
        "default": None,
        "aliases": [],
        "stale_after": None,
        "sensitivity": "public",
        "purposes": ["prompt", "tool", "human", "webhook", "export"],
        "sources": ["human", ["api", "import"], "ai"],
        "group": None,
        "fallback": None,
        "question": None,
        "when_stale": "use",
        "min_assurance": "none",
        "owner": None,
        "team": None,
        "is_default": False,
        "auto_created": False,
        "archived": False,
        "pattern": None,
        "json_schema": None,
        "required": False,
        "expires_after": None,
        "option_details": None,
    }


@pytest.mark.parametrize(
    ("variable_type", "default", "shown"),
    [
        ("text", "a", "a"),
        ("number", 2.5, 2.5),
        ("date", "2026-01-31", "2026-01-31"),
        ("boolean", False, False),
        ("datetime", "2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"),
        ("url", "https://example.com/a", "https://example.com/a"),
        ("email", "jo@example.com", "jo@example.com"),
        ("phone", "+1 212-555-0100", "+12125550100"),
        (
            "currency",
            {"amount": 1050, "currency": "USD"},
            {"amount": 1050, "currency": "USD"},
        ),
        ("list", ["a", "b, c"], ["a", "b, c"]),
        ("json", {"a": [1]}, {"a": [1]}),
    ],
)
def test_a_default_is_of_the_type(native: Api, variable_type: str, default: Any, shown: Any):
    answer = create(native, type=variable_type, default=default)
    assert answer.document.get("default") == shown, answer.document


def test_missing_options_hide_no_fault_of_the_rules(native: Api):
    answer = create(native, type="select", min=1, default="a")
    faults = {each["pointer"]: each["code"] for each in answer.document["errors"]}
    assert (answer.status, faults) == (400, {"/options": "required", "/min": "invalid_value"})


def test_every_fault_is_told_at_once(native: Api):
    answer = create(
        native,
        name="two words",
        display_name="",
        type="number",
        context_type="planet",
        options=["a", "a"],
        default="many",
        aliases=[""],
        stale_after=0,
        sensitivity="secret",
        purposes=[],
        sources=["human", "system"],
        team=-1,
        colour="red",
    )
    assert pointers(answer) == {
        "/name": "invalid_value",
        "/display_name": "invalid_value",
        "/context_type": "invalid_value",
        "/options": "invalid_value",
        "/aliases/0": "invalid_value",
        "/stale_after": "invalid_value",
        "/sensitivity": "invalid_value",
        "/purposes": "invalid_value",
        "/sources": "invalid_value",
        "/team": "invalid_value",
        "/colour": "unknown_member",
    }


@pytest.mark.parametrize(
    ("members", "pointer", "code"),
    [
        ({"type": None}, "/type", "invalid_value"),
        ({"type": "select"}, "/options", "required"),
        ({"type": "select", "options": []}, "/options", "invalid_value"),
        ({"type": "text", "options": ["a"]}, "/options", "invalid_value"),
        ({"type": "select", "options": ["a"], "default": "b"}, "/default", "invalid_value"),
        ({"type": "number", "default": "many"}, "/default", "invalid_value"),
        ({"default": "x" * 5001}, "/default", "invalid_value"),
        ({"sources": []}, "/sources", "invalid_value"),
        ({"sources": [["human"], "human"]}, "/sources", "invalid_value"),
        ({"sources": [[]]}, "/sources", "invalid_value"),
        ({"sources": [{"human": 1}]}, "/sources", "invalid_value"),
        ({"purposes": ["prompt", "prompt"]}, "/purposes", "invalid_value"),
        ({"aliases": ["a", "a"]}, "/aliases", "invalid_value"),
        ({"min": 1}, "/min", "invalid_value"),
        ({"type": "number", "max_length": 1}, "/max_length", "invalid_value"),
        ({"type": "number", "min": 2, "max": 1}, "/max", "invalid_value"),
        ({"type": "number", "min": "2"}, "/min", "invalid_value"),
        ({"type": "number", "max": 1e300}, "/max", "invalid_value"),
        ({"type": "number", "min": 1, "default": 0}, "/default", "invalid_value"),
        ({"max_length": 3, "default": "four"}, "/default", "invalid_value"),
        ({"max_length": 0}, "/max_length", "invalid_value"),
        ({"regex": "a"}, "/regex", "unknown_member"),
        ({"group": ""}, "/group", "invalid_value"),
        ({"fallback": "x" * 501}, "/fallback", "invalid_value"),
        ({"question": "x" * 501}, "/question", "invalid_value"),
        ({"when_stale": "forget"}, "/when_stale", "invalid_value"),
        ({"min_assurance": None}, "/min_assurance", "invalid_value"),
        ({"is_default": True}, "/is_default", "unknown_member"),
    ],
)
def test_a_body_that_is_no_definition_is_refused(
    native: Api, members: dict[str, Any], pointer: str, code: str
):
    assert pointers(create(native, **members)) == {pointer: code}


def test_a_name_is_used_once_in_its_context_type(native: Api):
    assert create(native).status == 201
    assert (create(native).status, create(native).document["code"]) == (409, "conflict")
    assert create(native, context_type="business").status == 201


@pytest.mark.parametrize("members", [{"owner": "ann"}, {"team": 7}])
def test_it_cannot_be_for_others(native: Api, members: dict[str, Any]):
    assert create(native, **members).status == 403


def test_a_variable_of_an_unknown_name_is_marked(native: Api):
    sent = {"visits": 1}
    path = "/v1/contacts/contact_123/variables"
    assert native.call("PATCH", path, sent, query={"mode": "auto_create"}).status == 200
    (made,) = native.call("GET", PATH).document["data"]
    assert (made["name"], made["type"], made["auto_created"]) == ("visits", "number", True)


def test_it_needs_a_permission(native: Api, fixtures: Fixtures):
    fixtures.key("another-key", permissions=("definitions:read",))
    body = {"name": "plan", "type": "text"}
    assert native.call("POST", PATH, body, key="another-key").status == 403


@pytest.mark.parametrize(
    ("members", "accepted", "refused"),
    [
        ({"type": "number", "min": 1, "max": 2.5}, [1, 2.5, "2"], [0, 2.6, "3"]),
        ({"type": "number", "max": -1}, [-1, -1e30], [0]),
        ({"type": "text", "max_length": 3}, ["", "äöü"], ["four"]),
    ],
)
def test_values_meet_its_rules(
    native: Api, members: dict[str, Any], accepted: list[Any], refused: list[Any]
):
    made = create(native, **members).document
    assert {name: made[name] for name in members} == members
    path = "/v1/contacts/contact_123/variables/plan"
    assert [native.call("PUT", path, {"value": each}).status for each in accepted] == [200] * len(
        accepted
    )
    for each in refused:
        answer = native.call("PUT", path, {"value": each})
        assert answer.status == 400
        assert [fault["pointer"] for fault in answer.document["errors"]] == ["/value"]


def test_the_result_of_an_operation_meets_them_too(native: Api):
    create(native, type="number", min=0)
    path = "/v1/contacts/contact_123/variables/operations"
    for by, status in ((3, 200), (-2, 200), (-2, 400)):
        operation = {"op": "increment", "variable": "plan", "by": by}
        assert native.call("POST", path, {"operations": [operation]}).status == status
