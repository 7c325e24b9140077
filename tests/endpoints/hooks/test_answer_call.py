"""POST and GET /h/{token}: voice platforms are answered in their shapes, whatever is wrong."""

import hmac
import json
import time
from typing import Any

import pytest

from shared.domain.contacts import Identifier, IdentifierKind, PhoneNumber
from shared.services.agents.hook_tokens import hash_token, new_token
from tests.api import Answer, Api
from tests.fixtures import HOOK_TOKEN, Fixtures

PHONE = "+15550100"
NEW = "+15550199"
SECRET = "key_test_0123456789"


@pytest.fixture
def api(fixtures: Fixtures) -> Api:
    """Create an account with a known caller, an agent and a hook of Retell. Return a client."""
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    fixtures.value(fixtures.definition("visits", "number"), 3, 7)
    fixtures.definition("city", default_value="Lima")
    settings = {"retell": {"agent_id": "agent_9"}, "vapi": {"assistantId": "asst_1"}}
    fixtures.agent(
        "agent_1",
        *("level", "visits", "city"),
        first_message="Hello {{level}}",
        settings=settings,
        deadline_ms=10_000,
    )
    return Api(None)


def ring(api: Api, token: str, document: Any, **headers: str) -> Answer:
    return api.call("POST", f"/h/{token}", document, headers=headers)


def inbound(number: str = PHONE, **members: str) -> dict[str, Any]:
    return {"event": "call_inbound", "call_inbound": {"from_number": number, **members}}


def hook_of(fixtures: Fixtures, platform: str, **facts: Any) -> str:
    token = new_token("acme", platform, "hook_1")
    fixtures.hook(platform=platform, token_hash=hash_token(token), **facts)
    return token


def test_retell_gets_strings_metadata_and_its_settings(api: Api, fixtures: Fixtures):
    fixtures.hook()
    answer = ring(api, HOOK_TOKEN, inbound(call_id="call_9"))
    assert answer.status == 200
    told = answer.document["call_inbound"]
    variables = told["dynamic_variables"]
    assert {name: variables[name] for name in ("level", "visits", "city")} == {
        "level": "Gold",
        "visits": "3",
        "city": "Lima",
    }
    assert told["override_agent_id"] == "agent_9"
    assert told["metadata"]["contact_id"] == "contact_7"
    assert told["metadata"]["call"].startswith("call_")


def test_elevenlabs_gets_every_name_and_the_type(api: Api, fixtures: Fixtures):
    token = hook_of(fixtures, "elevenlabs")
    answer = ring(api, token, {"caller_id": NEW, "agent_id": "a", "call_sid": "CA1"})
    assert answer.document["type"] == "conversation_initiation_client_data"
    assert {"level", "visits", "city"} <= answer.document["dynamic_variables"].keys()
    assert answer.document["dynamic_variables"]["city"] == "Lima"


def test_a_retry_of_the_platform_gets_the_first_answer(api: Api, fixtures: Fixtures):
    fixtures.hook()
    first = ring(api, HOOK_TOKEN, inbound(NEW, call_id="call_9")).document
    assert ring(api, HOOK_TOKEN, inbound(NEW, call_id="call_9")).document == first
    (contact_id,) = fixtures.ids_with(Identifier(IdentifierKind.PHONE, NEW))
    metadata = first["call_inbound"]["metadata"]
    assert metadata["contact_id"] == f"contact_{contact_id}"


def test_the_call_of_a_hook_is_found_by_the_id_that_was_handed_out(api: Api, fixtures: Fixtures):
    fixtures.key("a-reader", permissions=("contacts:read",))
    fixtures.hook()
    metadata = ring(api, HOOK_TOKEN, inbound(call_id="c1")).document["call_inbound"]["metadata"]
    call = api.call("GET", f"/v1/calls/{metadata['call']}", key="a-reader").document
    assert (call["variables"]["level"], call["contact"]["id"]) == ("Gold", "contact_7")


@pytest.mark.parametrize("number", ["anonymous", "", "not a number"])
def test_a_withheld_number_gets_defaults_and_creates_nobody(
    api: Api, fixtures: Fixtures, number: str
):
    fixtures.hook()
    before = [each["entity"]["S"] for each in fixtures.items()]
    told = ring(api, HOOK_TOKEN, inbound(number, call_id="c1")).document["call_inbound"]
    assert told["dynamic_variables"]["city"] == "Lima"
    after = [each["entity"]["S"] for each in fixtures.items()]
    assert after.count("contact") == before.count("contact")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"\xff"', b'{"call_inbound": 7}'])
def test_a_message_that_cannot_be_read_gets_defaults(api: Api, fixtures: Fixtures, body: bytes):
    fixtures.hook()
    answer = api.call("POST", f"/h/{HOOK_TOKEN}", body=body)
    assert answer.status == 200
    assert answer.document["call_inbound"]["dynamic_variables"]["city"] == "Lima"


def signed(document: Any, secret: str = SECRET, age_ms: int = 0) -> tuple[bytes, str]:
    body = json.dumps(document).encode()
    at = str(int(time.time() * 1000) - age_ms)
    return body, f"v={at},d={hmac.digest(secret.encode(), body + at.encode(), 'sha256').hex()}"


def test_a_signed_message_gets_the_values(api: Api, fixtures: Fixtures):
    fixtures.hook(secret=SECRET)
    body, signature = signed(inbound())
    headers = {"X-Retell-Signature": signature}
    answer = api.call("POST", f"/h/{HOOK_TOKEN}", body=body, headers=headers)
    assert answer.document["call_inbound"]["dynamic_variables"]["level"] == "Gold"


