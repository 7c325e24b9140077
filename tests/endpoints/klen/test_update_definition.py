"""PUT and PATCH /api/v1/context-variables/{variable_id}/update, as Klen AI documents them."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/v1/context-variables/2/update"


def definition(api: Api, definition_id: int = 2) -> dict:
    listed = api.call("GET", "/api/v1/context-variables").document["variables"]
    return next(each for each in listed if each["id"] == definition_id)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_it_answers_as_documented(method: str, path: str, api: Api):
    answer = api.call(method, path, {"display_name": "Updated Display Name"})
    assert (answer.status, answer.document) == (
        200,
        {
            "id": 2,
            "name": "membership_level",
            "display_name": "Updated Display Name",
            "message": "Variable definition updated successfully",
        },
    )
    assert definition(api)["display_name"] == "Updated Display Name"


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"description": "The tier"}, {"description": "The tier"}),
        ({"description": None}, {"description": None}),
        ({"display_name": None}, {}),
        ({"select_options": ["Iron", "Tin"]}, {"select_options": ["Iron", "Tin"]}),
        ({"variable_type": "text"}, {"variable_type": "text", "select_options": None}),
        ({"name": "other", "context_type": "business", "id": 7, "is_default": True}, {}),
    ],
)
def test_only_what_is_sent_and_may_change_changes(sent, changed, api: Api):
    before = definition(api)
    assert api.call("PATCH", PATH, sent).status == 200
    assert definition(api) == {**before, **changed}


def test_a_definition_can_become_a_select(api: Api):
    sent = {"variable_type": "select", "select_options": ["a"]}
    assert api.call("PUT", "/api/v1/context-variables/1/update", sent).status == 200
    assert definition(api, 1)["select_options"] == ["a"]


def test_values_are_held_against_the_new_type(api: Api):
    api.call("PATCH", PATH, {"variable_type": "number"})
    path = "/api/v1/contacts/123/context"
    assert api.call("POST", path, {"variables": {"membership_level": "Gold"}}).status == 400
    assert api.call("POST", path, {"variables": {"membership_level": 1}}).status == 200


@pytest.mark.parametrize(
    ("status", "code", "definition_id", "sent"),
    [
        (400, "invalid_json", 2, b"{"),
        (400, "invalid_json", 999, b""),
        (400, "validation_error", 2, b'{"variable_type": "list"}'),
        (400, "validation_error", 2, b'{"display_name": ""}'),
        (400, "validation_error", 2, b'{"display_name": 7}'),
        (400, "missing_parameter", 1, b'{"variable_type": "select"}'),
        (400, "missing_parameter", 2, b'{"select_options": []}'),
        (400, "missing_parameter", 2, b'{"select_options": null}'),
        (403, "permission_denied", 3, b'{"display_name": "Hours"}'),
        (404, "not_found", 4, b"{}"),
        (404, "not_found", "two", b"{}"),
        (404, "not_found", "2%20", b"{}"),
        (404, "not_found", "9" * 400, b"{}"),
    ],
)
def test_a_refused_request_says_why_and_changes_nothing(
    status, code, definition_id, sent, api: Api, fixtures: Fixtures
):
    before = fixtures.items()
    path = f"/api/v1/context-variables/{definition_id}/update"
    answer = api.call("PATCH", path, body=sent)
    assert (answer.status, answer.document["error"]) == (status, code)
    assert fixtures.items() == before


def test_a_key_changes_its_own_definitions_and_the_accounts(api: Api, fixtures: Fixtures):
    own = fixtures.definition("of_ann", owner="ann")
    teams = fixtures.definition("of_team", team=42)
    fixtures.key("klen_ann_of_team", user="ann", teams=frozenset({42}))
    ann = Api("klen_ann_of_team")
    path = "/api/v1/context-variables/{}/update"
    assert ann.call("PATCH", path.format(own.definition_id), {}).status == 200
    assert ann.call("PATCH", PATH, {}).status == 200
    denied = ann.call("PATCH", path.format(teams.definition_id), {})
    assert (denied.status, denied.document["error"]) == (403, "permission_denied")
    for definition_id in (own.definition_id, teams.definition_id):
        assert api.call("PATCH", path.format(definition_id), {}).status == 404


def test_another_accounts_definition_is_not_found(api: Api, fixtures: Fixtures):
    fixtures.key("klen_globex0000", account="globex")
    assert Api("klen_globex0000").call("PATCH", PATH, {}).status == 404


def test_a_conversation_variable_is_not_this_apis(api: Api, fixtures: Fixtures):
    made = fixtures.definition("topic", context_type="conversation")
    path = f"/api/v1/context-variables/{made.definition_id}/update"
    assert api.call("PATCH", path, {}).status == 404
