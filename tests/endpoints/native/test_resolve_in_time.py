"""POST /v1/resolve while storage fails or does not respond: an answer with all that is declared."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.contacts import PhoneNumber
from shared.wiring import agents as agent_wiring
from shared.wiring import endpoints as wiring
from shared.wiring import resolving
from tests.api import Answer, Api
from tests.failures import FAILURES, failing
from tests.fixtures import Fixtures
from tests.stalling import stalled

READS = ("BatchGetItem", "GetItem", "Query")
FAILED = dict.fromkeys(READS, FAILURES["throttled"])
FALLBACKS = {"level": "no level", "city": "Lima", "hours": "no hours"}
VALUES = {"level": "Gold", "city": "Lima", "hours": "no hours"}


@pytest.fixture
def api(native: Api, fixtures: Fixtures) -> Api:
    """Return a client of a function that has answered before."""
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, "+15550100"),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    fixtures.definition("city", default_value="Lima")
    fixtures.definition("hours", context_type="business")
    agent = fixtures.agent("agent_1", "level", "city", "business.hours", deadline_ms=10_000)
    fallbacks = tuple(replace(each, fallback=f"no {each.name}") for each in agent.variables)
    fixtures.agents.replace("acme", replace(agent, variables=fallbacks, version=2))
    assert resolve(native, "CA0", deadline_ms=10_000).document["complete"]
    return native


def resolve(api: Api, call_id: str = "CA1", **members: Any) -> Answer:
    body = {"agent": "agent_1", "contact": {"phone": "+15550100"}, "call_id": call_id}
    return api.call("POST", "/v1/resolve", {**body, **members})


def forget() -> None:
    """Make the function one that has just started."""
    wiring.memory().clear()
    agent_wiring.agent_memory().clear()
    resolving.remembered_keys.cache_clear()
    resolving.credentials.cache_clear()


def assert_fallbacks(answer: Answer) -> None:
    assert answer.status == 200
    assert answer.document["variables"] == FALLBACKS
    assert {each["state"] for each in answer.document["states"].values()} == {"unavailable"}
    assert not answer.document["complete"]


def test_fallbacks_are_sent_if_storage_fails(api: Api):
    with failing(FAILED, resolving.table()) as asked:
        assert_fallbacks(resolve(api))
    # The work is tried twice, as there is time.
    assert asked.count("BatchGetItem") >= 2


def test_fallbacks_are_sent_at_the_deadline(api: Api):
    with stalled(*READS):
        assert_fallbacks(resolve(api))


def test_values_are_sent_although_they_are_not_kept_in_time(api: Api, fixtures: Fixtures):
    with stalled("PutItem"):
        found = resolve(api).document
    assert found["variables"] == VALUES
    assert found["complete"]
    assert [each["entity"]["S"] for each in fixtures.items()].count("call") == 1


def test_a_failure_that_passes_is_not_noticed(api: Api):
    once = [FAILURES["throttled"]]
    with failing({"BatchGetItem": lambda _: once.pop() if once else None}, resolving.table()):
        found = resolve(api).document
    assert once == []
    assert found["variables"] == VALUES
    assert found["complete"]


@pytest.mark.parametrize("is_late", [True, False])
def test_a_function_that_has_just_started_knows_no_declaration(is_late: bool, api: Api):
    forget()
    with stalled(*READS) if is_late else failing(FAILED, resolving.table()):
        answer = resolve(api)
    assert (answer.status, answer.document["code"]) == (500, "unavailable")


@pytest.mark.parametrize("secret", ["a-webhook-key", "unknown-key-0123456789"])
def test_who_may_not_resolve_gets_no_names(secret: str, api: Api, fixtures: Fixtures):
    fixtures.key("a-webhook-key", permissions=("webhooks:read",))
    other = Api(secret)
    assert resolve(other).status in (401, 403)
    with stalled(*READS):
        answer = resolve(other)
    assert (answer.status, answer.document["code"]) == (500, "unavailable")
    assert "level" not in str(answer.document)
