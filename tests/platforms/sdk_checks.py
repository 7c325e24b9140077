"""Check requests and answers with the SDKs of the voice platforms.

Runs in the environment of the SDKs, with the root of the project as PYTHONPATH:
`python sdk_checks.py PLATFORM` runs the checks of a platform and prints the name of each.
Needs nothing else of the service, because platforms import the standard library only.
"""

import base64
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from shared.domain.calls import ToolResult
from shared.platforms.registry import find
from shared.platforms.signatures import SignatureStatus, verify
from tests.platforms.cases import MIXED, hook_request, resolution

CHECKS: dict[str, list[Callable[[], None]]] = {}
BODIES = [b"{}", '{"name":"José","text":"日本"}'.encode(), b'{ "a" : [1, 2.50] }\n']
MEMBERS = {"first_message": "Hello Ada", "voice": "v1", "language": "es"}


def check(platform: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Add a check of a platform."""

    def add(function: Callable[[], None]) -> Callable[[], None]:
        CHECKS.setdefault(platform, []).append(function)
        return function

    return add


def status(platform: str, request: Any, secret: str, now: float | None = None) -> SignatureStatus:
    """Verify a request as a hook of the platform does."""
    scheme = find(platform).signature
    assert scheme is not None
    return verify(scheme, request, [secret], time.time() if now is None else now).status


def answered(platform: str, **members: Any) -> Any:
    """Return the JSON that a platform is answered with."""
    found = find(platform)
    response = found.answer(found.read(hook_request(b"{}")), resolution(MIXED, **members))
    return json.loads(response.body)


@check("retell")
def what_the_sdk_signs_is_verified() -> None:
    from retell.lib.webhook_auth import symmetric

    for body in BODIES:
        signature = symmetric["sign"](body.decode(), "key_1")
        request = hook_request(body, {"x-retell-signature": signature})
        assert status("retell", request, "key_1") is SignatureStatus.VERIFIED
        assert status("retell", request, "key_2") is SignatureStatus.WRONG


@check("retell")
def both_refuse_what_is_older_than_five_minutes() -> None:
    from retell.lib.webhook_auth import symmetric

    now = 1_780_012_672_000
    signature = symmetric["sign"]("{}", "key_1", now)
    request = hook_request(b"{}", {"x-retell-signature": signature})
    for later in (299_000, 301_000, -299_000, -301_000):
        accepted = symmetric["verify"]("{}", "key_1", signature, {"timestamp": now + later})
        found = status("retell", request, "key_1", (now + later) / 1000)
        assert accepted is (found is SignatureStatus.VERIFIED)


@check("retell")
def the_answer_has_the_types_of_the_sdk() -> None:
    from pydantic import TypeAdapter
    from retell.types.call_create_phone_call_params import AgentOverride, CallCreatePhoneCallParams

    inbound = answered("retell", **MEMBERS)["call_inbound"]
    types = CallCreatePhoneCallParams.__annotations__
    assert "Dict[str, str]" in str(types["retell_llm_dynamic_variables"])
    TypeAdapter(dict[str, str]).validate_python(inbound["dynamic_variables"], strict=True)
    override = TypeAdapter(AgentOverride).validate_python(inbound["agent_override"])
    assert override == inbound["agent_override"]


@check("retell")
def the_languages_are_those_of_the_sdk() -> None:
    import typing

    from retell.types import call_create_phone_call_params as params

    from shared.platforms.retell import LANGUAGES

    types = typing.get_type_hints(params.AgentOverrideAgent)["language"]
    (one, _) = typing.get_args(types)
    assert {*LANGUAGES.split()} == {*typing.get_args(one)}


@check("elevenlabs")
def the_sdk_parses_the_answer() -> None:
    from elevenlabs.types import ConversationInitiationClientDataRequestInput as Data

    answer = answered("elevenlabs", **MEMBERS)
    assert answer.pop("type") == "conversation_initiation_client_data"
    parsed = Data.model_validate(answer)
    assert not parsed.model_extra
    assert parsed.dynamic_variables is not None
    assert {*parsed.dynamic_variables} == {*MIXED, "context_call"}
    assert parsed.user_id == "41"
    override = parsed.conversation_config_override
    assert override is not None
    assert override.agent is not None
    assert override.tts is not None
    assert (override.agent.first_message, override.agent.language) == ("Hello Ada", "es")
    assert override.tts.voice_id == "v1"
    extra = (override.model_extra, override.agent.model_extra, override.tts.model_extra)
    assert not any(extra)


@check("vapi")
def the_sdk_parses_the_answer_to_a_request() -> None:
    from vapi.types import ServerMessageResponseAssistantRequest as Response

    settings = {
        "assistant_id": "asst_1",
        "voice_provider": "11labs",
        "transcriber_provider": "deepgram",
    }
    parsed = Response.model_validate(answered("vapi", settings=settings, **MEMBERS))
    assert not parsed.model_extra
    assert parsed.assistant_id == "asst_1"
    overrides = parsed.assistant_overrides
    assert overrides is not None
    assert not overrides.model_extra
    assert overrides.first_message == "Hello Ada"
    assert overrides.variable_values == {**MIXED, "context_call": "call_1"}
    assert overrides.voice is not None
    assert overrides.voice.voice_id == "v1"
    assert overrides.transcriber is not None
    assert overrides.transcriber.language == "es"


@check("vapi")
def the_sdk_parses_the_answer_of_squads_and_workflows() -> None:
    from vapi.types import ServerMessageResponseAssistantRequest as Response

    for kind in ("squad", "workflow"):
        parsed = Response.model_validate(answered("vapi", settings={f"{kind}_id": "x"}))
        assert not parsed.model_extra
        assert getattr(parsed, f"{kind}_id") == "x"
        assert getattr(parsed, f"{kind}_overrides").variable_values


@check("vapi")
def tool_calls_as_the_sdk_writes_them_are_read_and_their_results_parsed() -> None:
    from vapi.types import ServerMessageResponseToolCalls, ToolCall, ToolCallFunction

    function = ToolCallFunction(name="save_contact", arguments='{"plan":"pro"}')
    call = ToolCall(id="tc_1", type="function", function=function)
    sent = {"message": {"type": "tool-calls", "toolCallList": [call.model_dump()]}}
    platform = find("vapi")
    message = platform.read(hook_request(sent))
    (read,) = message.tools
    assert (read.id, read.name, read.arguments) == ("tc_1", "save_contact", {"plan": "pro"})

    assert platform.answer_tools is not None
    response = platform.answer_tools(message, [ToolResult(read, {"plan": "pro"})])
    parsed = ServerMessageResponseToolCalls.model_validate_json(response.body)
    assert parsed.results is not None
    (result,) = parsed.results
    assert not result.model_extra
    assert (result.name, result.tool_call_id) == ("save_contact", "tc_1")
    assert result.result == '{"plan": "pro"}'


@check("telnyx")
def what_the_sdk_accepts_is_verified_and_nothing_else() -> None:
    from nacl.signing import SigningKey
    from telnyx.lib.webhook_verification import WebhookVerificationError, verify_webhook_signature

    key = SigningKey(bytes(range(32)))
    public = base64.b64encode(bytes(key.verify_key)).decode()
    now = int(time.time())
    for body in BODIES:
        for later in (0, 290, 400, -290, -400):
            for signed in (body, body + b" "):
                text = f"{now + later}|".encode() + signed
                headers = {
                    "telnyx-signature-ed25519": base64.b64encode(key.sign(text).signature).decode(),
                    "telnyx-timestamp": str(now + later),
                }
                try:
                    verify_webhook_signature(body, headers, public)
                    accepted = True
                except WebhookVerificationError:
                    accepted = False
                found = status("telnyx", hook_request(body, headers), public)
                assert accepted is (found is SignatureStatus.VERIFIED)


@check("twilio")
def what_the_sdk_signs_of_a_form_is_verified() -> None:
    from twilio.request_validator import RequestValidator

    validator = RequestValidator("token")
    form = {"CallSid": "CA1", "From": "+12137771234", "Name": "José & Co", "Empty": ""}
    content = {"content-type": "application/x-www-form-urlencoded"}
    for url in ("https://example.com/h/t?x=1&y=%20", "http://example.com:8080/h"):
        signature = validator.compute_signature(url, form)
        headers = {**content, "x-twilio-signature": signature}
        request = hook_request(urlencode(form).encode(), headers, url=url)
        assert validator.validate(url, form, signature)
        assert status("twilio", request, "token") is SignatureStatus.VERIFIED
        assert status("twilio", request, "other") is SignatureStatus.WRONG


@check("twilio")
def a_json_body_is_verified_by_its_hash_as_the_sdk_does() -> None:
    from twilio.request_validator import RequestValidator

    validator = RequestValidator("token")
    for body in BODIES:
        url = f"https://example.com/h?bodySHA256={validator.compute_hash(body.decode())}"
        signature = validator.compute_signature(url, {})
        query = dict(parse_qsl(url.partition("?")[2]))
        headers = {"content-type": "application/json", "x-twilio-signature": signature}
        for sent in (body, body + b" "):
            request = hook_request(sent, headers, url=url, query=query)
            found = status("twilio", request, "token")
            accepted = validator.validate(url, sent.decode(), signature)
            assert accepted is (found is SignatureStatus.VERIFIED)


@check("twilio")
def the_sdk_writes_the_same_twiml() -> None:
    from xml.etree.ElementTree import canonicalize

    from twilio.twiml.voice_response import Connect, VoiceResponse

    values = {"name": "José <&> \"'", "plan": "pro"}
    settings = {"url": "wss://example.com/ws?a=1&b=2", "tts_provider": "ElevenLabs"}
    platform = find("twilio")
    given = resolution(values, settings=settings, call=None, **MEMBERS)
    response = platform.answer(platform.read(hook_request(b"")), given)

    expected, connect = VoiceResponse(), Connect()
    relay = connect.conversation_relay(
        url=settings["url"],
        welcome_greeting="Hello Ada",
        language="es",
        voice="v1",
        tts_provider="ElevenLabs",
    )
    for name, value in values.items():
        relay.parameter(name=name, value=value)
    expected.append(connect)
    assert canonicalize(response.body.decode()) == canonicalize(expected.to_xml())


@check("openai")
def what_the_library_signs_is_verified_and_refused_as_it_does() -> None:
    from standardwebhooks import Webhook, WebhookVerificationError

    secret = "whsec_" + base64.b64encode(bytes(range(24))).decode()
    webhook, now = Webhook(secret), time.time()
    for body in BODIES:
        for later in (0, 290, 400, -290, -400):
            at = datetime.fromtimestamp(int(now + later), UTC)
            headers = {
                "webhook-id": "msg_1",
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": webhook.sign(msg_id="msg_1", timestamp=at, data=body.decode()),
            }
            try:
                webhook.verify(body, headers)
                accepted = True
            except WebhookVerificationError:
                accepted = False
            found = status("openai", hook_request(body, headers), secret)
            assert accepted is (found is SignatureStatus.VERIFIED)


def main(arguments: SimpleNamespace) -> None:
    """Run the checks of a platform."""
    for function in CHECKS[arguments.platform]:
        function()
        print(function.__name__)


if __name__ == "__main__":
    main(SimpleNamespace(platform=sys.argv[1]))
