"""Fish Audio.

Source: github.com/fishaudio/docs, `agents/monitor/webhooks.mdx`.
"""

from shared.domain.calls import PlatformMessage, Resolution
from shared.platforms.documents import (
    call_message,
    json_document,
    json_response,
    notice,
    text_at,
)
from shared.platforms.platform import HookRequest, HookResponse, Platform
from shared.platforms.signature_scheme import Algorithm, HeaderFields, SignatureScheme
from shared.platforms.values import ValueRules, ValueTypes, platform_values

VALUES = ValueRules(
    types=ValueTypes.SCALARS,
    max_chars=1000,
    max_count=50,
    name_pattern="[A-Za-z][A-Za-z0-9_]{0,99}",
)
INBOUND = "call.inbound"


def read(request: HookRequest) -> PlatformMessage:
    """Read an inbound call, or another event."""
    document = json_document(request.body)
    call_id = text_at(document, "call", "twilio_call_sid")
    if text_at(document, "event") not in (None, INBOUND):
        return notice(call_id)
    return call_message(
        call_id=call_id,
        caller=text_at(document, "call", "caller_number"),
        called=text_at(document, "call", "dialed_number"),
    )


def answer(_: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write the first 50 variables, which are all that Fish Audio reads."""
    values = platform_values(VALUES, resolution.variables, resolution.call)
    return json_response({"dynamic_variables": values})


PLATFORM = Platform(
    name="fish_audio",
    title="Fish Audio",
    read=read,
    answer=answer,
    values=VALUES,
    signature=SignatureScheme(
        algorithm=Algorithm.HMAC_SHA256,
        headers=("x-fish-webhook-signature",),
        fields=HeaderFields(separator=",", signature="v1", timestamp="t"),
        signed_text="{timestamp}.{body}",
    ),
    budget_ms=5000,
)
