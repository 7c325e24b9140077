"""Responses of ChatCaptain's API about apps, which this service does not store.

Source: ChatCaptain, "App public".
"""

from shared.gateway.response import Response


def public_apps() -> Response:
    """Build the response to a request for the public apps: an empty list."""
    return Response(200, {"publicApps": []})
