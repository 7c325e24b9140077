"""Twilio gets TwiML that is valid whatever a value contains."""

from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from shared.domain.calls import MessageKind, PlatformMessage
from shared.domain.disclosure import Assurance
from shared.platforms.twilio import PLATFORM
from tests.platforms.cases import MIXED, MIXED_AS_TEXT, hook_request, resolution, unavailable

FORM = {
    "CallSid": "CA1",
    "AccountSid": "AC1",
    "From": "+12137771234",
    "To": "+12137771235",
    "CallStatus": "ringing",
    "ApiVersion": "2010-04-01",
    "Direction": "inbound",
}
SETTINGS = {"url": "wss://agent.example.com/ws?a=1&b=2"}


def sent(**fields: str) -> PlatformMessage:
    return PLATFORM.read(hook_request(urlencode({**FORM, **fields}).encode()))


def relay(message: PlatformMessage, given) -> ET.Element:
    response = PLATFORM.answer(message, given)
    assert (response.status, response.content_type) == (200, "text/xml; charset=utf-8")
    root = ET.fromstring(response.body)
    assert [each.tag for each in root.iter()][:3] == ["Response", "Connect", "ConversationRelay"]
    return root[0][0]


def parameters(element: ET.Element) -> dict[str, str]:
    return {each.attrib["name"]: each.attrib["value"] for each in element}


def test_an_incoming_call_is_read():
    assert sent() == PlatformMessage(
        MessageKind.RESOLVE, call_id="CA1", caller="+12137771234", called="+12137771235"
    )


def test_a_webhook_by_get_is_read_from_its_query():
    message = PLATFORM.read(hook_request(method="GET", query=FORM))

    assert (message.call_id, message.caller) == ("CA1", "+12137771234")


@pytest.mark.parametrize("status", ["completed", "busy", "failed", "no-answer", "canceled"])
def test_the_status_of_an_ended_call_is_a_notice(status: str):
    message = sent(CallStatus=status)

    assert (message.kind, message.call_id) == (MessageKind.NOTICE, "CA1")
    assert ET.fromstring(PLATFORM.acknowledgement.body).tag == "Response"


@pytest.mark.parametrize(
    ("verdict", "assurance"),
    [
        ("TN-Validation-Passed-A", Assurance.ATTESTED),
        ("TN-Validation-Passed-B", Assurance.NUMBER_MATCH),
        ("TN-Validation-Passed-C", Assurance.NUMBER_MATCH),
        ("TN-Validation-Passed-A-Passthrough", Assurance.NUMBER_MATCH),
        ("No-TN-Validation", Assurance.NUMBER_MATCH),
        ("", Assurance.NUMBER_MATCH),
        ("TN-Validation-Failed-A", Assurance.NONE),
        ("TN-Validation-Failed", Assurance.NONE),
    ],
)
def test_only_full_attestation_attests(verdict: str, assurance: Assurance):
    assert sent(StirVerstat=verdict).assurance is assurance


@pytest.mark.parametrize("number", ["+266696687", "anonymous", "", "+86282452253", "Restricted"])
def test_a_withheld_number_is_none(number: str):
    message = sent(From=number, StirVerstat="TN-Validation-Passed-A")

    assert (message.caller, message.assurance) == (None, Assurance.NONE)


def test_every_value_is_a_parameter_of_text():
    element = relay(sent(), resolution(MIXED, settings=SETTINGS, call=None))

    assert parameters(element) == MIXED_AS_TEXT


def test_the_attributes_are_those_that_are_set():
    given = resolution(settings=SETTINGS)
    assert relay(sent(), given).attrib == SETTINGS

    members = {"first_message": 'Hi "Ada" <3', "language": "es-ES", "voice": "v1"}
    settings = {**SETTINGS, "tts_provider": "ElevenLabs"}
    assert relay(sent(), resolution(settings=settings, **members)).attrib == {
        "url": SETTINGS["url"],
        "welcomeGreeting": 'Hi "Ada" <3',
        "language": "es-ES",
        "voice": "v1",
        "ttsProvider": "ElevenLabs",
    }


def test_markup_in_a_value_stays_its_text():
    value = "'\"/><Hangup/>&amp;"

    assert parameters(relay(sent(), resolution({"a": value}, call=None))) == {"a": value}


def test_an_unknown_caller_gets_every_variable_as_text():
    message = PLATFORM.read(hook_request(b"\xff\xfe%zz&&=&"))

    assert message.caller is None
    assert parameters(relay(message, unavailable("plan"))) == {"plan": ""}


def test_the_address_of_the_agent_must_be_set():
    assert [each.name for each in PLATFORM.settings if each.required] == ["url"]
