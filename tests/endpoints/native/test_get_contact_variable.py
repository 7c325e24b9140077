"""GET /v1/contacts/{contact_id}/variables/{name}: one value, and where it comes from."""

import pytest

from shared.domain.accounts import Attribution
from shared.domain.sources import Source
from shared.domain.values import Assignment, Subject
from shared.services.accounts.access import hash_api_key
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/contacts/contact_123/variables/level"


def test_a_variable_is_shown_with_its_entity_tag(native: Api, fixtures: Fixtures):
    fixtures.value(fixtures.definition("level"), "Gold")
    answer = native.call("GET", PATH)
    assert (answer.status, answer.document["name"]) == (200, "level")
    assert answer.document["value"] == "Gold"
    assert answer.headers["etag"].startswith(f'"{answer.document["version"]}.')


def test_an_unset_variable_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    answer = native.call("GET", PATH)
    assert (answer.status, answer.document["code"]) == (404, "not_found")


@pytest.mark.parametrize("name", ["nobody", "a%20b", "x" * 101])
def test_an_unknown_variable_is_not_found(native: Api, name: str):
    answer = native.call("GET", f"/v1/contacts/contact_123/variables/{name}")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_a_variable_of_another_user_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.value(fixtures.definition("level", owner="somebody"), "Gold")
    assert native.call("GET", PATH).status == 404


def test_a_large_value_is_shown(native: Api, fixtures: Fixtures):
    fixtures.value(fixtures.definition("level"), "x" * 9000)
    assert native.call("GET", PATH).document["value"] == "x" * 9000


@pytest.mark.parametrize("reference", ["contact_9", "123"])
def test_there_is_no_such_contact(native: Api, fixtures: Fixtures, reference: str):
    fixtures.definition("level")
    answer = native.call("GET", f"/v1/contacts/{reference}/variables/level")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_a_contact_of_another_team_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    fixtures.contact(9, team=7)
    assert native.call("GET", "/v1/contacts/contact_9/variables/level").status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("webhooks:read",))
    assert Api("another-key").call("GET", PATH).status == 403


def test_the_key_that_set_the_value_is_shown(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    human = fixtures.key("a-human-key", permissions=("contacts:write",), source=Source.HUMAN)
    Api("a-human-key").call("PUT", PATH, {"value": "Gold", "confidence": 0.5})
    shown = native.call("GET", PATH).document
    assert (shown["source"], shown["set_by"]) == ("human", human.key_id)
    assert shown["confidence"] == 0.5
    native.call("PUT", PATH, {"value": "Silver"})
    own = native.call("GET", PATH).document
    assert (own["source"], own["set_by"]) == ("api", hash_api_key("native_0123456789")[:12])
    assert "confidence" not in own


def test_a_key_that_does_not_exist_is_not_shown(native: Api, fixtures: Fixtures):
    level = fixtures.definition("level")
    assignment = Assignment(level.slot, level.name, level.variable_type, "Gold")
    by = Attribution(LONG_AGO, key_id="a key that is gone")
    fixtures.variables.save("acme", Subject.contact(123), [assignment], [], by)
    assert native.call("GET", PATH).document["set_by"] is None
    assert native.call("GET", PATH).document["set_by"] is None
