"""The gateway's own decisions that a running server is too slow to show."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from local.event import Request
from local.functions import HandlerFunction, LoadedFunction
from local.gateway import Gateway
from local.response import Response
from local.routing import Route
from local.template import CorsConfiguration, FunctionDefinition, TableDefinition, Template

ORIGIN = "https://app.example.com"


def gateway_to(
    handler: HandlerFunction, *, timeout_seconds: int = 5, cors: CorsConfiguration | None = None
) -> Gateway:
    definition = FunctionDefinition(
        logical_id="F",
        code_folder=Path(),
        handler="app.handler",
        timeout_seconds=timeout_seconds,
        memory_mb=128,
        environment={},
    )
    template = Template(
        functions={"F": definition},
        routes=(Route(method="ANY", path="/", function="F"),),
        table=TableDefinition(arguments={}, time_to_live_attribute=None),
        cors=cors,
    )
    return Gateway(template, {"F": LoadedFunction(definition, handler)}, lambda _: None)


def responded(
    handler: HandlerFunction,
    *,
    timeout_seconds: int = 5,
    cors: CorsConfiguration | None = None,
    method: str = "GET",
    path: str = "/",
    headers: tuple[tuple[str, str], ...] = (),
) -> Response:
    gateway = gateway_to(handler, timeout_seconds=timeout_seconds, cors=cors)
    request = Request(
        method=method, raw_path=path, raw_query="", headers=headers, body=b"", source_ip="127.0.0.1"
    )
    return asyncio.run(gateway.answer(request, "id"))


def hello(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    headers = {"access-control-allow-origin": "made by the function", "x-own": "1"}
    return {"statusCode": 200, "headers": headers, "body": "hello"}


def sleeper(_event: dict[str, Any], _context: object) -> str:
    time.sleep(0.5)
    return "late"


def test_api_gateway_gives_up_before_a_function_that_may_run_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("local.functions.MAX_INTEGRATION_SECONDS", 0.05)

    response = responded(sleeper, timeout_seconds=60)

    assert (response.status, response.body) == (503, b'{"message":"Service Unavailable"}')


def test_a_timeout_error_of_the_handler_is_no_time_out() -> None:
    def refuse(_event: dict[str, Any], _context: object) -> None:
        raise TimeoutError("of its own")

    assert responded(refuse, timeout_seconds=60).status == 500


def sent_for(handler: HandlerFunction, *messages: dict[str, Any]) -> list[Any]:
    """Return what the gateway sends to a client from whom these messages come."""
    incoming = iter(messages)
    sent: list[Any] = []
    scope = {
        "type": "http",
        "method": "POST",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"5000")],
        "http_version": "1.1",
        "scheme": "http",
    }

    async def receive() -> dict[str, Any]:
        return next(incoming)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(gateway_to(handler)(scope, receive, send))
    return sent


def test_a_request_whose_body_was_cut_off_reaches_no_function() -> None:
    """What has come may well be JSON that is complete in itself."""
    calls: list[dict[str, Any]] = []
    part = {"type": "http.request", "body": b'{"variables": {"n": 1}}', "more_body": True}
    rest = {"type": "http.request", "body": b" ", "more_body": False}

    assert sent_for(calls_into(calls), part, {"type": "http.disconnect"}) == []
    assert calls == []
    assert sent_for(calls_into(calls), part, rest)[0]["status"] == 200
    assert [event["body"] for event in calls] == ['{"variables": {"n": 1}} ']


def calls_into(calls: list[dict[str, Any]]) -> HandlerFunction:
    def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
        calls.append(event)
        return {"statusCode": 200}

    return handler


CORS = CorsConfiguration(
    allow_origins=(ORIGIN,),
    allow_methods=("GET", "POST"),
    allow_headers=("authorization",),
    expose_headers=("x-own",),
    max_age_seconds=600,
)
PREFLIGHT = (("origin", ORIGIN), ("access-control-request-method", "POST"))


def test_without_cors_a_functions_headers_are_its_own() -> None:
    response = responded(hello, headers=(("origin", ORIGIN),))

    assert ("access-control-allow-origin", "made by the function") in response.headers


def test_a_preflight_is_answered_without_a_function_or_a_route() -> None:
    response = responded(hello, cors=CORS, method="OPTIONS", path="/nowhere", headers=PREFLIGHT)

    assert (response.status, response.body) == (204, b"")
    assert dict(response.headers) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-headers": "authorization",
        "access-control-max-age": "600",
        "vary": "origin",
    }


def test_without_cors_a_preflight_is_a_request_like_any_other() -> None:
    assert responded(hello, method="OPTIONS", path="/nowhere", headers=PREFLIGHT).status == 404


def test_the_configured_headers_replace_those_of_the_function() -> None:
    headers = dict(responded(hello, cors=CORS, headers=(("origin", ORIGIN),)).headers)

    assert headers["access-control-allow-origin"] == ORIGIN
    assert headers["access-control-expose-headers"] == "x-own"
    assert headers["x-own"] == "1"


@pytest.mark.parametrize("headers", [(), (("origin", "https://evil.example"),)])
def test_another_origin_gets_no_cors_headers(headers: tuple[tuple[str, str], ...]) -> None:
    response = responded(hello, cors=CORS, headers=headers)

    assert not [name for name, _ in response.headers if name.startswith("access-control-")]


def test_any_origin_can_be_allowed() -> None:
    cors = CORS.model_copy(update={"allow_origins": ("*",)})
    response = responded(hello, cors=cors, headers=(("origin", ORIGIN),))

    assert dict(response.headers)["access-control-allow-origin"] == "*"
