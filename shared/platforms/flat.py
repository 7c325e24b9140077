"""Any platform that fetches a URL and reads JSON, such as the HTTP widget of Twilio Studio."""

from shared.domain.calls import PlatformMessage, Resolution
from shared.platforms.flat_form import flat_response, read
from shared.platforms.platform import HookResponse, Platform
from shared.platforms.signature_scheme import BEARER
from shared.platforms.values import ValueRules

VALUES = ValueRules()


def answer(_: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write the flat form."""
    return flat_response(VALUES, resolution)


PLATFORM = Platform(
    name="flat",
    title="Flat JSON",
    read=read,
    answer=answer,
    values=VALUES,
    signature=BEARER,
    signature_settings=frozenset({"header", "prefix"}),
    budget_ms=None,
)
