"""GET /v1/hooks/{hook_id}: a hook without its token."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures


def test_a_hook_is_shown(native: Api, fixtures: Fixtures):
    fixtures.hook(secret="a-secret", rejects_bad_signatures=True)
    shown = native.call("GET", "/v1/hooks/hook_1").document
    assert (shown["agent"], shown["platform"]) == ("agent_1", "retell")
    assert (shown["has_secret"], shown["rejects_bad_signatures"]) == (True, True)
    assert "path" not in shown


@pytest.mark.parametrize("hook_id", ["hook_2", "hook_9"])
def test_there_is_no_such_hook(native: Api, fixtures: Fixtures, hook_id: str):
    fixtures.hook("hook_9", account="globex")
    answer = native.call("GET", f"/v1/hooks/{hook_id}")
    assert (answer.status, answer.document["code"]) == (404, "not_found")
