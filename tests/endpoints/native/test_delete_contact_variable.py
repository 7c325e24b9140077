"""DELETE /v1/contacts/{contact_id}/variables/{name}: remove a value."""

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123/variables/level"


def test_a_value_is_removed_and_its_definition_stays(native: Api, fixtures: Fixtures):
    fixtures.value(fixtures.definition("level"), "Gold")
    answer = native.call("DELETE", PATH)
    assert (answer.status, answer.document) == (200, {"name": "level", "deleted": True})
    assert native.call("GET", PATH).status == 404
    assert [each.name for each in fixtures.definitions.list("acme")] == ["level"]


def test_the_value_of_a_deleted_definition_is_removed(native: Api, fixtures: Fixtures):
    level = fixtures.definition("level")
    fixtures.value(level, "Gold")
    fixtures.definitions.delete("acme", level)
    assert native.call("DELETE", PATH).status == 200
    assert native.call("GET", PATH).status == 404


def test_an_unset_variable_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    assert native.call("DELETE", PATH).status == 404


def test_an_unknown_variable_is_not_found(native: Api):
    assert native.call("DELETE", PATH).status == 404


def test_a_variable_of_another_user_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.value(fixtures.definition("level", owner="somebody"), "Gold")
    assert native.call("DELETE", PATH).status == 404


def test_a_stale_entity_tag_removes_nothing(native: Api, fixtures: Fixtures):
    fixtures.value(fixtures.definition("level"), "Gold")
    old = native.call("GET", PATH).headers["etag"]
    new = native.call("PUT", PATH, {"value": "Silver"}).headers["etag"]
    assert native.call("DELETE", PATH, headers={"If-Match": old}).status == 412
    assert native.call("DELETE", PATH, headers={"If-Match": new}).status == 200


def test_a_malformed_entity_tag_is_a_fault(native: Api):
    answer = native.call("DELETE", PATH, headers={"If-Match": "x"})
    assert answer.document["errors"][0]["header"] == "If-Match"


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("DELETE", PATH).status == 403
