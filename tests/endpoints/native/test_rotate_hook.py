"""POST /v1/hooks/{hook_id}/rotate: a new token; the old one works for a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.api import Api
from tests.fixtures import HOOK_TOKEN, Fixtures

PATH = "/v1/hooks/hook_1/rotate"
OLD = f"/h/{HOOK_TOKEN}"


def ring(native: Api, path: str) -> int:
    return native.call("POST", path, {"call_inbound": {}}, key=None).status


def test_both_tokens_work_for_a_day(native: Api, fixtures: Fixtures):
    fixtures.agent("agent_1", deadline_ms=10_000)
    fixtures.hook()
    answer = native.call("POST", PATH)
    assert answer.status == 200
    until = datetime.fromisoformat(answer.document["old_token_until"])
    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)
    assert [ring(native, path) for path in (OLD, answer.document["path"])] == [200, 200]
    hook = fixtures.hooks.find("acme", "hook_1")
    ended = datetime.now(UTC) - timedelta(seconds=1)
    fixtures.hooks.replace("acme", replace(hook, old_token_until=ended, version=hook.version + 1))
    assert [ring(native, path) for path in (OLD, answer.document["path"])] == [404, 200]


def test_a_second_rotation_ends_the_first_token(native: Api, fixtures: Fixtures):
    fixtures.agent("agent_1", deadline_ms=10_000)
    fixtures.hook()
    paths = [native.call("POST", PATH).document["path"] for _ in range(2)]
    assert [ring(native, path) for path in (OLD, *paths)] == [404, 200, 200]


def test_there_is_no_such_hook(native: Api):
    assert native.call("POST", PATH).status == 404
