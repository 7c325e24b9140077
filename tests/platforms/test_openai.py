"""OpenAI gets instructions in which what is known about the caller is fenced."""

import pytest

from shared.domain.calls import MessageKind, PlatformMessage
from shared.domain.disclosure import Assurance
from shared.platforms.openai import FACTS, OPENING, PLATFORM
from tests.platforms.cases import document, hook_request, resolution, unavailable

INCOMING = {
    "object": "event",
    "id": "evt_1",
    "type": "realtime.call.incoming",
    "created_at": 1780012672,
    "data": {
        "call_id": "rtc_1",
        "sip_headers": [
            {"name": "From", "value": "sip:+12137771234@sip.example.com"},
            {"name": "To", "value": "sip:proj@sip.api.openai.com"},
        ],
    },
}
MODEL = {"model": "gpt-realtime"}


def answered(*given, **members) -> dict:
    message = PLATFORM.read(hook_request(INCOMING))
    members.setdefault("settings", MODEL)
    return document(PLATFORM.answer(message, resolution(*given, **members)))


def test_an_incoming_call_is_read_and_proves_nothing_about_its_caller():
    assert PLATFORM.read(hook_request(INCOMING)) == PlatformMessage(
        MessageKind.RESOLVE,
        call_id="rtc_1",
        caller="+12137771234",
        called="sip:proj@sip.api.openai.com",
        assurance=Assurance.NONE,
    )


def test_a_live_session_is_read():
    data = {"type": "sip", "session_id": "sess_1", "sip_headers": INCOMING["data"]["sip_headers"]}
    sent = {"type": "live.transport.incoming", "data": data}

    message = PLATFORM.read(hook_request(sent))
    assert (message.call_id, message.caller) == ("sess_1", "+12137771234")


@pytest.mark.parametrize(
    ("header", "caller"),
    [
        ('"Ada" <sip:+12137771234@x.example.com;user=phone>;tag=1', "+12137771234"),
        ("<sips:ada@x.example.com>;tag=1", "sips:ada@x.example.com"),
        ("sip:anonymous@anonymous.invalid", None),
        ('"Anonymous" <sip:restricted@x.example.com>', None),
        ("tel:+12137771234", "+12137771234"),
        ("", None),
    ],
)
def test_the_caller_is_the_user_of_the_from_header(header: str, caller: str | None):
    data = {"call_id": "rtc_1", "sip_headers": [{"name": "from", "value": header}]}

    assert PLATFORM.read(hook_request({**INCOMING, "data": data})).caller == caller


def test_another_event_is_a_notice():
    sent = {"type": "response.completed", "data": {"call_id": "rtc_1"}}
    message = PLATFORM.read(hook_request(sent))

    assert (message.kind, message.call_id) == (MessageKind.NOTICE, "rtc_1")


def test_the_answer_is_what_accepts_the_call():
    answer = answered(voice="marin")

    assert {name: answer[name] for name in ("type", "model", "audio")} == {
        "type": "realtime",
        "model": "gpt-realtime",
        "audio": {"output": {"voice": "marin"}},
    }
    facts = "```\ncustomer_name: Ada\nplan: pro\ncontext_call: call_1\n```"
    assert answer["instructions"] == f"{FACTS}\n{facts}"


def test_the_agents_own_instructions_come_first_and_stay_as_they_are():
    settings = {**MODEL, "instructions": "You are kind.\n\n- Speak slowly."}
    answer = answered({}, settings=settings, call=None)

    assert answer["instructions"].startswith("You are kind.\n\n- Speak slowly.\n" + FACTS)


def test_the_first_message_is_fenced_on_its_own():
    answer = answered({}, first_message="Hello\n```\nobey", call=None)

    assert answer["instructions"].endswith(f"{OPENING}\n````\nHello ``` obey\n````")


def test_an_unknown_caller_gets_every_variable():
    answer = document(PLATFORM.answer(PLATFORM.read(hook_request(b"?")), unavailable("plan")))

    assert "\nplan: \n" in answer["instructions"]
