"""Dialogflow CX gets parameters of its session, and a null removes one."""

from shared.domain.calls import MessageKind, PlatformMessage
from shared.platforms.dialogflow_cx import PLATFORM
from tests.platforms.cases import MIXED, document, hook_request, resolution, unavailable

WEBHOOK = {
    "detectIntentResponseId": "r1",
    "languageCode": "es",
    "fulfillmentInfo": {"tag": "resolve"},
    "sessionInfo": {
        "session": "projects/p/locations/l/agents/a/sessions/s",
        "parameters": {"x": "1"},
    },
    "pageInfo": {"currentPage": "projects/p/pages/START_PAGE"},
    "payload": {"telephony": {"caller_id": "+12137771234"}},
}


def test_a_webhook_request_is_read():
    assert PLATFORM.read(hook_request(WEBHOOK)) == PlatformMessage(
        MessageKind.RESOLVE, call_id="s", caller="+12137771234"
    )


def test_a_chat_without_telephony_has_no_caller():
    message = PLATFORM.read(hook_request({**WEBHOOK, "payload": {}}))

    assert (message.call_id, message.caller) == ("s", None)


def test_values_keep_their_types():
    answer = document(
        PLATFORM.answer(PLATFORM.read(hook_request(WEBHOOK)), resolution(MIXED, call=None))
    )

    assert answer == {"sessionInfo": {"parameters": MIXED}}


def test_an_answer_is_within_64_kib():
    given = {f"v{number}": "é" * 2000 for number in range(200)}
    response = PLATFORM.answer(PLATFORM.read(hook_request(WEBHOOK)), resolution(given))

    assert len(response.body) <= 64 * 1024
    assert {*given} <= {*document(response)["sessionInfo"]["parameters"]}


def test_an_unknown_caller_gets_every_parameter():
    answer = document(PLATFORM.answer(PLATFORM.read(hook_request(b"?")), unavailable("plan")))

    assert answer == {"sessionInfo": {"parameters": {"plan": None}}}
