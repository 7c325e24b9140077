"""POST /v1/business/variables/operations: operations on variables of the business."""

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/business/variables/operations"


def test_an_operation_is_applied_once(native: Api, fixtures: Fixtures):
    fixtures.definition("calls", "number", "business")
    document = {"operations": [{"op": "increment", "variable": "calls"}]}
    headers = {"Idempotency-Key": "key-1"}
    first = native.call("POST", PATH, document, headers=headers)
    assert first.document["results"]["calls"]["value"] == 1
    native.call("POST", PATH, document, headers=headers)
    assert native.call("GET", "/v1/business/variables/calls").document["value"] == 1


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    document = {"operations": [{"op": "increment", "variable": "calls"}]}
    assert Api("another-key").call("POST", PATH, document).status == 403
