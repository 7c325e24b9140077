"""GET /v1/contacts/{contact_id}/variables: what is known about a contact, and from where."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123/variables"


@pytest.fixture
def known(native: Api, fixtures: Fixtures) -> Api:
    """Create three definitions, of which two have a value on the contact."""
    fixtures.value(fixtures.definition("level"), "Gold")
    fixtures.value(fixtures.definition("visits", "number"), 3)
    fixtures.definition("birthday", "date")
    return native


def test_a_variable_is_shown_with_its_type_time_version_and_source(known: Api):
    answer = known.call("GET", PATH)
    assert answer.status == 200
    shown = answer.document["variables"]
    assert list(shown) == ["level", "visits"]
    version = shown["level"].pop("version")
    assert version
    assert shown["level"] == {
        "value": "Gold",
        "type": "text",
        "updated_at": "2024-01-01T10:00:00.000Z",
        "source": "api",
        "set_by": None,
    }
    assert shown["visits"]["value"] == 3
    assert "unset" not in answer.document


def test_fields_selects_variables_by_name(known: Api):
    answer = known.call("GET", PATH, query={"fields": "visits,nobody"})
    assert list(answer.document["variables"]) == ["visits"]


def test_unset_is_not_null(known: Api):
    answer = known.call("GET", PATH, query={"include": "unset"})
    assert answer.document["unset"] == {"birthday": {"type": "date"}}
    assert list(answer.document["variables"]) == ["level", "visits"]


def test_unset_variables_are_selected_too(known: Api):
    answer = known.call("GET", PATH, query={"include": "unset", "fields": "visits"})
    assert (list(answer.document["variables"]), answer.document["unset"]) == (["visits"], {})


def test_every_fault_of_the_query_is_reported(native: Api):
    answer = native.call("GET", PATH, query={"fields": "a b", "include": "null"})
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert [each["parameter"] for each in answer.document["errors"]] == ["fields", "include"]


def test_the_entity_tag_changes_with_a_value(known: Api, fixtures: Fixtures):
    before = known.call("GET", PATH).headers["etag"]
    assert known.call("GET", PATH).headers["etag"] == before
    fixtures.value(fixtures.definition("plan"), "Pro")
    assert known.call("GET", PATH).headers["etag"] != before


def test_the_version_in_the_entity_tag_is_that_of_all_variables(known: Api):
    whole = known.call("GET", PATH).headers["etag"].strip('"').split(".")
    part = known.call("GET", PATH, query={"fields": "level"}).headers["etag"].strip('"').split(".")
    assert part[0] == whole[0]
    assert part[1] != whole[1]


def test_variables_of_another_user_are_absent(known: Api, fixtures: Fixtures):
    fixtures.value(fixtures.definition("secret", owner="somebody"), "hidden")
    answer = known.call("GET", PATH, query={"include": "unset"})
    assert "secret" not in {**answer.document["variables"], **answer.document["unset"]}


def test_a_value_outlives_its_definition(known: Api, fixtures: Fixtures):
    (level,) = [each for each in fixtures.definitions.list("acme") if each.name == "level"]
    fixtures.definitions.delete("acme", level)
    assert "level" in known.call("GET", PATH).document["variables"]
    assert known.call("GET", f"{PATH}/level").document["value"] == "Gold"


@pytest.mark.parametrize("reference", ["contact_9", "123", "contact_x"])
def test_there_is_no_such_contact(native: Api, reference: str):
    answer = native.call("GET", f"/v1/contacts/{reference}/variables")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:write",))
    answer = Api("another-key").call("GET", PATH)
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")


def test_the_response_says_how_long_it_took(known: Api):
    assert "total;dur=" in known.call("GET", PATH).headers["server-timing"]
