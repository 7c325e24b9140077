"""PATCH /v1/business/variables: a merge patch of variables of the business."""

from tests.api import Api
from tests.endpoints.native.test_list_business_variables import set_hours
from tests.fixtures import Fixtures

PATH = "/v1/business/variables"


def test_a_value_sets_and_null_removes(native: Api, fixtures: Fixtures):
    set_hours(fixtures)
    fixtures.definition("motto", context_type="business")
    answer = native.call("PATCH", PATH, {"motto": "Ask us", "support_hours": None})
    assert {name: each["outcome"] for name, each in answer.document["results"].items()} == {
        "motto": "set",
        "support_hours": "removed",
    }
    assert native.call("GET", PATH).document["variables"].keys() == {"motto"}


def test_a_repeated_request_is_answered_from_its_record(native: Api, fixtures: Fixtures):
    fixtures.definition("motto", context_type="business")
    headers = {"Idempotency-Key": "key-1"}
    first = native.call("PATCH", PATH, {"motto": "a"}, headers=headers)
    again = native.call("PATCH", PATH, {"motto": "a"}, headers=headers)
    assert again.document == first.document
    assert again.headers["idempotent-replayed"] == "true"


def test_an_unknown_variable_is_a_fault(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    answer = native.call("PATCH", PATH, {"level": "a"})
    assert [each["pointer"] for each in answer.document["errors"]] == ["/level"]


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("PATCH", PATH, {}).status == 403
