"""DELETE /v1/business/variables/{name}: remove a value of the business."""

from tests.api import Api
from tests.endpoints.native.test_list_business_variables import set_hours
from tests.fixtures import Fixtures

PATH = "/v1/business/variables/support_hours"


def test_a_value_is_removed(native: Api, fixtures: Fixtures):
    set_hours(fixtures)
    assert native.call("DELETE", PATH).document == {"name": "support_hours", "deleted": True}
    assert native.call("GET", PATH).status == 404
    assert native.call("DELETE", PATH).status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("DELETE", PATH).status == 403
