"""DELETE /v1/definitions/{definition_id}: delete a definition."""

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/definitions"
VALUES = "/v1/contacts/contact_123/variables"


def test_a_definition_is_deleted_and_its_values_stay(native: Api, fixtures: Fixtures):
    made = fixtures.definition("plan")
    native.call("PUT", f"{VALUES}/plan", {"value": "Pro"})
    path = f"{PATH}/{made.external_id}"
    answer = native.call("DELETE", path)
    assert (answer.status, answer.document) == (200, {"id": made.external_id, "deleted": True})
    assert native.call("GET", path).status == 404
    assert native.call("DELETE", path).status == 404
    assert native.call("POST", PATH, {"name": "plan", "type": "text"}).status == 201
    assert native.call("GET", f"{VALUES}/plan").document["value"] == "Pro"


def test_a_condition_compares_the_version(native: Api, fixtures: Fixtures):
    path = f"{PATH}/{fixtures.definition('plan').external_id}"
    late = native.call("DELETE", path, headers={"if-match": '"2.a"'})
    assert (late.status, late.document["code"]) == (412, "precondition_failed")
    tag = native.call("GET", path).headers["etag"]
    assert native.call("DELETE", path, headers={"if-match": tag}).status == 200


def test_a_default_of_the_account_stays(native: Api, fixtures: Fixtures):
    made = fixtures.definition("a_default", is_default=True)
    assert native.call("DELETE", f"{PATH}/{made.external_id}").status == 403


def test_it_needs_a_permission(native: Api, fixtures: Fixtures):
    fixtures.key("another-key", permissions=("definitions:read",))
    path = f"{PATH}/{fixtures.definition('plan').external_id}"
    assert native.call("DELETE", path, key="another-key").status == 403
