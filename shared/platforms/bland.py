"""Bland, whose `dynamic_data` fetches a URL at the start of a call.

Source: docs.bland.ai, "Dynamic Data".
"""

from shared.domain.calls import PlatformMessage, Resolution
from shared.platforms.flat_form import flat_response, read
from shared.platforms.platform import HookResponse, Platform
from shared.platforms.signature_scheme import BEARER
from shared.platforms.values import ValueRules

VALUES = ValueRules(
    reserved_names=frozenset({"phone_number", "from", "to", "call_id", "now"}),
)


def answer(_: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write the flat form, whose members `response_data` addresses."""
    return flat_response(VALUES, resolution)


PLATFORM = Platform(
    name="bland",
    title="Bland",
    read=read,
    answer=answer,
    values=VALUES,
    signature=BEARER,
    signature_settings=frozenset({"header", "prefix"}),
    budget_ms=2000,
)
