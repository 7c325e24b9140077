"""DELETE /v1/hooks/{hook_id}: delete a hook."""

from tests.api import Api
from tests.failures import failing, once, rejected
from tests.fixtures import HOOK_TOKEN, Fixtures


def test_a_deleted_hook_does_not_answer(native: Api, fixtures: Fixtures):
    fixtures.agent("agent_1", deadline_ms=10_000)
    fixtures.hook()
    path = f"/h/{HOOK_TOKEN}"
    assert native.call("POST", path, {"call_inbound": {}}, key=None).status == 200
    answer = native.call("DELETE", "/v1/hooks/hook_1")
    assert (answer.status, answer.document) == (200, {"id": "hook_1", "deleted": True})
    assert native.call("POST", path, {"call_inbound": {}}, key=None).status == 404
    assert native.call("DELETE", "/v1/hooks/hook_1").status == 404


def test_a_deletion_that_conflicts_is_tried_again(native: Api, fixtures: Fixtures):
    fixtures.hook()
    with failing({"DeleteItem": once(rejected("TransactionConflictException"))}) as asked:
        assert native.call("DELETE", "/v1/hooks/hook_1").status == 200
    assert asked.count("DeleteItem") == 2
    assert native.call("GET", "/v1/hooks/hook_1").status == 404
