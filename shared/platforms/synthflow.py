"""Synthflow.

Source: docs.synthflow.ai, "Inbound webhook API" and "Webhooks security".
"""

from shared.domain.calls import PlatformMessage, Resolution
from shared.domain.json_values import JsonObject
from shared.platforms.documents import (
    call_message,
    json_document,
    json_response,
    notice,
    setting,
    text_at,
)
from shared.platforms.platform import HookRequest, HookResponse, Platform, Setting
from shared.platforms.signature_scheme import Algorithm, Encoding, SignatureScheme
from shared.platforms.values import ValueRules, platform_values

VALUES = ValueRules()
INBOUND = "call_inbound"


def read(request: HookRequest) -> PlatformMessage:
    """Read an inbound call, or a report about a call."""
    document = json_document(request.body)
    call_id = text_at(document, INBOUND, "call_id") or text_at(document, "call", "call_id")
    if text_at(document, "event") not in (None, INBOUND):
        return notice(call_id)
    return call_message(
        call_id=call_id,
        caller=text_at(document, INBOUND, "from_number"),
        called=text_at(document, INBOUND, "to_number"),
    )


def answer(_: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write the variables. Synthflow hangs up on an empty object, so the model is always there."""
    inbound: JsonObject = {
        "override_model_id": setting(resolution, "model_id") or "",
        "custom_variables": platform_values(VALUES, resolution.variables, resolution.call),
    }
    return json_response({INBOUND: inbound})


PLATFORM = Platform(
    name="synthflow",
    title="Synthflow",
    read=read,
    answer=answer,
    values=VALUES,
    # The header as the docs print it is how a CGI server names `Synthflow-Signature`.
    signature=SignatureScheme(
        algorithm=Algorithm.HMAC_SHA256,
        headers=("synthflow-signature", "http_synthflow_signature"),
        encoding=Encoding.BASE64,
        signed_text="{call}",
    ),
    settings=(Setting("model_id", "The Synthflow agent that answers, instead of the number's."),),
    budget_ms=10_000,
)
