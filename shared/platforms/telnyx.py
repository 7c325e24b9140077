"""Telnyx AI assistants.

Source: developers.telnyx.com, "Dynamic variables" and "Memory"; telnyx 4.189.0,
`lib/webhook_verification.py`.
"""

from shared.domain.calls import PlatformMessage, Resolution
from shared.domain.disclosure import Assurance
from shared.domain.json_values import JsonObject
from shared.platforms.documents import (
    call_message,
    json_document,
    json_response,
    notice,
    object_at,
    present,
    setting,
    text_at,
)
from shared.platforms.platform import HookRequest, HookResponse, Platform, Setting
from shared.platforms.signature_scheme import Algorithm, Encoding, SignatureScheme
from shared.platforms.values import ValueRules, platform_values

VALUES = ValueRules(reserved_prefixes=("telnyx_",))
INITIALIZATION = "assistant.initialization"
# The number of a web visitor is what the page states.
ANONYMOUS_CHANNEL = "web_call"


def read(request: HookRequest) -> PlatformMessage:
    """Read the initialization of an assistant, or another event."""
    document = json_document(request.body)
    payload = object_at(document, "data", "payload")
    call_id = text_at(payload, "telnyx_conversation_id") or text_at(payload, "call_control_id")
    if text_at(document, "data", "event_type") not in (None, INITIALIZATION):
        return notice(call_id)
    return call_message(
        call_id=call_id,
        caller=text_at(payload, "telnyx_end_user_target"),
        called=text_at(payload, "telnyx_agent_target"),
        assurance=_assurance(payload),
    )


def answer(_: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write variables under `dynamic_variables`: Telnyx ignores a flat object."""
    metadata = present({"contact_id": resolution.contact_id, "call": resolution.call})
    query = setting(resolution, "conversation_query")
    document = present(
        {
            "memory": present({"conversation_query": query}),
            "conversation": present({"metadata": metadata}),
        }
    )
    document["dynamic_variables"] = platform_values(VALUES, resolution.variables, resolution.call)
    return json_response(document)


def _assurance(payload: JsonObject) -> Assurance:
    if payload.get("telnyx_end_user_target_verified") is True:
        return Assurance.ATTESTED
    if text_at(payload, "telnyx_conversation_channel") == ANONYMOUS_CHANNEL:
        return Assurance.NONE
    return Assurance.NUMBER_MATCH


PLATFORM = Platform(
    name="telnyx",
    title="Telnyx",
    read=read,
    answer=answer,
    values=VALUES,
    signature=SignatureScheme(
        algorithm=Algorithm.ED25519,
        headers=("telnyx-signature-ed25519",),
        encoding=Encoding.BASE64,
        signed_text="{timestamp}|{body}",
        key_encoding=Encoding.BASE64,
        timestamp_header="telnyx-timestamp",
    ),
    settings=(
        Setting("conversation_query", "Which earlier conversations the assistant remembers."),
    ),
    budget_ms=1500,
)
