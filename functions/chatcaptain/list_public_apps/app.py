"""GET /v1/public-apps: list the public apps, an empty list."""

from shared.dialects.chatcaptain.app_responses import public_apps
from shared.dialects.chatcaptain.dialect import PUBLIC_APPS
from shared.domain.accounts import ANY_KEY, Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.wiring.endpoints import endpoint


@endpoint(PUBLIC_APPS, ANY_KEY)
def lambda_handler(_request: Request, _caller: Caller) -> Response:
    """Return an empty list, as apps are not stored. Clients use it to test their key."""
    return public_apps()
