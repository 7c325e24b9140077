"""PUT /v1/business/variables/{name}: set one variable of the business."""

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/business/variables/motto"


def test_a_variable_is_set(native: Api, fixtures: Fixtures):
    fixtures.definition("motto", context_type="business")
    answer = native.call("PUT", PATH, {"value": "Ask us"})
    assert (answer.status, answer.document["value"]) == (200, "Ask us")
    assert native.call("GET", PATH).document == answer.document


def test_a_stale_entity_tag_is_refused(native: Api, fixtures: Fixtures):
    fixtures.definition("motto", context_type="business")
    headers = {"If-Match": native.call("PUT", PATH, {"value": "a"}).headers["etag"]}
    assert native.call("PUT", PATH, {"value": "b"}, headers=headers).status == 200
    assert native.call("PUT", PATH, {"value": "c"}, headers=headers).status == 412


def test_a_variable_of_contacts_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.definition("motto")
    assert native.call("PUT", PATH, {"value": "a"}).status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("PUT", PATH, {"value": "a"}).status == 403
