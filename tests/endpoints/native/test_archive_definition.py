"""POST /v1/definitions/{definition_id}/archive: hide a variable and its values."""

from typing import Any

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/definitions"
CONTACT = "/v1/contacts/contact_123"
VALUES = f"{CONTACT}/variables"


@pytest.fixture
def archived(native: Api, fixtures: Fixtures) -> str:
    """Return the path of an archived definition, `plan`, of which a contact has a value."""
    path = f"{PATH}/{fixtures.definition('plan', fallback='none yet').external_id}"
    native.call("PUT", f"{VALUES}/plan", {"value": "Gold"})
    answer = native.call("POST", f"{path}/archive")
    assert (answer.status, answer.document["archived"]) == (200, True)
    assert answer.headers["etag"] == native.call("GET", path).headers["etag"]
    return path


def test_nothing_shows_an_archived_variable(native: Api, archived: str):
    assert native.call("GET", f"{VALUES}/plan").status == 404
    assert native.call("GET", VALUES, query={"include": "unset"}).document["variables"] == {}
    assert "Gold" not in repr(native.call("GET", CONTACT).document)
    assert native.call("GET", PATH).document["data"] == []


def test_only_the_list_of_the_archived_has_it(native: Api, fixtures: Fixtures, archived: str):
    fixtures.definition("in_use")
    names = {
        wanted: [
            each["name"]
            for each in native.call("GET", PATH, query={"archived": wanted}).document["data"]
        ]
        for wanted in ("true", "false")
    }
    assert names == {"true": ["plan"], "false": ["in_use"]}
    answer = native.call("GET", PATH, query={"archived": "yes", "auto_created": "1"})
    parameters = [each["parameter"] for each in answer.document["errors"]]
    assert (answer.status, parameters) == (400, ["archived", "auto_created"])


WRITES: dict[str, tuple[str, str, Any, int]] = {
    "one value": ("PUT", f"{VALUES}/plan", {"value": "Pro"}, 404),
    "no value": ("DELETE", f"{VALUES}/plan", None, 404),
    "several": ("PATCH", VALUES, {"plan": "Pro"}, 400),
    "several, with new ones": ("PATCH", f"{VALUES}?mode=auto_create", {"plan": "Pro"}, 400),
    "an operation": (
        "POST",
        f"{VALUES}/operations",
        {"operations": [{"op": "fill_if_empty", "variable": "plan", "value": "Pro"}]},
        400,
    ),
    "a definition of its name": ("POST", PATH, {"name": "plan", "type": "text"}, 409),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_refused(name: str, native: Api, fixtures: Fixtures, archived: str):
    method, path, body, status = WRITES[name]
    before = fixtures.items()
    path, _, query = path.partition("?")
    found = dict([query.split("=")]) if query else None
    answer = native.call(method, path, body, query=found)
    assert answer.status == status, answer.document
    assert fixtures.items() == before


def test_a_write_says_that_it_is_archived(native: Api, archived: str):
    [fault] = native.call("PATCH", VALUES, {"plan": "Pro"}).document["errors"]
    assert (fault["code"], fault["pointer"]) == ("undefined_variable", "/plan")
    assert "it is archived" in fault["detail"]


def test_an_agent_that_declares_it_gets_its_fallback(native: Api, fixtures: Fixtures):
    path = f"{PATH}/{fixtures.definition('plan').external_id}"
    native.call("PUT", f"{VALUES}/plan", {"value": "Gold"})
    body = {"name": "A", "variables": [{"from": "plan", "fallback": "no plan"}]}
    agent = native.call("POST", "/v1/agents", body).document["id"]
    wanted = {"agent": agent, "contact": {"id": "contact_123"}}

    def resolved() -> tuple[Any, Any]:
        document = native.call("POST", "/v1/resolve", wanted).document
        return document["variables"]["plan"], document["states"]["plan"]["state"]

    assert resolved() == ("Gold", "set")
    native.call("POST", f"{path}/archive")
    assert resolved() == ("no plan", "fallback")
    assert native.call("POST", "/v1/agents", body).status == 422
    native.call("POST", f"{path}/restore")
    assert resolved() == ("Gold", "set")


def test_it_is_archived_once_and_under_a_condition(native: Api, archived: str):
    tag = native.call("GET", archived).headers["etag"]
    again = native.call("POST", f"{archived}/archive", headers={"if-match": tag})
    assert (again.status, again.headers["etag"]) == (200, tag)
    late = native.call("POST", f"{archived}/archive", headers={"if-match": '"9.a"'})
    assert late.status == 412


def test_deleted_its_values_are_hidden_for_good(native: Api, archived: str):
    assert native.call("DELETE", archived).status == 200
    assert native.call("POST", PATH, {"name": "plan", "type": "text"}).status == 201
    assert native.call("GET", f"{VALUES}/plan").status == 404


def test_a_default_of_the_account_stays(native: Api, fixtures: Fixtures):
    made = fixtures.definition("a_default", is_default=True)
    assert native.call("POST", f"{PATH}/{made.external_id}/archive").status == 403


def test_one_of_another_user_does_not_exist(native: Api, fixtures: Fixtures):
    made = fixtures.definition("private", owner="ann")
    assert native.call("POST", f"{PATH}/{made.external_id}/archive").status == 404


def test_it_needs_a_permission(native: Api, fixtures: Fixtures):
    fixtures.key("another-key", permissions=("definitions:read",))
    path = f"{PATH}/{fixtures.definition('plan').external_id}/archive"
    assert native.call("POST", path, key="another-key").status == 403
