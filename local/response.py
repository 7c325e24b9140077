"""Convert the result of a function to an HTTP response: payload format 2.0.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import binascii
import dataclasses
import json
from collections.abc import Mapping
from typing import Any

MAX_LAMBDA_PAYLOAD_BYTES = 6 * 1024 * 1024
"""The maximum response size of a synchronous invocation.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Response:
    """An HTTP response. `headers` are in order and may repeat a name."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class InvalidAnswerError(Exception):
    """A function returned a result that is not a valid response for API Gateway."""


def gateway_response(status: int, message: str) -> Response:
    """Return a response of API Gateway itself: `{"message": ...}`."""
    body = json.dumps({"message": message}, separators=(",", ":")).encode()
    return Response(status=status, headers=(("content-type", "application/json"),), body=body)


def function_response(answer: object) -> Response:
    """Convert the result of a handler to the HTTP response for the client.

    A result with `statusCode` is a response, with the default type `text/plain`.
    Any other result becomes the body of a 200 response of type `application/json`.

    Raises:
        InvalidAnswerError: The result is not JSON, exceeds Lambda's 6 MB or has a wrong format.
    """
    try:
        encoded = json.dumps(answer)
    except (TypeError, ValueError) as error:
        raise InvalidAnswerError(f"the answer is not JSON: {error}") from error
    if len(encoded) > MAX_LAMBDA_PAYLOAD_BYTES:
        raise InvalidAnswerError("the answer is larger than 6 MB")
    plain = json.loads(encoded)
    if isinstance(plain, dict) and "statusCode" in plain:
        return _explicit_response(plain)
    body = plain if isinstance(plain, str) else encoded
    headers = (("content-type", "application/json"),)
    return Response(status=200, headers=headers, body=body.encode("utf-8", "replace"))


def _explicit_response(answer: Mapping[str, Any]) -> Response:
    headers = _headers(answer.get("headers"))
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain; charset=utf-8"))
    headers += [("set-cookie", cookie) for cookie in _cookies(answer.get("cookies"))]
    return Response(
        status=_status(answer["statusCode"]),
        headers=tuple(headers),
        body=_body(answer.get("body"), is_base64=bool(answer.get("isBase64Encoded"))),
    )


def _status(value: Any) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError) as error:
        raise InvalidAnswerError("statusCode is not a number") from error
    if not 100 <= status <= 599:
        raise InvalidAnswerError("statusCode is no HTTP status")
    return status


def _headers(value: Any) -> list[tuple[str, str]]:
    if value is None:
        return []
    if not isinstance(value, dict):
        raise InvalidAnswerError("headers is not an object")
    return [(name.lower(), _header_text(item)) for name, item in value.items()]


def _header_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise InvalidAnswerError("a header's value is neither text nor number")
    return str(value)


def _cookies(value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidAnswerError("cookies is not a list of texts")
    return value


def _body(value: Any, *, is_base64: bool) -> bytes:
    if value is None:
        return b""
    if not isinstance(value, str):
        raise InvalidAnswerError("body is not text")
    if not is_base64:
        return value.encode("utf-8", "replace")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidAnswerError("body is not base64") from error
