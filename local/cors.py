"""CORS as an HTTP API implements it.

With a CORS configuration, API Gateway responds to preflight requests without a route. It adds the
CORS headers to all other responses and removes those of the function.
Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""

import dataclasses

from local.event import Request
from local.response import Response
from local.template import CorsConfiguration


def is_preflight(request: Request) -> bool:
    """Return whether a request is a CORS preflight request."""
    names = {name for name, _ in request.headers}
    return request.method == "OPTIONS" and {"origin", "access-control-request-method"} <= names


def preflight_response(cors: CorsConfiguration, request: Request) -> Response:
    """Return 204 for a preflight request, with CORS headers if the origin is allowed."""
    headers = _shared_headers(cors, request)
    if headers:
        headers += [
            ("access-control-allow-methods", ",".join(cors.allow_methods)),
            ("access-control-allow-headers", ",".join(cors.allow_headers)),
            ("access-control-max-age", str(cors.max_age_seconds)),
        ]
    return Response(status=204, headers=tuple(headers))


def with_cors(cors: CorsConfiguration, request: Request, response: Response) -> Response:
    """Replace the CORS headers of a response with the configured ones."""
    kept = [
        (name, value) for name, value in response.headers if not name.startswith("access-control-")
    ]
    added = _shared_headers(cors, request)
    if added and cors.expose_headers:
        added.append(("access-control-expose-headers", ",".join(cors.expose_headers)))
    return dataclasses.replace(response, headers=tuple(kept + added))


def _shared_headers(cors: CorsConfiguration, request: Request) -> list[tuple[str, str]]:
    origin = next((value for name, value in request.headers if name == "origin"), None)
    if origin is None:
        return []
    if "*" in cors.allow_origins:
        return [("access-control-allow-origin", "*")]
    if origin in cors.allow_origins:
        return [("access-control-allow-origin", origin), ("vary", "origin")]
    return []
