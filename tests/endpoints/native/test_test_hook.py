"""POST /v1/hooks/{hook_id}/test: what the platform would get, why, and what to set at it."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.event import Request, build_event
from local.routing import find_route
from shared.domain.contacts import PhoneNumber
from shared.platforms.registry import NAMES, find
from shared.platforms.samples import sample_body
from shared.services.agents import hook_tests
from shared.services.agents.hook_tokens import hash_token, new_token
from tests.api import Answer, Api, handler, template
from tests.fixtures import HOOK_TOKEN, Fixtures

PATH = "/v1/hooks/hook_1/test"
PHONE = "+15550100"
SECRET = "key_test_0123456789"
# The test vector of retell-sdk 6.2.13.
SIGNED = (
    '{"event":"call_inbound","event_timestamp":1780012672105,"call_inbound":'
    '{"from_number":"+12137771234","to_number":"+12137771235"}}'
)
SIGNATURE = "v=1780012672105,d=1859ae1413a88208a568f5bd935c4068a4af57f6f08ed5df07ad5edaf8aa8706"
SIGNED_AT = datetime.fromtimestamp(1780012672.105, UTC)

SETTINGS: dict[str, Any] = {
    "vapi": {"assistant_id": "asst_1"},
    "twilio": {"url": "wss://agent.example.com/ws"},
    "openai": {"model": "gpt-realtime"},
}


@pytest.fixture
def api(native: Api, fixtures: Fixtures) -> Api:
    """Return a client of an account with a known caller and an agent."""
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    fixtures.value(fixtures.definition("visits", "number"), 3, 7)
    fixtures.definition("city", default_value="Lima")
    fixtures.agent(
        "agent_1",
        *("level", "visits", "city"),
        first_message="Hello {{level}}",
        settings=SETTINGS,
        deadline_ms=1200,
    )
    return native


def report_of(api: Api, document: Any = None) -> dict[str, Any]:
    answer: Answer = api.call("POST", PATH, document)
    assert answer.status == 200, answer.document
    found: dict[str, Any] = answer.document
    return found


def ring(token: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    """Call a hook, whose responses can have other formats than JSON."""
    path = f"/h/{token}"
    host = {"host": "api.example.com"}
    sent = tuple({**host, **headers}.items())
    request = Request(
        method="POST",
        raw_path=path,
        raw_query="",
        headers=sent,
        body=body.encode(),
        source_ip="127.0.0.1",
    )
    match = find_route(template().routes, "POST", path)
    assert match is not None
    event = build_event(request, match, request_id="a-request", time=datetime.now(UTC))
    answered: dict[str, Any] = handler("HooksAnswerCall")(event, None)
    return answered


def check(report: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (each for each in report["checks"] if each["check"] == name)
    checked: dict[str, Any] = found
    return checked


def of_known_caller(body: str = "", **members: Any) -> dict[str, Any]:
    return {"request": {"body": body or sample_body("retell", PHONE, "call_9"), **members}}


def test_a_sample_shows_the_exact_answer_and_what_to_set(api: Api, fixtures: Fixtures):
    fixtures.hook(secret=SECRET)
    report = report_of(api, {"contact": {"phone": PHONE}})
    assert (report["result"], report["outcome"]) == ("ok", "answered")
    assert (report["hook"], report["agent"], report["platform"]) == ("hook_1", "agent_1", "retell")
    answer = report["answer"]
    assert (answer["status"], answer["headers"]) == (200, {"content-type": "application/json"})
    told = json.loads(answer["body"])["call_inbound"]["dynamic_variables"]
    call = told.pop("context_call")
    assert call.startswith("call_")
    assert told == {"level": "Gold", "visits": "3", "city": "Lima"}
    assert report["resolution"]["contact"]["id"] == "contact_7"
    assert report["resolution"]["states"]["city"] == {"state": "default"}
    sample = report["request"]
    assert sample["body"] == sample_body("retell", PHONE, "test-call")
    assert sample["url"] == "https://api.example.com/h/<token>"
    settings = {each["setting"]: each["value"] for each in report["console"]}
    assert settings["Phone number: inbound webhook URL"] == "https://api.example.com/h/<token>"
    assert settings["Variables of the prompt"] == (
        "{{level}}, {{visits}}, {{city}}, {{context_call}}"
    )
    assert check(report, "values")["fact"].endswith("visits.")
    assert SECRET not in json.dumps(report)


@pytest.mark.parametrize("platform", NAMES)
def test_a_platform_gets_what_the_test_showed(platform: str, api: Api, fixtures: Fixtures):
    token = new_token("acme", platform, "hook_1")
    fixtures.hook(platform=platform, token_hash=hash_token(token))
    body = sample_body(platform, PHONE, "call_9")
    kind = "application/x-www-form-urlencoded" if platform == "twilio" else "application/json"
    headers = {"content-type": kind}
    before = fixtures.items()
    given = {"url": f"https://api.example.com/h/{token}", "headers": headers, "body": body}
    report = report_of(api, {"request": given})
    assert fixtures.items() == before
    real = ring(token, headers, body)
    shown = report["answer"]
    assert (shown["status"], shown["body"]) == (real["statusCode"], real["body"])
    assert shown["headers"]["content-type"] == real["headers"]["content-type"]
    failures = [each for each in report["checks"] if each["result"] == "failure"]
    assert failures == []
    names = [each["value"] for each in report["console"] if "Variables" in each["setting"]]
    assert "level" in names[0]
    assert "{url}" not in json.dumps(report["console"])
    assert "{waits}" not in json.dumps(report)


@pytest.mark.parametrize(
    "phone", ["+15550177", "anonymous", ""], ids=["unknown", "withheld", "empty"]
)
def test_nobody_is_created_for_an_unknown_caller(phone: str, api: Api, fixtures: Fixtures):
    fixtures.hook()
    before = fixtures.items()
    report = report_of(api, {"contact": {"phone": phone}})
    assert check(report, "caller")["result"] == "warning"
    assert report["resolution"]["contact"]["known"] is False
    assert fixtures.items() == before


def test_several_contacts_with_the_number_are_a_warning(api: Api, fixtures: Fixtures):
    fixtures.hook()
    fixtures.contact(8, phone_numbers=(PhoneNumber(1, PHONE),))
    report = report_of(api, {"contact": {"phone": PHONE}})
    assert check(report, "caller")["fact"].startswith("Several contacts")


@pytest.mark.parametrize(
    ("members", "result", "words"),
    [
        ({"received_at": SIGNED_AT.isoformat()}, "ok", "that of the hook's secret"),
        ({}, "failure", "replayed: its timestamp is too old"),
        ({"headers": {}}, "failure", "unsigned: no header x-retell-signature"),
        ({"headers": {"X-Retell-Signature": "v=1,d=zz"}}, "failure", "malformed"),
        ({"body": SIGNED + " "}, "failure", "wrong: of other bytes, or of another key"),
    ],
    ids=["genuine", "old", "unsigned", "malformed", "changed"],
)
def test_a_signature_is_verified_as_the_hook_verifies_it(
    members: dict[str, Any], result: str, words: str, api: Api, fixtures: Fixtures
):
    fixtures.hook(secret=SECRET)
    given = {"headers": {"X-Retell-Signature": SIGNATURE}, "body": SIGNED, **members}
    report = report_of(api, {"request": given})
    found = check(report, "signature")
    assert found["result"] == result
    assert words in found["fact"]
    assert report["outcome"] == ("answered" if result == "ok" else "fallbacks")
    if result == "failure":
        assert found["action"]
        assert report["result"] == "failure"


def test_another_secret_is_told_and_what_the_call_does(api: Api, fixtures: Fixtures):
    fixtures.hook(secret="another", rejects_bad_signatures=True)
    given = {"headers": {"x-retell-signature": SIGNATURE}, "body": SIGNED}
    report = report_of(api, {"request": {**given, "received_at": SIGNED_AT.isoformat()}})
    assert report["outcome"] == "rejected"
    assert report["answer"]["status"] == 401
    assert report["consequence"].startswith("Retell tries up to three more times")
    assert "the API key of your Retell account" in check(report, "signature")["action"]


def test_a_secret_of_your_own_is_compared(api: Api, fixtures: Fixtures):
    fixtures.hook(platform="elevenlabs", secret=SECRET)
    body = sample_body("elevenlabs", PHONE, "CA1")
    for given, result in ((f"Bearer {SECRET}", "ok"), ("Bearer no", "failure")):
        report = report_of(api, {"request": {"headers": {"Authorization": given}, "body": body}})
        assert check(report, "signature")["result"] == result
    headers = [each for each in report["console"] if each["setting"] == "Header of the request"]
    assert headers[0]["value"] == "authorization: Bearer <secret>"


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        ("", "body", "empty"),
        ("no json", "body", "no JSON object"),
        ("[1]", "body", "no JSON object"),
        ('{"event": "call_ended"}', "message", "a report, or of a kind that is not known"),
        ('{"event": "call_inbound", "call_inbound": {}}', "caller", "no number of the caller"),
    ],
)
def test_what_is_wrong_with_a_message_is_said(
    body: str, name: str, words: str, api: Api, fixtures: Fixtures
):
    fixtures.hook()
    report = report_of(api, {"request": {"body": body}})
    found = check(report, name)
    assert words in found["fact"]
    assert found["action"]
    assert found["result"] in {"warning", "failure"}


def test_a_tool_is_not_run(api: Api, fixtures: Fixtures):
    fixtures.hook()
    call = {"call_id": "call_9", "from_number": PHONE}
    arguments = {"variable": "level", "value": "Silver"}
    body = json.dumps({"name": "set_variable", "args": arguments, "call": call})
    before = fixtures.items()
    report = report_of(api, {"request": {"body": body}})
    assert (report["outcome"], report["answer"]) == ("tools", None)
    assert fixtures.items() == before


def test_the_token_of_the_url_is_checked(api: Api, fixtures: Fixtures):
    old, later = new_token("acme", "retell", "hook_1"), datetime.now(UTC) + timedelta(hours=1)
    fixtures.hook(old_token_hash=hash_token(old), old_token_until=later)
    other = new_token("acme", "retell", "hook_1")
    found = {}
    for token in (HOOK_TOKEN, old, other):
        report = report_of(api, of_known_caller(url=f"https://api.example.com/h/{token}"))
        found[token] = (check(report, "token")["result"], report["outcome"])
    assert found == {
        HOOK_TOKEN: ("ok", "answered"),
        old: ("warning", "answered"),
        other: ("failure", "not_found"),
    }
    assert report["answer"] is None


@pytest.mark.parametrize(
    ("platform", "facts", "name", "words"),
    [
        ("telnyx", {"secret": "no base64!"}, "secret", "it is no base64"),
        ("telnyx", {"secret": "c2hvcnQ="}, "secret", "no public key of 32 bytes"),
        ("fish_audio", {}, "secret", "it answers whoever has its URL"),
        ("vogent", {}, "secret", "the token in the URL is the only secret"),
    ],
)
def test_a_secret_that_cannot_work_is_found(
    platform: str, facts: dict[str, Any], name: str, words: str, api: Api, fixtures: Fixtures
):
    fixtures.hook(platform=platform, **facts)
    assert words in check(report_of(api), name)["fact"]


def test_names_settings_and_deadlines_that_do_not_fit_are_found(native: Api, fixtures: Fixtures):
    fixtures.definition("telnyx_plan")
    fixtures.agent("agent_1", "telnyx_plan", deadline_ms=5000, settings={"telnyx": {"x": "y"}})
    fixtures.hook(platform="telnyx")
    report = report_of(native)
    facts = [each["fact"] for each in report["checks"] if each["check"] == "declaration"]
    assert facts == [
        "`telnyx_plan`: Telnyx: the platform sets it itself.",
        "`settings.x`: the platform has no such setting.",
    ]
    late = check(report, "deadline")
    assert late["result"] == "warning"
    assert "Telnyx waits 1,500 ms" in late["fact"]
    assert "1,200 or less" in late["action"]


def test_values_that_are_cut_or_sent_empty_are_found(api: Api, fixtures: Fixtures):
    for number, name in enumerate(("story", "novel")):
        fixtures.value(fixtures.definition(name), "é" * (1500 + 1000 * number), 7)
    variables = [f"essay_{n}" for n in range(40)]
    for name in variables:
        fixtures.value(fixtures.definition(name), "é" * 1900, 7)
    fixtures.agent("agent_2", "story", "novel", *variables)
    fixtures.hook(agent_id="agent_2")
    report = report_of(api, {"contact": {"phone": PHONE}})
    facts = [each["fact"] for each in report["checks"] if each["check"] == "values"]
    assert [fact.split(":")[0] for fact in facts] == [
        "Sent empty, because they are too large or no value",
        "Cut after 2,000 characters",
    ]
    assert facts[1].endswith("novel.")


def test_withheld_and_empty_variables_are_named(native: Api, fixtures: Fixtures):
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    fixtures.value(fixtures.definition("pin", min_assurance="otp"), "1234", 7)
    fixtures.agent("agent_1", "pin")
    fixtures.hook()
    report = report_of(native, {"contact": {"phone": PHONE}})
    facts = [each["fact"] for each in report["checks"] if each["check"] == "variables"]
    assert facts[0] == "Withheld, because of assurance: pin."
    assert facts[1].endswith("a fallback: pin.")
    assert "1234" not in json.dumps(report["answer"])


@pytest.mark.parametrize("platform", NAMES)
def test_every_platform_is_told_what_to_ask(platform: str, native: Api, fixtures: Fixtures):
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    fixtures.definition("birthday", question="When were you born?")
    city = fixtures.definition("city", question="Where do you live?")
    fixtures.value(city, "Lima", 7)
    fixtures.agent("agent_1", "birthday", "city", settings=SETTINGS)
    fixtures.hook(platform=platform)
    report = report_of(native, {"contact": {"phone": PHONE}})
    body = report["answer"]["body"]
    assert body.count("When were you born?") == 1
    assert "Where do you live?" not in body
    assert "birthday: `context_ask`" in str(report["checks"])
    assert "context_ask" in str(report["console"])


def test_an_agent_with_nothing_to_ask_gets_an_empty_text(native: Api, fixtures: Fixtures):
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    fixtures.value(fixtures.definition("city", question="Where do you live?"), "Lima", 7)
    fixtures.agent("agent_1", "city")
    fixtures.hook()
    report = report_of(native, {"contact": {"phone": PHONE}})
    told = json.loads(report["answer"]["body"])["call_inbound"]["dynamic_variables"]
    assert told["context_ask"] == ""


def test_an_agent_that_was_deleted_is_found(native: Api, fixtures: Fixtures):
    fixtures.hook(agent_id="agent_9")
    report = report_of(native)
    assert check(report, "agent")["result"] == "failure"
    assert report["answer"]["status"] == 200
    assert report["consequence"] == "Retell gets an answer without variables."
    assert report["resolution"] is None


def test_a_url_that_is_none_is_read_as_no_url(api: Api, fixtures: Fixtures):
    fixtures.hook()
    report = report_of(api, of_known_caller(url="http://[x"))
    assert report["outcome"] == "answered"
    assert "token" not in {each["check"] for each in report["checks"]}


def test_a_get_creates_nothing(api: Api, fixtures: Fixtures):
    fixtures.hook(platform="bland")
    url = f"https://api.example.com/x?phone={PHONE.replace('+', '%2B')}&call_id=c1"
    report = report_of(api, {"request": {"method": "GET", "url": url}})
    assert check(report, "caller")["result"] == "ok"
    assert check(report, "call_id")["result"] == "warning"


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"contact": {"phone": PHONE}, "request": {}}, "/contact"),
        ({"contact": None, "request": None}, "/contact"),
        ({"contact": {}}, "/contact/phone"),
        ({"request": {"body": {"event": "x"}}}, "/request/body"),
        ({"request": {"body": "x" * 100_001}}, "/request/body"),
        ({"request": {"headers": {str(n): "" for n in range(51)}}}, "/request/headers"),
        ({"request": {"method": "PUT"}}, "/request/method"),
        ({"request": {"url": "x" * 4097}}, "/request/url"),
        ({"request": {"received_at": "yesterday"}}, "/request/received_at"),
        ({"platform": "retell"}, "/platform"),
    ],
)
def test_what_is_no_test_is_refused(
    document: dict[str, Any], pointer: str, api: Api, fixtures: Fixtures
):
    fixtures.hook()
    answer = api.call("POST", PATH, document)
    assert answer.status == 400
    assert pointer in [each["pointer"] for each in answer.document["errors"]]


def test_a_key_that_gets_less_than_the_hook_tests_nothing(api: Api, fixtures: Fixtures):
    fixtures.hook()
    fixtures.key("a-weak-key", permissions=("*",), sensitivity="public")
    fixtures.key("a-key-for-people", permissions=("*",), purpose="human")
    fixtures.key("a-key-without-contacts", permissions=("agents:write",))
    fixtures.key("a-key-without-agents", permissions=("contacts:read", "agents:read"))
    keys = ("a-weak-key", "a-key-for-people", "a-key-without-contacts", "a-key-without-agents")
    for key in keys:
        answer = api.call("POST", PATH, key=key)
        assert answer.status == 403
        assert "Gold" not in str(answer.document)


def test_there_is_no_such_hook(native: Api):
    assert native.call("POST", PATH).status == 404


def test_a_signature_of_the_url_needs_the_url(api: Api, fixtures: Fixtures):
    fixtures.hook(platform="twilio", secret="twilio_token")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    url = f"https://api.example.com/h/{HOOK_TOKEN}"
    text = f"{url}CallSidCA1From{PHONE}"
    digest = hmac.digest(b"twilio_token", text.encode(), "sha1")
    headers["x-twilio-signature"] = base64.b64encode(digest).decode()
    body = f"CallSid=CA1&From={PHONE.replace('+', '%2B')}"
    given = {"headers": headers, "body": body}
    report = report_of(api, {"request": {**given, "url": url}})
    assert check(report, "signature")["result"] == "ok"
    report = report_of(api, {"request": given})
    assert "Give the url as the platform called it" in check(report, "signature")["action"]


def test_a_caller_without_a_number_is_told_from_a_missing_one(api: Api, fixtures: Fixtures):
    fixtures.hook()
    for number, fact in (
        ("client:alice", "The caller has no phone number."),
        ("", "The message has no number of the caller, or a withheld one."),
    ):
        found = check(
            report_of(api, {"request": {"body": sample_body("retell", number)}}), "caller"
        )
        assert (found["result"], found["fact"]) == ("warning", fact)


def test_an_agent_without_variables_is_a_warning(api: Api, fixtures: Fixtures):
    fixtures.agent("agent_2", deadline_ms=1200)
    fixtures.hook(agent_id="agent_2", secret=SECRET)
    found = check(report_of(api, {"contact": {"phone": PHONE}}), "variables")
    assert (found["result"], found["fact"]) == ("warning", "The agent declares no variables.")


def test_an_answer_that_took_too_long_is_a_failure(
    api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    fixtures.hook(secret=SECRET)
    times = iter([0.0, 60.0])
    monkeypatch.setattr(hook_tests, "perf_counter", lambda: next(times))
    found = check(report_of(api, {"contact": {"phone": PHONE}}), "deadline")
    assert (found["result"], found["fact"][:28]) == ("failure", "The answer took 60,000 ms, a")


def test_the_body_is_said_to_matter_only_where_it_is_signed(api: Api, fixtures: Fixtures):
    """Synthflow signs the id of the call and nothing else."""
    actions = {}
    now = f"{datetime.now(UTC).timestamp() * 1000:.0f}"
    for platform, signature in (("retell", f"v={now},d={'00' * 32}"), ("synthflow", "00" * 32)):
        fixtures.hook(f"hook_of_{platform}", platform=platform, secret=SECRET)
        scheme = find(platform).signature
        assert scheme is not None
        headers = {scheme.headers[0]: signature}
        given = {"body": sample_body(platform, PHONE, "c1"), "headers": headers}
        answer = api.call("POST", f"/v1/hooks/hook_of_{platform}/test", {"request": given})
        found = check(answer.document, "signature")
        assert found["result"] == "failure"
        actions[platform] = found["action"]
    is_told = {platform: "body byte for byte" in action for platform, action in actions.items()}
    assert is_told == {"retell": True, "synthflow": False}
    assert "as secret" in actions["synthflow"]
