"""POST /v1/definitions/{definition_id}/restore: show an archived variable again."""

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/definitions"
VALUES = "/v1/contacts/contact_123/variables"


def test_a_restored_variable_has_its_values(native: Api, fixtures: Fixtures):
    path = f"{PATH}/{fixtures.definition('plan').external_id}"
    native.call("PUT", f"{VALUES}/plan", {"value": "Gold"})
    native.call("POST", f"{path}/archive")
    answer = native.call("POST", f"{path}/restore")
    assert (answer.status, answer.document["archived"]) == (200, False)
    assert native.call("GET", f"{VALUES}/plan").document["value"] == "Gold"
    assert native.call("GET", PATH).document["data"] == [answer.document]


def test_a_private_variable_is_private_again(native: Api, fixtures: Fixtures):
    made = fixtures.definition("pay", owner="ann", sensitivity="sensitive")
    fixtures.key("a-key-of-ann", permissions=("*",), user="ann")
    path = f"{PATH}/{made.external_id}"
    for action in ("archive", "restore"):
        assert native.call("POST", f"{path}/{action}", key="a-key-of-ann").status == 200
    index = fixtures.definitions.slot_index("acme", made.context_type)
    assert index.audiences == {made.slot: made.audience}
    assert native.call("POST", f"{path}/restore").status == 404


def test_one_that_is_not_archived_stays_as_it_is(native: Api, fixtures: Fixtures):
    path = f"{PATH}/{fixtures.definition('plan').external_id}"
    tag = native.call("GET", path).headers["etag"]
    answer = native.call("POST", f"{path}/restore", headers={"if-match": tag})
    assert (answer.status, answer.headers["etag"]) == (200, tag)
    late = native.call("POST", f"{path}/restore", headers={"if-match": '"9.a"'})
    assert late.status == 412


def test_it_needs_a_permission(native: Api, fixtures: Fixtures):
    fixtures.key("another-key", permissions=("definitions:read",))
    path = f"{PATH}/{fixtures.definition('plan').external_id}/restore"
    assert native.call("POST", path, key="another-key").status == 403
