"""GET /v1/business/variables: what is known about the business."""

from shared.domain.accounts import Attribution
from shared.domain.values import BUSINESS, Assignment
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/business/variables"


def set_hours(fixtures: Fixtures, **facts: object) -> None:
    hours = fixtures.definition("support_hours", context_type="business", **facts)
    assignment = Assignment(hours.slot, hours.name, hours.variable_type, "9-5")
    fixtures.variables.save("acme", BUSINESS, [assignment], [], Attribution(LONG_AGO))


def test_variables_of_the_business_are_shown(native: Api, fixtures: Fixtures):
    set_hours(fixtures)
    fixtures.definition("motto", context_type="business")
    fixtures.definition("level")
    answer = native.call("GET", PATH, query={"include": "unset"})
    assert answer.status == 200
    assert {name: each["value"] for name, each in answer.document["variables"].items()} == {
        "support_hours": "9-5"
    }
    assert answer.document["unset"] == {"motto": {"type": "text"}}


def test_a_business_without_values(native: Api):
    assert native.call("GET", PATH).document == {"variables": {}}


def test_variables_of_another_user_are_absent(native: Api, fixtures: Fixtures):
    set_hours(fixtures, owner="somebody")
    assert native.call("GET", PATH).document == {"variables": {}}


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("webhooks:read",))
    assert Api("another-key").call("GET", PATH).status == 403
