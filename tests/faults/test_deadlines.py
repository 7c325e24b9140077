"""A resolve responds with every declared variable before its deadline, whatever storage does."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.config import Config

from shared.domain.contacts import PhoneNumber
from shared.services.agents.hook_tokens import hash_token, new_token
from shared.wiring import agents as agent_wiring
from shared.wiring import endpoints as wiring
from shared.wiring import resolving
from tests.adapters import WiringMonkeyPatch
from tests.api import Answer, Api
from tests.faults.kinds import KINDS
from tests.faults.proxy import Proxy
from tests.fixtures import HOOK_TOKEN, Fixtures

KEY = "native_0123456789"
DEADLINE_MS = 600
SLACK_SECONDS = 0.3
"""The time that the machine of a test may take for the rest of a request."""

REQUESTS = 4
"""The requests of a resolve: key, identifier, contact and call."""

NAMES = {"level", "city", "hours"}


@pytest.fixture
def native(fixtures: Fixtures, wire: Proxy, monkeypatch: WiringMonkeyPatch) -> Iterator[Api]:
    """Return a client of a warm function with its real timeouts."""
    in_haste = Config(connect_timeout=0.3, read_timeout=0.8)
    monkeypatch.setattr(resolving, "RESOLVE_CONFIG", resolving.RESOLVE_CONFIG.merge(in_haste))
    fixtures.key(KEY, permissions=("*",))
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, "+15550100"),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    city = fixtures.definition("city", default_value="Lima")
    assert city.slot == 1
    fixtures.definition("hours", context_type="business")
    agent = fixtures.agent("agent_1", "level", "city", "business.hours", deadline_ms=DEADLINE_MS)
    fallbacks = tuple(replace(each, fallback=f"no {each.name}") for each in agent.variables)
    fixtures.agents.replace("acme", replace(agent, variables=fallbacks, version=2))
    wire.meddle()
    native = Api(KEY)
    assert resolve(native, 0, deadline_ms=10_000).document["complete"]
    yield native
    wire.settle()


def resolve(native: Api, number: int, **members: Any) -> Answer:
    body = {"agent": "agent_1", "contact": {"phone": "+15550100"}, "call_id": f"CA{number}"}
    return native.call("POST", "/v1/resolve", {**body, **members})


def timed(native: Api, number: int) -> Answer:
    began = time.monotonic()
    answer = resolve(native, number)
    assert time.monotonic() - began < DEADLINE_MS / 1000 + SLACK_SECONDS
    return answer


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.only is None])
@pytest.mark.parametrize("lasting", [False, True])
def test_every_declared_name_is_answered_in_time(
    kind: str, lasting: bool, native: Api, wire: Proxy
):
    for at in range(REQUESTS):
        wire.meddle(KINDS[kind].fault, at=at, lasting=lasting)
        answer = timed(native, 1 + at)
        assert answer.status == 200, (at, answer.document)
        found = answer.document
        assert found["variables"].keys() == found["states"].keys() == NAMES
        states = {each["state"] for each in found["states"].values()}
        if found["complete"]:
            assert found["variables"] == {"level": "Gold", "city": "Lima", "hours": "no hours"}
        else:
            assert states == {"unavailable"}
            assert found["variables"] == {"level": "no level", "city": "Lima", "hours": "no hours"}
        if lasting and at == 0:
            assert not found["complete"]
        wire.settle()


def test_a_fault_that_passes_at_once_is_tried_again(native: Api, wire: Proxy):
    for at in range(REQUESTS):
        wire.meddle(KINDS["throttled"].fault, at=at)
        assert timed(native, 1 + at).document["complete"]


@pytest.mark.parametrize("is_warm", [True, False])
def test_a_read_that_stalls_is_sent_again_and_the_second_wins(
    native: Api, wire: Proxy, caplog: pytest.LogCaptureFixture, *, is_warm: bool
):
    for at in range(REQUESTS - 1):
        if not is_warm:
            wiring.memory().clear()
            agent_wiring.agent_memory().clear()
        caplog.clear()
        wire.meddle(KINDS["stalled before"].fault, at=at)
        assert resolve(native, 1 + at, deadline_ms=5000).document["complete"]
        told = [vars(each)["facts"] for each in caplog.records if each.msg == "fell back"]
        assert {"step": "read_again", "is_second": True}.items() <= told[0].items()
        wire.settle()


def test_an_answer_is_sent_when_it_cannot_be_kept_in_time(
    native: Api, wire: Proxy, fixtures: Fixtures, caplog: pytest.LogCaptureFixture
):
    # The key and the identifier are read at once, then contact and business at once.
    wire.meddle(KINDS["stalled before"].fault, at=4, lasting=True)
    found = timed(native, 1).document
    assert found["complete"]
    assert found["variables"]["level"] == "Gold"
    calls = [each for each in fixtures.items() if each["entity"]["S"] == "call"]
    assert len(calls) == 1
    lines = [vars(each)["facts"] for each in caplog.records if each.msg == "fell back"]
    # On a busy machine, a read can have been sent twice before.
    (told,) = [each for each in lines if each["step"] != "read_again"]
    assert (told["step"], told["is_late"]) == ("answer", True)


def test_a_function_that_has_just_started_says_that_storage_is_down(native: Api, wire: Proxy):
    wiring.memory().clear()
    agent_wiring.agent_memory().clear()
    wire.meddle(KINDS["stalled before"].fault, lasting=True)
    began = time.monotonic()
    answer = resolve(native, 1)
    assert time.monotonic() - began < 1.2 + SLACK_SECONDS
    assert (answer.status, answer.document["code"]) == (500, "unavailable")


def test_a_key_without_the_permission_gets_no_names_when_storage_is_down(
    native: Api, wire: Proxy, fixtures: Fixtures
):
    fixtures.key("a-webhook-key", permissions=("webhooks:read",))
    other = Api("a-webhook-key")
    assert resolve(other, 1).status == 403
    wire.meddle(KINDS["failed inside"].fault, lasting=True)
    assert resolve(other, 1).status == 500
    assert resolve(Api("unknown-key-0123456789"), 1).status == 500


def test_each_caller_of_a_batch_is_answered_in_time(native: Api, wire: Proxy):
    body = {"agent": "agent_1", "contacts": [{"phone": "+15550100"}, {"id": "contact_7"}]}
    wire.meddle(KINDS["stalled before"].fault, at=3, lasting=True)
    began = time.monotonic()
    answer = native.call("POST", "/v1/resolve/batch", body)
    assert time.monotonic() - began < DEADLINE_MS / 1000 + SLACK_SECONDS
    assert answer.status == 200
    assert [each["variables"].keys() for each in answer.document["data"]] == [NAMES, NAMES]
    assert not all(each["complete"] for each in answer.document["data"])


def ring(token: str) -> Answer:
    inbound = {"from_number": "+15550100", "call_id": f"c-{time.monotonic()}"}
    return Api(None).call("POST", f"/h/{token}", {"call_inbound": inbound})


@pytest.mark.parametrize("kind", ["stalled before", "throttled", "failed inside", "reset after"])
@pytest.mark.parametrize("lasting", [False, True])
def test_a_hook_answers_in_its_shape_in_time(
    kind: str, lasting: bool, native: Api, wire: Proxy, fixtures: Fixtures
):
    fixtures.hook()
    assert ring(HOOK_TOKEN).status == 200
    for at in range(REQUESTS):
        wire.meddle(KINDS[kind].fault, at=at, lasting=lasting)
        began = time.monotonic()
        answer = ring(HOOK_TOKEN)
        assert time.monotonic() - began < DEADLINE_MS / 1000 + SLACK_SECONDS
        assert answer.status == 200
        told = answer.document["call_inbound"]["dynamic_variables"]
        assert told.keys() >= NAMES
        assert told["level"] in ("Gold", "no level")
        wire.settle()


def test_a_hook_of_a_function_that_has_just_started_answers_in_its_shape(
    native: Api, wire: Proxy, fixtures: Fixtures
):
    token = new_token("acme", "elevenlabs", "hook_1")
    fixtures.hook(platform="elevenlabs", token_hash=hash_token(token))
    wire.meddle(KINDS["stalled before"].fault, lasting=True)
    answer = ring(token)
    assert answer.status == 200
    assert answer.document["type"] == "conversation_initiation_client_data"
