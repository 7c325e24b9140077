"""ChatCaptain's answers about apps, which are not kept here.

Source: ChatCaptain, "App public".
"""

from shared.gateway.response import Response


def public_apps() -> Response:
    """The answer to a request for the public apps: there are none."""
    return Response(200, {"publicApps": []})
