"""Vogent.

Source: docs.vogent.ai, "Dial inbound webhook".
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
from shared.platforms.values import ValueRules, platform_values

VALUES = ValueRules()
INBOUND = "dial.inbound"


def read(request: HookRequest) -> PlatformMessage:
    """Read an inbound dial, or another event."""
    document = json_document(request.body)
    call_id = text_at(document, "payload", "dial_id")
    if text_at(document, "event") not in (None, INBOUND):
        return notice(call_id)
    return call_message(
        call_id=call_id,
        caller=text_at(document, "payload", "source_number"),
        called=text_at(document, "payload", "dest_number"),
    )


def answer(_: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write the variables as the input of the agent."""
    values = platform_values(VALUES, resolution.variables, resolution.call)
    return json_response({"call_agent_input": values})


PLATFORM = Platform(
    name="vogent",
    title="Vogent",
    read=read,
    answer=answer,
    values=VALUES,
    budget_ms=3000,
)
