"""GET /v1/business/variables/{name}: one value of the business."""

from tests.api import Api
from tests.endpoints.native.test_list_business_variables import set_hours
from tests.fixtures import Fixtures

PATH = "/v1/business/variables/support_hours"


def test_a_variable_is_shown(native: Api, fixtures: Fixtures):
    set_hours(fixtures)
    answer = native.call("GET", PATH)
    assert (answer.status, answer.document["value"]) == (200, "9-5")


def test_an_unset_variable_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.definition("support_hours", context_type="business")
    assert native.call("GET", PATH).status == 404


def test_a_variable_of_contacts_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.value(fixtures.definition("support_hours"), "9-5")
    assert native.call("GET", PATH).status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("webhooks:read",))
    assert Api("another-key").call("GET", PATH).status == 403
