"""Convert the result of a function to an HTTP response: payload format 2.0.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import dataclasses
import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from local.intrinsics import text_of

MAX_LAMBDA_PAYLOAD_BYTES = 6 * 1024 * 1024
"""The maximum response size of a synchronous invocation.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

_ENCODING = ("utf-8", "replace")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Response:
    """An HTTP response. `headers` are in order and may repeat a name."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class _Answer(BaseModel):
    """The result of a function in payload format 2.0."""

    status: Annotated[int, Field(alias="statusCode", ge=100, le=599)]
    headers: dict[str, bool | str | int | float] | None = None
    cookies: list[str] | None = None
    body: str | None = None
    is_base64: Annotated[bool, Field(alias="isBase64Encoded")] = False


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
    return Response(status=200, headers=headers, body=body.encode(*_ENCODING))


def _explicit_response(answer: Mapping[str, Any]) -> Response:
    try:
        given = _Answer.model_validate(answer)
        body = given.body or ""
        content = b64decode(body, validate=True) if given.is_base64 else body.encode(*_ENCODING)
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise InvalidAnswerError(f"{place}: {fault['msg']}") from error
    except ValueError as error:
        raise InvalidAnswerError("body is not base64") from error
    headers = [(name.lower(), text_of(value)) for name, value in (given.headers or {}).items()]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain; charset=utf-8"))
    headers += [("set-cookie", cookie) for cookie in given.cookies or ()]
    return Response(status=given.status, headers=tuple(headers), body=content)
