"""The local API Gateway: an ASGI application that calls handlers like an HTTP API."""

import datetime as dt
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping

from local.asgi import ClientLeftError, Message, Receive, Send, read_body, respond, sent_headers
from local.cors import is_preflight, preflight_response, with_cors
from local.event import Request, build_event, new_request_id
from local.functions import (
    FunctionError,
    FunctionTimeoutError,
    IntegrationTimeoutError,
    LoadedFunction,
)
from local.response import InvalidAnswerError, Response, function_response, gateway_response
from local.routing import Match, find_route
from local.template import Template

MAX_BODY_BYTES = 10 * 1024 * 1024
"""The largest request body of an HTTP API.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""


class Gateway:
    """An HTTP API for loaded functions.

    Args:
        template: The routes and the CORS configuration.
        functions: The handlers by logical id, one for each route.
        log: Called with one line a request: method, path, status, milliseconds. The line omits the
            query string, which may have an API key.
    """

    def __init__(
        self,
        template: Template,
        functions: Mapping[str, LoadedFunction],
        log: Callable[[str], None],
    ) -> None:
        self._routes = template.routes
        self._cors = template.cors
        self._functions = functions
        self._log = log

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one HTTP request and ignore other ASGI scopes.

        A request with a truncated body is dropped, because it may parse as a complete one.
        """
        if scope["type"] != "http":
            return
        started = time.monotonic()
        try:
            body = await read_body(receive, MAX_BODY_BYTES)
        except ClientLeftError:
            return
        request = _request(scope, body or b"")
        request_id = new_request_id()
        if body is None:
            response = gateway_response(413, "Request Entity Too Large")
        else:
            response = await self.answer(request, request_id)
        await respond(send, response.status, _headers(response, request_id), response.body)
        milliseconds = (time.monotonic() - started) * 1000
        self._log(f"{self._logged_as(request)} {response.status} {milliseconds:.0f} ms")

    def _logged_as(self, request: Request) -> str:
        # The path may contain phone numbers.
        match = find_route(self._routes, request.method, request.raw_path)
        return f"{request.method} {match.route.path if match else '(no route)'}"

    async def answer(self, request: Request, request_id: str) -> Response:
        """Respond to a request with a body within the limit."""
        if self._cors and is_preflight(request):
            return preflight_response(self._cors, request)
        match = find_route(self._routes, request.method, request.raw_path)
        if match is None:
            response = gateway_response(404, "Not Found")
        else:
            response = await self._invoke(request, match, request_id)
        if self._cors is None:
            return response
        return with_cors(self._cors, request, response)

    async def _invoke(self, request: Request, match: Match, request_id: str) -> Response:
        """Call the function of a route.

        API Gateway responds with 500 if a function fails, times out or returns an invalid response,
        and with 503 after its own integration timeout.
        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
        """
        function = self._functions[match.route.function]
        now = dt.datetime.now(dt.UTC)
        event = build_event(request, match, request_id=request_id, time=now)
        try:
            return function_response(await function.invoke(event))
        except IntegrationTimeoutError:
            self._log(f"{match.route.function} took longer than API Gateway waits")
            return gateway_response(503, "Service Unavailable")
        except FunctionTimeoutError:
            seconds = function.definition.timeout_seconds
            self._log(f"{match.route.function} timed out after {seconds} s")
        except InvalidAnswerError as error:
            self._log(f"{match.route.function} failed: {error}")
        except FunctionError as error:
            self._log(f"{match.route.function} failed")
            traceback.print_exception(error.__cause__, file=sys.stderr)
        return gateway_response(500, "Internal Server Error")


def _request(scope: Message, body: bytes) -> Request:
    client = scope.get("client") or ("127.0.0.1", 0)
    return Request(
        method=scope["method"],
        raw_path=scope["raw_path"].decode("latin-1"),
        raw_query=scope["query_string"].decode("latin-1"),
        headers=tuple(sent_headers(scope)),
        body=body,
        source_ip=client[0],
        protocol=f"HTTP/{scope['http_version']}",
        scheme=scope["scheme"],
    )


def _headers(response: Response, request_id: str) -> Iterator[tuple[str, str]]:
    yield from ((name, value) for name, value in response.headers if name != "content-length")
    yield "apigw-requestid", request_id
    if response.status not in (204, 304):
        yield "content-length", str(len(response.body))
