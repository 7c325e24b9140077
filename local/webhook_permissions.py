"""The permission that the API key of a webhook needs, by the payload format."""

from shared.dialects.native.dialect import NATIVE
from shared.dialects.native.webhook_requests import PERMISSIONS as NATIVE_PERMISSIONS
from shared.dialects.vambe.dialect import VAMBE

PERMISSIONS: dict[str, tuple[str, ...]] = {NATIVE.name: NATIVE_PERMISSIONS, VAMBE.name: ()}
"""An API without permissions requires none."""
