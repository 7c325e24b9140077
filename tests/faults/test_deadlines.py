"""A resolve responds with every declared variable before its deadline, whatever storage does."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.config import Config

from shared.domain.agents import DEFAULT_DEADLINE_MS
from shared.domain.contacts import PhoneNumber
from shared.services.agents.hook_tokens import hash_token, new_token
from shared.wiring import agents as agent_wiring
from shared.wiring import endpoints as wiring
from shared.wiring import resolving
from tests.adapters import WiringMonkeyPatch
from tests.api import Answer, Api
from tests.faults.kinds import KINDS, stalled_before
from tests.faults.proxy import WRITES, Exchange, Fault, Proxy, let_pass
from tests.fixtures import HOOK_TOKEN, Fixtures

KEY = "native_0123456789"
DEADLINE_MS = 600
SLACK_SECONDS = 0.3
"""The time that the machine of a test may take for the rest of a request."""

TRIES = 5
"""How often a request is sent until it is answered in time.

A busy machine delays some answers, and a deadline that is not kept delays all of them.
"""

DISTANT_MS = 10_000
"""A deadline that no request reaches unless something stalls."""

STALL_SECONDS = 60
"""How long a stalled request lasts, unless its test ends it."""

REQUESTS = 4
"""The requests of a resolve: key, identifier, contact and call."""

NAMES = {"level", "city", "hours"}
STALLED = ("stalled before", "stalled after", "late")


@pytest.fixture
def native(fixtures: Fixtures, wire: Proxy, monkeypatch: WiringMonkeyPatch) -> Iterator[Api]:
    """Return a client of a warm function for which stalls outlast deadlines."""
    wire.timeouts = None
    outlasting = Config(connect_timeout=STALL_SECONDS, read_timeout=STALL_SECONDS)
    monkeypatch.setattr(resolving, "RESOLVE_CONFIG", resolving.RESOLVE_CONFIG.merge(outlasting))
    fixtures.key(KEY, permissions=("*",))
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, "+15550100"),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    city = fixtures.definition("city", default_value="Lima")
    assert city.slot == 1
    fixtures.definition("hours", context_type="business")
    agent = fixtures.agent("agent_1", "level", "city", "business.hours", deadline_ms=DEADLINE_MS)
    fallbacks = tuple(replace(each, fallback=f"no {each.name}") for each in agent.variables)
    fixtures.agents.replace("acme", replace(agent, variables=fallbacks, version=2))
    native = Api(KEY)
    assert resolve(native, deadline_ms=DISTANT_MS).document["complete"]
    yield native
    end(wire)


_call_numbers = itertools.count()


def resolve(native: Api, **members: Any) -> Answer:
    """Resolve for a call of its own."""
    call_id = f"CA{next(_call_numbers)}"
    body = {"agent": "agent_1", "contact": {"phone": "+15550100"}, "call_id": call_id}
    return native.call("POST", "/v1/resolve", {**body, **members})


def end(wire: Proxy) -> None:
    """End what goes on after an answer: stalled requests, and the threads that wait for them."""
    wire.meddle()
    wire.settle()
    for each in threading.enumerate():
        if "(run)" in each.name:
            each.join(STALL_SECONDS)
    wire.settle()


def in_time(wire: Proxy, kind: str, at: int, send: Callable[[], Answer], seconds: float) -> Answer:
    """Send a request until it is answered in time, each time with a fault from one request on."""
    took = []
    for _ in range(TRIES):
        wire.meddle(KINDS[kind].fault, at=at, lasting=True)
        began = time.monotonic()
        answer = send()
        took.append(time.monotonic() - began)
        end(wire)
        if took[-1] < seconds + SLACK_SECONDS:
            return answer
    raise AssertionError(f"answered after {took} seconds, and never within {seconds}")


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.only is None])
@pytest.mark.parametrize("lasting", [False, True])
def test_every_declared_name_is_answered(kind: str, lasting: bool, native: Api, wire: Proxy):
    deadline_ms = DEADLINE_MS if kind in STALLED else DISTANT_MS
    for at in range(REQUESTS):
        wire.meddle(KINDS[kind].fault, at=at, lasting=lasting)
        began = time.monotonic()
        answer = resolve(native, deadline_ms=deadline_ms)
        assert time.monotonic() - began < STALL_SECONDS / 2
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
        end(wire)


@pytest.mark.parametrize("kind", STALLED)
@pytest.mark.parametrize("at", range(REQUESTS))
def test_an_answer_is_sent_at_the_deadline(kind: str, at: int, native: Api, wire: Proxy):
    answer = in_time(wire, kind, at, lambda: resolve(native), DEADLINE_MS / 1000)
    assert answer.status == 200
    assert answer.document["variables"].keys() == NAMES


def test_a_fault_that_passes_at_once_is_tried_again(native: Api, wire: Proxy):
    for at in range(REQUESTS):
        wire.meddle(KINDS["throttled"].fault, at=at)
        assert resolve(native, deadline_ms=DISTANT_MS).document["complete"]


def stalled_at_first(at: int) -> Fault:
    """Stall the request of that number, when a read that is sent a second time is not counted."""
    seen: list[bytes] = []

    def meet(exchange: Exchange) -> None:
        is_first = exchange.body not in seen
        seen.append(exchange.body)
        is_chosen = is_first and [*dict.fromkeys(seen)].index(exchange.body) == at
        (stalled_before if is_chosen else let_pass)(exchange)

    return meet


@pytest.mark.parametrize("is_warm", [True, False])
def test_a_read_that_stalls_is_sent_again_and_the_second_wins(
    native: Api, wire: Proxy, caplog: pytest.LogCaptureFixture, *, is_warm: bool
):
    for at in range(REQUESTS - 1):
        if not is_warm:
            wiring.memory().clear()
            agent_wiring.agent_memory().clear()
        caplog.clear()
        wire.meddle(stalled_at_first(at), lasting=True)
        assert resolve(native, deadline_ms=DISTANT_MS).document["complete"]
        told = [vars(each)["facts"] for each in caplog.records if each.msg == "fell back"]
        # On a busy machine another read can be sent a second time, too.
        assert any(
            {"step": "read_again", "is_second": True}.items() <= each.items() for each in told
        )
        end(wire)


def stalled_writes(exchange: Exchange) -> None:
    """Only reads are answered."""
    (stalled_before if exchange.operation in WRITES else let_pass)(exchange)


def test_an_answer_is_sent_when_it_cannot_be_kept_in_time(
    native: Api, wire: Proxy, fixtures: Fixtures, caplog: pytest.LogCaptureFixture
):
    wire.meddle(stalled_writes, lasting=True)
    found = resolve(native, deadline_ms=3000).document
    assert found["complete"]
    assert found["variables"]["level"] == "Gold"
    calls = [each for each in fixtures.items() if each["entity"]["S"] == "call"]
    assert len(calls) == 1
    lines = [vars(each)["facts"] for each in caplog.records if each.msg == "fell back"]
    # On a busy machine, a read can have been sent twice before.
    (told,) = [each for each in lines if each["step"] != "read_again"]
    assert (told["step"], told["is_late"]) == ("answer", True)


def test_a_function_that_has_just_started_says_that_storage_is_down(
    native: Api, wire: Proxy, monkeypatch: WiringMonkeyPatch
):
    monkeypatch.setattr("shared.wiring.resolving.DEFAULT_DEADLINE_MS", DEFAULT_DEADLINE_MS)

    def resolve_first() -> Answer:
        wiring.memory().clear()
        agent_wiring.agent_memory().clear()
        return resolve(native)

    answer = in_time(wire, "stalled before", 0, resolve_first, DEFAULT_DEADLINE_MS / 1000)
    assert (answer.status, answer.document["code"]) == (500, "unavailable")


def test_a_key_without_the_permission_gets_no_names_when_storage_is_down(
    native: Api, wire: Proxy, fixtures: Fixtures
):
    fixtures.key("a-webhook-key", permissions=("webhooks:read",))
    other = Api("a-webhook-key")
    assert resolve(other, deadline_ms=DISTANT_MS).status == 403
    wire.meddle(KINDS["failed inside"].fault, lasting=True)
    assert resolve(other, deadline_ms=DISTANT_MS).status == 500
    assert resolve(Api("unknown-key-0123456789"), deadline_ms=DISTANT_MS).status == 500


def test_each_caller_of_a_batch_is_answered_in_time(native: Api, wire: Proxy):
    body = {"agent": "agent_1", "contacts": [{"phone": "+15550100"}, {"id": "contact_7"}]}

    def resolve_batch() -> Answer:
        return native.call("POST", "/v1/resolve/batch", body)

    answer = in_time(wire, "stalled before", 3, resolve_batch, DEADLINE_MS / 1000)
    assert answer.status == 200
    assert [each["variables"].keys() for each in answer.document["data"]] == [NAMES, NAMES]
    assert not all(each["complete"] for each in answer.document["data"])


def ring(token: str) -> Answer:
    inbound = {"from_number": "+15550100", "call_id": f"c-{time.monotonic()}"}
    return Api(None).call("POST", f"/h/{token}", {"call_inbound": inbound})


@pytest.fixture
def hook(native: Api, fixtures: Fixtures) -> str:
    """The token of a hook whose function has answered before."""
    fixtures.hook()
    # On a busy machine the first answers may be fallbacks, and without names as none is known.
    answers = (ring(HOOK_TOKEN).document["call_inbound"] for _ in range(TRIES))
    assert any(each["dynamic_variables"].get("level") == "Gold" for each in answers)
    return HOOK_TOKEN


def level_of(answer: Answer) -> Any:
    """The level that a hook answers, which has all declared names."""
    assert answer.status == 200
    found = answer.document["call_inbound"]["dynamic_variables"]
    assert found.keys() >= NAMES
    return found["level"]


@pytest.mark.parametrize("kind", ["stalled before", "throttled", "failed inside", "reset after"])
@pytest.mark.parametrize("lasting", [False, True])
def test_a_hook_answers_in_its_shape(kind: str, lasting: bool, hook: str, wire: Proxy):
    for at in range(REQUESTS):
        wire.meddle(KINDS[kind].fault, at=at, lasting=lasting)
        began = time.monotonic()
        assert level_of(ring(hook)) in ("Gold", "no level")
        assert time.monotonic() - began < STALL_SECONDS / 2
        end(wire)


@pytest.mark.parametrize("at", range(REQUESTS))
def test_a_hook_answers_at_the_deadline(at: int, hook: str, wire: Proxy):
    answer = in_time(wire, "stalled before", at, lambda: ring(hook), DEADLINE_MS / 1000)
    assert level_of(answer) in ("Gold", "no level")


def test_a_hook_of_a_function_that_has_just_started_answers_in_its_shape(
    native: Api, wire: Proxy, fixtures: Fixtures
):
    token = new_token("acme", "elevenlabs", "hook_1")
    fixtures.hook(platform="elevenlabs", token_hash=hash_token(token))
    wire.meddle(KINDS["stalled before"].fault, lasting=True)
    answer = ring(token)
    assert answer.status == 200
    assert answer.document["type"] == "conversation_initiation_client_data"
