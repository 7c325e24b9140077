"""Dialogflow CX.

Source: cloud.google.com/dialogflow/cx/docs, "Webhooks"; `google/cloud/dialogflow/cx/v3`.
"""

from shared.domain.calls import PlatformMessage, Resolution
from shared.platforms.documents import call_message, json_document, json_response, text_at
from shared.platforms.platform import HookRequest, HookResponse, Platform
from shared.platforms.signature_scheme import BEARER
from shared.platforms.values import ValueRules, ValueTypes, platform_values

VALUES = ValueRules(types=ValueTypes.JSON, nulls=True, max_bytes=60_000)
"""A response has at most 64 KiB. A null removes what an earlier response has set."""


def read(request: HookRequest) -> PlatformMessage:
    """Read a webhook request."""
    document = json_document(request.body)
    session = text_at(document, "sessionInfo", "session")
    return call_message(
        call_id=session.rpartition("/")[2] if session else None,
        caller=text_at(document, "payload", "telephony", "caller_id"),
    )


def answer(_: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write the variables as parameters of the session."""
    values = platform_values(VALUES, resolution.variables, resolution.call)
    return json_response({"sessionInfo": {"parameters": values}})


PLATFORM = Platform(
    name="dialogflow_cx",
    title="Dialogflow CX",
    read=read,
    answer=answer,
    values=VALUES,
    signature=BEARER,
    signature_settings=frozenset({"header", "prefix"}),
    budget_ms=5000,
)
