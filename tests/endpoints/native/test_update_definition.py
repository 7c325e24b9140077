"""PATCH /v1/definitions/{definition_id}: a merge patch of a definition."""

from typing import Any

import pytest

from shared.domain.disclosure import Sensitivity
from shared.domain.options import option_id_of
from tests.api import Answer, Api
from tests.fixtures import Fixtures

VALUES = "/v1/contacts/contact_123/variables"


def details(*labels: str) -> list[dict[str, Any]]:
    return [{"id": option_id_of(label), "label": label, "archived": False} for label in labels]


@pytest.fixture
def path(native: Api, fixtures: Fixtures) -> str:
    """The path of a definition that another API has made."""
    options = ("Basic", "Pro")
    made = fixtures.definition("plan", "select", select_options=options, aliases=("tarif",))
    return f"/v1/definitions/{made.external_id}"


def patch(api: Api, path: str, document: Any, **headers: str) -> Answer:
    return api.call("PATCH", path, document, headers=headers)


@pytest.mark.parametrize(
    ("document", "changed"),
    [
        ({"display_name": "The plan"}, {}),
        ({"display_name": None}, {"display_name": "Plan"}),
        ({"description": "What is paid for"}, {}),
        ({"aliases": None}, {"aliases": []}),
        ({"options": ["Pro", "Max"]}, {"option_details": details("Pro", "Max")}),
        ({"type": "text", "options": None}, {"option_details": None}),
        ({"type": "multi_select", "default": ["Pro"]}, {}),
        ({"default": "Pro"}, {}),
        ({"type": "number", "options": None, "min": 1, "max": 9}, {"option_details": None}),
        ({"stale_after": 60}, {}),
        ({"sensitivity": "sensitive", "purposes": ["human"]}, {}),
        ({"sources": [["human", "api", "import", "ai"]]}, {}),
        ({"sources": None}, {"sources": ["human", ["api", "import"], "ai"]}),
        ({"context_type": "contact", "owner": None}, {}),
        ({"group": "Billing", "fallback": "a member", "question": "Which?"}, {}),
        ({"when_stale": "omit", "min_assurance": "attested"}, {}),
        (
            {"when_stale": None, "min_assurance": None},
            {"when_stale": "use", "min_assurance": "none"},
        ),
    ],
)
def test_sent_members_are_changed_and_others_stay(
    native: Api, path: str, document: dict[str, Any], changed: dict[str, Any]
):
    before = native.call("GET", path).document
    answer = patch(native, path, document)
    assert answer.status == 200, answer.document
    assert answer.document == {**before, **document, **changed}
    assert native.call("GET", path).document == answer.document


def test_a_renamed_variable_keeps_its_values(native: Api, path: str):
    native.call("PUT", f"{VALUES}/plan", {"value": "Pro"})
    assert patch(native, path, {"name": "tier"}).document["name"] == "tier"
    assert native.call("GET", f"{VALUES}/tier").document["value"] == "Pro"
    assert native.call("GET", f"{VALUES}/plan").status == 404


def test_a_default_that_another_api_has_stored_stays(native: Api, fixtures: Fixtures):
    made = fixtures.definition("visits", "number", default_value="many", is_default=False)
    path = f"/v1/definitions/{made.external_id}"
    assert patch(native, path, {"description": "a"}).document["default"] == "many"
    answer = patch(native, path, {"type": "date"})
    assert [each["pointer"] for each in answer.document["errors"]] == ["/default"]


def test_a_condition_compares_the_version(native: Api, path: str):
    tag = native.call("GET", path).headers["etag"]
    answer = patch(native, path, {"description": "a"}, **{"if-match": tag})
    assert (answer.status, answer.headers["etag"][:3]) == (200, '"2.')
    late = patch(native, path, {"description": "b"}, **{"if-match": tag})
    assert (late.status, late.headers["etag"]) == (412, answer.headers["etag"])
    same = patch(native, path, {"description": "a"})
    assert same.headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize(
    ("document", "faults"),
    [
        ({"id": "a", "is_default": None}, {"/id", "/is_default"}),
        (
            {"context_type": "business", "owner": "ann", "team": 7, "stale_after": -1},
            {"/context_type", "/owner", "/team", "/stale_after"},
        ),
        ({"name": None, "type": None}, {"/name", "/type"}),
        ({"type": "text"}, {"/options"}),
        ({"options": None}, {"/options"}),
        ({"options": ["a", "a"], "name": "no name"}, {"/options", "/name"}),
        ({"default": "Max", "sources": []}, {"/default", "/sources"}),
    ],
)
def test_a_patch_that_leads_to_no_definition_is_refused(
    native: Api, path: str, document: Any, faults: set[str]
):
    answer = patch(native, path, document)
    assert answer.status == 400
    assert {each["pointer"] for each in answer.document["errors"]} == faults


def test_a_name_of_another_variable_is_refused(native: Api, fixtures: Fixtures, path: str):
    fixtures.definition("tier")
    assert patch(native, path, {"name": "tier"}).status == 409


def test_a_key_without_clearance_does_not_change_who_gets_the_values(
    native: Api, fixtures: Fixtures
):
    made = fixtures.definition("salary", sensitivity=Sensitivity.SENSITIVE)
    fixtures.key("a-public-key", permissions=("*",), sensitivity=Sensitivity.PUBLIC)
    path = f"/v1/definitions/{made.external_id}"
    answer = native.call("PATCH", path, {"sensitivity": "public"}, key="a-public-key")
    assert answer.status == 403


def test_what_cannot_be_changed_is_refused(native: Api, fixtures: Fixtures):
    default = fixtures.definition("a_default", is_default=True)
    fixtures.key("a-key-of-the-team", permissions=("*",), teams=frozenset({7}))
    of_team = fixtures.definition("of_the_team", team=7)
    for each in (default, of_team):
        path = f"/v1/definitions/{each.external_id}"
        answer = native.call("PATCH", path, {"description": "a"}, key="a-key-of-the-team")
        assert answer.status == 403
    assert patch(native, "/v1/definitions/nothing", {"description": "a"}).status == 404


def test_it_needs_a_permission(native: Api, fixtures: Fixtures, path: str):
    fixtures.key("another-key", permissions=("definitions:read",))
    assert native.call("PATCH", path, {}, key="another-key").status == 403