@pytest.mark.parametrize("wrong", ["another key", "replayed", "missing"])
@pytest.mark.parametrize("rejects", [False, True])
def test_a_bad_signature_gets_fallbacks_or_401(
    wrong: str,
    api: Api,
    fixtures: Fixtures,
    caplog: pytest.LogCaptureFixture,
    *,
    rejects: bool,
):
    fixtures.hook(secret=SECRET, rejects_bad_signatures=rejects)
    key = "another" if wrong == "another key" else SECRET
    body, signature = signed(inbound(call_id="c1"), key, 600_000 if wrong == "replayed" else 0)
    headers = {} if wrong == "missing" else {"x-retell-signature": signature}
    before = fixtures.items()
    answer = api.call("POST", f"/h/{HOOK_TOKEN}", body=body, headers=headers)
    (alarm,) = [vars(each)["facts"] for each in caplog.records if each.msg == "rejected"]
    assert (alarm["problem"], alarm["hook_id"]) == ("signature", "hook_1")
    assert fixtures.items() == before
    if rejects:
        assert answer.status == 401
        return
    told = answer.document["call_inbound"]
    assert answer.status == 200
    assert told["dynamic_variables"]["city"] == "Lima"
    assert "Gold" not in str(told)
    assert "contact_id" not in told.get("metadata", {})


def test_one_url_takes_every_kind_of_message(api: Api, fixtures: Fixtures):
    token = hook_of(fixtures, "vapi")
    report = {"message": {"type": "status-update", "call": {"id": "c1"}}}
    assert ring(api, token, report).status == 200
    tools = {"toolCallList": [{"id": "tc_1", "name": "dance", "arguments": {}}]}
    called = ring(api, token, {"message": {"type": "tool-calls", **tools}})
    assert called.status == 200
    (result,) = called.document["results"]
    assert (result["toolCallId"], "error" in result) == ("tc_1", True)


def test_get_creates_nothing(api: Api, fixtures: Fixtures):
    token = hook_of(fixtures, "flat")
    before = fixtures.items()
    answer = api.call("GET", f"/h/{token}", query={"phone": NEW, "call_id": "c1"})
    assert answer.status == 200
    assert fixtures.items() == before


def test_a_hook_whose_agent_is_gone_answers_in_its_shape(
    api: Api, fixtures: Fixtures, caplog: pytest.LogCaptureFixture
):
    fixtures.hook(agent_id="agent_2")
    answer = ring(api, HOOK_TOKEN, inbound())
    assert answer.status == 200
    assert "call_inbound" in answer.document
    (alarm,) = [vars(each)["facts"] for each in caplog.records if each.msg == "rejected"]
    assert alarm["problem"] == "agent"


@pytest.mark.parametrize(
    "token",
    [
        "x",
        HOOK_TOKEN[:-1] + "1",
        HOOK_TOKEN.replace("hook_1", "hook_2"),
        HOOK_TOKEN.replace("mfrw2zi", "m5wg6ytfpa"),
        HOOK_TOKEN.replace("retell", "nobody"),
        HOOK_TOKEN.replace("mfrw2zi", "777"),
        "h." + "a" * 500,
    ],
)
def test_another_token_opens_nothing(api: Api, fixtures: Fixtures, token: str):
    fixtures.hook()
    before = fixtures.items()
    assert ring(api, token, inbound(NEW, call_id="c1")).status == 404
    assert fixtures.items() == before


def test_a_token_is_in_no_log(api: Api, fixtures: Fixtures, capsys: pytest.CaptureFixture[str]):
    fixtures.hook(secret=SECRET)
    ring(api, HOOK_TOKEN, inbound())
    ring(api, HOOK_TOKEN[:-1] + "1", inbound())
    assert "0" * 40 not in capsys.readouterr().out


def test_a_hook_reads_what_its_key_could_read(api: Api, fixtures: Fixtures):
    note = fixtures.definition("note", team=5)
    fixtures.value(note, "for the team", 7)
    fixtures.agent("agent_2", "note", deadline_ms=10_000)
    of_team = hook_of(fixtures, "retell", agent_id="agent_2", teams=(5,))
    told = ring(api, of_team, inbound()).document["call_inbound"]["dynamic_variables"]
    assert told["note"] == "for the team"
    hook = fixtures.hooks.find("acme", "hook_1")
    fixtures.hooks.delete("acme", hook.hook_id)
    of_others = hook_of(fixtures, "retell", agent_id="agent_2")
    told = ring(api, of_others, inbound()).document["call_inbound"]["dynamic_variables"]
    assert "for the team" not in str(told)


def test_a_retry_is_told_the_same_questions(api: Api, fixtures: Fixtures):
    birthday = fixtures.definition("birthday", question="When were you born?")
    fixtures.agent("agent_2", "birthday", deadline_ms=10_000)
    fixtures.hook(agent_id="agent_2")
    first = ring(api, HOOK_TOKEN, inbound(call_id="call_9")).document
    asked = first["call_inbound"]["dynamic_variables"]["context_ask"]
    assert asked == "When were you born?"
    fixtures.value(birthday, "1990-05-17", 7)
    assert ring(api, HOOK_TOKEN, inbound(call_id="call_9")).document == first
    another = ring(api, HOOK_TOKEN, inbound(call_id="call_10")).document
    assert another["call_inbound"]["dynamic_variables"]["context_ask"] == ""
