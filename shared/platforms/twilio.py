"""Twilio ConversationRelay.

Source: twilio.com/docs, "<ConversationRelay>", "Twilio's request to your application",
"Validating signatures" and "Trusted Calling with SHAKEN/STIR".
"""

from html import escape

from shared.domain.calls import PlatformMessage, Resolution
from shared.domain.disclosure import Assurance
from shared.domain.json_values import JsonValue
from shared.platforms.documents import (
    call_message,
    form_document,
    notice,
    setting,
    text_at,
)
from shared.platforms.platform import HookRequest, HookResponse, Platform, Setting
from shared.platforms.signature_scheme import Algorithm, Encoding, SignatureScheme
from shared.platforms.values import ValueRules, own_line, platform_values

VALUES = ValueRules(max_chars=1000)
TWIML = "text/xml; charset=utf-8"
ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
PASSED, FAILED = "TN-Validation-Passed-", "TN-Validation-Failed"
"""What begins a verdict on the caller's number. `A`, and nothing after it, is full attestation."""


def read(request: HookRequest) -> PlatformMessage:
    """Read the webhook of an incoming call, or the status of an ended one."""
    form = form_document(request)
    call_id = text_at(form, "CallSid")
    if form.get("CallStatus") in ENDED:
        return notice(call_id)
    return call_message(
        call_id=call_id,
        caller=text_at(form, "From"),
        called=text_at(form, "To"),
        assurance=_assurance(form.get("StirVerstat", "")),
    )


def answer(_: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write TwiML that connects the call to the agent, with the variables as parameters."""
    attributes = {
        "url": own_line(setting(resolution, "url")),
        "welcomeGreeting": own_line(resolution.first_message),
        "language": own_line(resolution.language),
        "voice": own_line(resolution.voice),
        "ttsProvider": own_line(setting(resolution, "tts_provider")),
    }
    values = platform_values(VALUES, resolution.variables, resolution.call)
    parameters = "".join(
        f"<Parameter{_attributes({'name': name, 'value': value})}/>"
        for name, value in values.items()
    )
    relay = f"<ConversationRelay{_attributes(attributes)}>{parameters}</ConversationRelay>"
    return _twiml(f"<Connect>{relay}</Connect>")


def _assurance(verdict: str) -> Assurance:
    if verdict == f"{PASSED}A":
        return Assurance.ATTESTED
    return Assurance.NONE if verdict.startswith(FAILED) else Assurance.NUMBER_MATCH


def _attributes(values: dict[str, JsonValue] | dict[str, str | None]) -> str:
    return "".join(
        f' {name}="{escape(str(value))}"' for name, value in values.items() if value is not None
    )


def _twiml(verbs: str) -> HookResponse:
    text = f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>'
    return HookResponse(TWIML, text.encode("utf-8", "replace"))


PLATFORM = Platform(
    name="twilio",
    title="Twilio ConversationRelay",
    read=read,
    answer=answer,
    acknowledgement=_twiml(""),
    values=VALUES,
    signature=SignatureScheme(
        algorithm=Algorithm.HMAC_SHA1,
        headers=("x-twilio-signature",),
        encoding=Encoding.BASE64,
        signed_text="{url}{form}",
    ),
    signature_settings=frozenset({"algorithm"}),
    settings=(
        Setting("url", "The address of the agent's WebSocket, with wss://.", required=True),
        Setting("tts_provider", "The provider of the voice."),
    ),
    budget_ms=15_000,
)
