"""DELETE /api/v1/context-variables/{variable_id}/delete, as Klen AI documents it."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/v1/context-variables/2/delete"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_it_answers_as_documented(path: str, api: Api):
    answer = api.call("DELETE", path)
    assert (answer.status, answer.document) == (
        200,
        {"message": "Variable definition deleted successfully"},
    )
    listed = api.call("GET", "/api/v1/context-variables").document["variables"]
    assert [each["id"] for each in listed] == [1, 3]


def test_stored_values_stay_on_contacts(api: Api):
    api.call("POST", "/api/v1/contacts/123/context", {"variables": {"membership_level": "Gold"}})
    api.call("DELETE", PATH)
    found = api.call("GET", "/api/v1/contacts/123").document
    assert found["custom_context"] == {"membership_level": "Gold"}


@pytest.mark.parametrize(
    ("status", "code", "definition_id"),
    [
        (403, "delete_not_allowed", 3),
        (404, "not_found", 4),
        (404, "not_found", "two"),
        (404, "not_found", "0x2"),
        (404, "not_found", "NAME%23contact%23membership_level"),
    ],
)
def test_a_refused_request_says_why_and_changes_nothing(
    status, code, definition_id, api: Api, fixtures: Fixtures
):
    before = fixtures.items()
    answer = api.call("DELETE", f"/api/v1/context-variables/{definition_id}/delete")
    assert (answer.status, answer.document["error"]) == (status, code)
    assert fixtures.items() == before


def test_what_is_deleted_is_not_found(api: Api):
    api.call("DELETE", PATH)
    assert api.call("DELETE", PATH).status == 404
    assert api.call("PATCH", "/api/v1/context-variables/2/update", {}).status == 404


def test_a_key_deletes_its_own_definitions_and_the_accounts(api: Api, fixtures: Fixtures):
    own = fixtures.definition("of_ann", owner="ann")
    teams = fixtures.definition("of_team", team=42)
    fixtures.key("klen_ann_of_team", user="ann", teams=frozenset({42}))
    ann = Api("klen_ann_of_team")
    path = "/api/v1/context-variables/{}/delete"
    assert api.call("DELETE", path.format(own.definition_id)).status == 404
    assert ann.call("DELETE", path.format(own.definition_id)).status == 200
    denied = ann.call("DELETE", path.format(teams.definition_id))
    assert (denied.status, denied.document["error"]) == (403, "permission_denied")


def test_another_accounts_definition_is_not_found(api: Api, fixtures: Fixtures):
    fixtures.key("klen_globex0000", account="globex")
    assert Api("klen_globex0000").call("DELETE", PATH).status == 404
    assert api.call("DELETE", PATH).status == 200


def test_a_conversation_variable_is_not_this_apis(api: Api, fixtures: Fixtures):
    made = fixtures.definition("topic", context_type="conversation")
    path = f"/api/v1/context-variables/{made.definition_id}/delete"
    assert api.call("DELETE", path).status == 404
