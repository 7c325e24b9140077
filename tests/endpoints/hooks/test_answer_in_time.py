"""POST /h/{token} while storage fails or does not respond: an answer in the platform's shape."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from local.event import Request, build_event
from local.routing import find_route
from shared.domain.contacts import PhoneNumber
from shared.domain.deadlines import Deadline, within
from shared.domain.errors import Unavailable
from shared.wiring import agents as agent_wiring
from shared.wiring import endpoints as wiring
from shared.wiring import hooks as hook_wiring
from shared.wiring import resolving
from tests.api import Answer, Api, invoke, template
from tests.failures import FAILURES, failing
from tests.fixtures import HOOK_TOKEN, Fixtures
from tests.stalling import stalled

READS = ("BatchGetItem", "GetItem", "Query")
PATH = f"/h/{HOOK_TOKEN}"
FALLBACKS = {"level": "no level", "city": "Lima"}
VALUES = {"level": "Gold", "city": "Lima"}


@pytest.fixture
def api(fixtures: Fixtures) -> Api:
    """Return a client. The function has the hook in memory, so its agent sets the deadline."""
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, "+15550100"),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    fixtures.definition("city", default_value="Lima")
    agent = fixtures.agent("agent_1", "level", "city", deadline_ms=10_000)
    fallbacks = tuple(replace(each, fallback=f"no {each.name}") for each in agent.variables)
    fixtures.agents.replace("acme", replace(agent, variables=fallbacks, version=2))
    fixtures.hook()
    assert hook_wiring.hooks().find_with_head("acme", "hook_1")
    assert resolving.agents().find_compiled("acme", "agent_1")
    return Api(None)


def ring(api: Api) -> Answer:
    inbound = {"from_number": "+15550100", "call_id": "c1"}
    return api.call("POST", PATH, {"event": "call_inbound", "call_inbound": inbound})


def variables(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200
    told = answer.document["call_inbound"]["dynamic_variables"]
    return {name: told.get(name) for name in VALUES}


@pytest.mark.parametrize(
    ("failure", "logged"),
    [
        ("throttled", {"error": "Unavailable"}),
        # Neither is an outage, so both are logged as failures of the code.
        ("denied", {"error_code": "AccessDeniedException"}),
        ("gone", {"error_code": "ResourceNotFoundException"}),
    ],
)
def test_fallbacks_are_sent_if_storage_fails(
    failure: str, logged: dict[str, str], api: Api, caplog: pytest.LogCaptureFixture
):
    with failing(dict.fromkeys(READS, FAILURES[failure]), resolving.table()):
        assert variables(ring(api)) == FALLBACKS
    lines = [vars(each) for each in caplog.records if each.name == "contact-context"]
    assert any(logged.items() <= each["facts"].items() for each in lines)
    failures = [each for each in lines if each["levelname"] == "ERROR"]
    assert bool(failures) == ("error_code" in logged)
    assert "Gold" not in repr(lines)


def test_fallbacks_are_sent_at_the_deadline(api: Api):
    with stalled(*READS):
        assert variables(ring(api)) == FALLBACKS


def test_values_are_sent_although_they_are_not_kept_in_time(api: Api, fixtures: Fixtures):
    with stalled("PutItem"):
        assert variables(ring(api)) == VALUES
    assert "call" not in [each["entity"]["S"] for each in fixtures.items()]


def test_a_function_that_has_just_started_answers_in_the_shape(api: Api):
    wiring.memory().clear()
    agent_wiring.agent_memory().clear()
    hook_wiring.hooks.cache_clear()
    with stalled(*READS):
        answer = ring(api)
    assert answer.status == 200
    assert "call_inbound" in answer.document
    assert "Gold" not in str(answer.document)


def test_a_body_that_is_no_base64_gets_what_an_unknown_caller_gets(api: Api):
    request = Request(
        method="POST", raw_path=PATH, raw_query="", headers=(), body=b"", source_ip="127.0.0.1"
    )
    match = find_route(template().routes, "POST", PATH)
    assert match is not None
    event = build_event(request, match, request_id="a-request", time=datetime.now(UTC))
    event = {**event, "body": "a", "isBase64Encoded": True}
    assert variables(invoke(match.route.function, event)) == FALLBACKS


def test_values_are_sent_although_keeping_them_is_denied(api: Api):
    with failing({"PutItem": FAILURES["denied"]}, resolving.table()):
        assert variables(ring(api)) == VALUES


def test_one_response_is_logged_with_what_was_sent(api: Api, caplog: pytest.LogCaptureFixture):
    with failing(dict.fromkeys(READS, FAILURES["throttled"]), resolving.table()):
        assert ring(api).status == 200
    (facts,) = [vars(each)["facts"] for each in caplog.records if each.msg == "responded"]
    assert (facts["status"], facts["hook_id"]) == (200, "hook_1")


@pytest.mark.parametrize(("rejects", "status"), [(True, 401), (False, 200)])
def test_an_unsigned_request_is_rejected_although_storage_is_late(
    api: Api, fixtures: Fixtures, status: int, *, rejects: bool
):
    fixtures.hooks.delete("acme", "hook_1")
    fixtures.hook(secret="key_test_0123456789", rejects_bad_signatures=rejects)
    assert hook_wiring.hooks().find_with_head("acme", "hook_1")
    with stalled(*READS):
        answer = ring(api)
    assert answer.status == status


def test_no_write_begins_after_the_deadline(api: Api):
    with within(Deadline(0)), pytest.raises(Unavailable):
        hook_wiring.hooks().delete("acme", "hook_1")
    assert hook_wiring.hooks().find("acme", "hook_1")
    assert api


def test_a_failure_to_read_a_message_is_logged_and_answered(
    api: Api, caplog: pytest.LogCaptureFixture
):
    def read(*_: Any, **__: Any) -> Any:
        raise ValueError

    handler = hook_wiring.hook_endpoint(read)(lambda *_: pytest.fail("not reached"))
    event = {
        "requestContext": {"http": {"method": "POST"}},
        "pathParameters": {"token": HOOK_TOKEN},
    }
    assert handler(event, None)["statusCode"] == 500
    assert [each.msg for each in caplog.records] == ["failed", "responded"]
    assert api
