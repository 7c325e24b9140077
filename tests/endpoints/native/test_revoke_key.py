"""DELETE /v1/keys/{key_id}: revoke an API key, at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.domain.contacts import PhoneNumber
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

OTHER = "a_key_to_revoke"


@pytest.fixture
def path(operator: Api, fixtures: Fixtures) -> str:
    key = fixtures.key(OTHER, permissions=("contacts:read", "webhooks:write"))
    return f"/v1/keys/{key.key_id}"


def test_the_next_request_with_a_revoked_key_is_rejected(path: str, operator: Api):
    assert operator.call("GET", "/v1/contacts/contact_123", key=OTHER).status == 200
    answer = operator.call("DELETE", path)
    assert answer.status == 200
    assert answer.document["status"] == "revoked"
    assert operator.call("GET", "/v1/contacts/contact_123", key=OTHER).status == 401
    shown = operator.call("GET", path).document
    assert shown == {**answer.document, "last_used_at": None}
    assert shown["revoked_by"] is not None


def test_its_webhooks_are_suspended(path: str, operator: Api, fixtures: Fixtures):
    """As after a revocation by an operator's command."""
    key = next(each for each in fixtures.credentials.list("acme") if path.endswith(each.key_id))
    fixtures.webhook("wh_1", key=key, permissions=("webhooks:write", "contacts:read"))
    assert operator.call("GET", "/v1/webhooks/wh_1").document["status"] == "active"
    operator.call("DELETE", path)
    webhook = operator.call("GET", "/v1/webhooks/wh_1").document
    assert (webhook["status"], webhook["suspended_reason"]) == ("suspended", "key_revoked")


def test_its_hooks_go_on_with_what_it_could_read_until_they_are_deleted(
    operator: Api, fixtures: Fixtures
):
    """As docs/hooks.md says: the revocation of a key does not stop the hooks of an account."""
    fixtures.contact(9, phone_numbers=(PhoneNumber(1, "+15550199"),))
    fixtures.value(fixtures.definition("plan", owner="ann"), "Gold", 9)
    grants = ("agents:read", "agents:write", "contacts:read", "contacts:write")
    key = fixtures.key(OTHER, permissions=grants, user="ann")
    body = {"name": "Reception", "variables": [{"from": "plan"}], "deadline_ms": 10_000}
    agent = operator.call("POST", "/v1/agents", body, key=OTHER).document["id"]
    hook = {"agent": agent, "platform": "retell"}
    url = operator.call("POST", "/v1/hooks", hook, key=OTHER).document["path"]
    assert operator.call("DELETE", f"/v1/keys/{key.key_id}").document["status"] == "revoked"
    assert operator.call("GET", f"/v1/agents/{agent}", key=OTHER).status == 401
    inbound = {"call_inbound": {"from_number": "+15550199"}}
    answer = operator.call("POST", url, inbound, key=None).document["call_inbound"]
    assert answer["dynamic_variables"]["plan"] == "Gold"
    # An operator who revokes a key can find what it has created.
    reader = fixtures.key("a-key-for-agents", permissions=grants).key_id
    (found,) = operator.call("GET", "/v1/hooks", key="a-key-for-agents").document["data"]
    assert found["key_id"] == key.key_id != reader
    assert operator.call("DELETE", f"/v1/hooks/{found['id']}", key="a-key-for-agents").status == 200
    assert operator.call("POST", url, inbound, key=None).status == 404


def test_a_key_that_is_revoked_already_stays_as_it_is(path: str, operator: Api, fixtures: Fixtures):
    first = operator.call("DELETE", path).document
    before = fixtures.items()
    again = operator.call("DELETE", path)
    assert (again.status, again.document) == (200, first)
    assert fixtures.items() == before


@pytest.mark.parametrize(
    "facts", [{"valid_until": LONG_AGO}, {"user": "ann"}, {"permissions": ("*", "keys:write")}]
)
def test_every_key_of_the_account_can_be_revoked(facts, operator: Api, fixtures: Fixtures):
    """Including keys with more permissions, because a revocation grants nothing."""
    key = fixtures.key("another", **facts)
    assert operator.call("DELETE", f"/v1/keys/{key.key_id}").status == 200
    assert not fixtures.credentials.find(key.key_hash).active


def test_a_key_revokes_itself(operator: Api, fixtures: Fixtures):
    (own,) = [each for each in fixtures.credentials.list("acme") if len(each.grants) > 1]
    assert operator.call("DELETE", f"/v1/keys/{own.key_id}").status == 200
    assert operator.call("GET", "/v1/keys").status == 401


def test_revocations_at_the_same_time_all_succeed(path: str, operator: Api):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: operator.call("DELETE", path), range(4)))
    assert {each.status for each in answers} == {200}
    assert {each.document["status"] for each in answers} == {"revoked"}


def test_no_request_succeeds_after_the_answer_of_the_revocation(path: str, operator: Api):
    """Requests that run at the same time succeed or not; those that begin later never do."""

    def use(_: int) -> int:
        return operator.call("GET", "/v1/contacts/contact_123", key=OTHER).status

    with ThreadPoolExecutor(3) as pool:
        uses = [pool.submit(use, number) for number in range(6)]
        assert operator.call("DELETE", path).status == 200
        later = [pool.submit(use, number) for number in range(6)]
        assert {each.result() for each in uses} <= {200, 401}
        # The pool may have started some of them before the response, and none after it.
        assert {each.result() for each in later} == {401}


def test_what_is_not_there_is_404(operator: Api, fixtures: Fixtures):
    foreign = fixtures.key("native_globex", account="globex", permissions=("*",))
    before = fixtures.items()
    for key_id in ("nothing", "x" * 100, foreign.key_id):
        answer = operator.call("DELETE", f"/v1/keys/{key_id}")
        assert (answer.status, answer.document["code"]) == (404, "not_found")
    assert fixtures.items() == before
    assert fixtures.credentials.find(foreign.key_hash).active


def test_a_read_only_key_revokes_nothing(path: str, operator: Api, fixtures: Fixtures):
    fixtures.key("native_reader", permissions=("keys:read", "keys:write"), read_only=True)
    assert operator.call("DELETE", path, key="native_reader").status == 403
    assert operator.call("GET", path, key="native_reader").status == 200


def test_a_revocation_is_logged(path: str, operator: Api, caplog: pytest.LogCaptureFixture):
    operator.call("DELETE", path)
    operator.call("DELETE", path)
    lines = [vars(each)["facts"] for each in caplog.records if each.message == "api key changed"]
    assert [(each["change"], each["changed_key_id"]) for each in lines] == [
        ("revoked", path.rpartition("/")[2])
    ]
