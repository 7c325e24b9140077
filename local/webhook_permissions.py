"""What the API key of a webhook needs, by the API in whose words the webhook is sent events."""

from shared.dialects.native.dialect import NATIVE
from shared.dialects.native.webhook_requests import PERMISSIONS as NATIVE_PERMISSIONS
from shared.dialects.vambe.dialect import VAMBE

PERMISSIONS: dict[str, tuple[str, ...]] = {NATIVE.name: NATIVE_PERMISSIONS, VAMBE.name: ()}
"""An API without permissions asks for none."""
