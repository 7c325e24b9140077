"""The Lambda event of an HTTP API: payload format 2.0.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import dataclasses
import datetime as dt
import os
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.resources import LOCAL_ACCOUNT_ID
from local.routing import Match

_TEXT_TYPES = frozenset({"application/json", "application/javascript", "application/xml"})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Request:
    """An HTTP request as received.

    `raw_path` and `raw_query` are percent-encoded. `headers` has lowercase names in order, and
    repeats a name that was sent repeatedly.
    """

    method: str
    raw_path: str
    raw_query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    protocol: str = "HTTP/1.1"
    scheme: str = "http"


def new_request_id() -> str:
    """Return a request id in the format of an HTTP API."""
    return base64.b64encode(os.urandom(11)).decode("ascii")


def build_event(
    request: Request, match: Match, *, request_id: str, time: dt.datetime
) -> dict[str, Any]:
    """Build the event that an HTTP API sends to the function behind a route.

    As in API Gateway, the event omits parts that the request lacks (cookies, query string, path
    parameters, body). `rawPath` is decoded, `rawQueryString` is not.

    Args:
        request: The request.
        match: The matching route.
        request_id: The value of `requestContext.requestId`.
        time: When the request arrived, with a time zone.
    """
    headers = _headers(request, time)
    path = unquote(request.raw_path)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": path,
        "rawQueryString": request.raw_query,
        "cookies": _cookies(request),
        "headers": headers,
        "queryStringParameters": _query_parameters(request.raw_query),
        "requestContext": _request_context(request, match, headers, path, request_id, time),
        "pathParameters": match.path_parameters,
        "isBase64Encoded": False,
    }
    for name in ("cookies", "queryStringParameters", "pathParameters"):
        if not event[name]:
            del event[name]
    if request.body:
        text = _text(request.body) if _is_text(headers.get("content-type")) else None
        event["isBase64Encoded"] = text is None
        event["body"] = base64.b64encode(request.body).decode("ascii") if text is None else text
    return event


def _request_context(
    request: Request,
    match: Match,
    headers: dict[str, str],
    path: str,
    request_id: str,
    time: dt.datetime,
) -> dict[str, Any]:
    domain = headers.get("host", "").rsplit(":", 1)[0]
    moment = time.astimezone(dt.UTC)
    return {
        "accountId": LOCAL_ACCOUNT_ID,
        "apiId": "local",
        "domainName": domain,
        "domainPrefix": domain.split(".", 1)[0],
        "http": {
            "method": request.method,
            "path": path,
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": request_id,
        "routeKey": match.route.key,
        "stage": "$default",
        "time": moment.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(moment.timestamp() * 1000),
    }


def _headers(request: Request, time: dt.datetime) -> dict[str, str]:
    """Join repeated headers with commas and add those of API Gateway, without cookies."""
    joined = _joined((name, value) for name, value in request.headers if name != "cookie")
    before = joined.get("x-forwarded-for")
    joined["x-forwarded-for"] = f"{before}, {request.source_ip}" if before else request.source_ip
    joined["x-forwarded-port"] = _port(request, joined.get("host", ""))
    joined["x-forwarded-proto"] = request.scheme
    joined.setdefault(
        "x-amzn-trace-id", f"Root=1-{int(time.timestamp()):08x}-{os.urandom(12).hex()}"
    )
    return joined


def _port(request: Request, host: str) -> str:
    _, separator, port = host.rpartition(":")
    if separator and port.isdigit():
        return port
    return "443" if request.scheme == "https" else "80"


def _cookies(request: Request) -> list[str]:
    sent = [value for name, value in request.headers if name == "cookie"]
    return [cookie.strip() for line in sent for cookie in line.split(";") if cookie.strip()]


def _query_parameters(raw_query: str) -> dict[str, str]:
    return _joined(parse_qsl(raw_query, keep_blank_values=True))


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: ",".join(items) for name, items in values.items()}


def _is_text(content_type: str | None) -> bool:
    """Return whether an HTTP API passes a body of this type as text, and not as Base64.

    AWS documents only that "binary" types are encoded. The text types were measured on the
    service: `application/x-www-form-urlencoded` and bodies without a type are not text.
    Source: https://github.com/ministackorg/ministack/pull/766
    """
    if content_type is None:
        return False
    media_type = content_type.split(";", 1)[0].strip().lower()
    return media_type.startswith("text/") or media_type in _TEXT_TYPES


def _text(body: bytes) -> str | None:
    """Return a body as text, or None when it is not UTF-8.

    AWS does not document how API Gateway passes a text body that is not UTF-8. Here the event has
    it as Base64, so that the function receives it unchanged and can reject it.
    """
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None
