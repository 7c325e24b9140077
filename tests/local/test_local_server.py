"""A running local API answers over HTTP as API Gateway does."""

import concurrent.futures
import json
import time
import urllib.parse
from typing import Any

import pytest

from tests.local.running_api import LocalApi

pytestmark = pytest.mark.enable_socket

MEBIBYTE = 1024 * 1024


def seen(api: LocalApi, method: str, path: str, **given: Any) -> dict[str, Any]:
    """Return what the echo function saw of a request."""
    reply = api.request(method, path, **given)
    assert reply.status == 200
    result: dict[str, Any] = json.loads(reply.body)
    return result


def test_a_handler_gets_the_event_of_the_request(api: LocalApi) -> None:
    event = seen(
        api,
        "PATCH",
        "/echo/J%C3%BCrg?tag=a&tag=b",
        body=b'{"a": 1}',
        headers={"Content-Type": "application/json", "Cookie": "a=1; b=2", "X-Api-Key": "k"},
    )["event"]

    assert event["routeKey"] == "ANY /echo/{name}"
    assert event["pathParameters"] == {"name": "Jürg"}
    assert event["queryStringParameters"] == {"tag": "a,b"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["headers"]["x-api-key"] == "k"
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": 1}', False)
    assert event["requestContext"]["http"]["method"] == "PATCH"
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert event["headers"]["x-forwarded-port"] == str(api.port)


def test_a_handler_gets_a_context_and_an_environment(api: LocalApi) -> None:
    result = seen(api, "GET", "/echo")

    assert result["context"]["function_name"] == "Echo"
    assert result["context"]["memory"] == "256"
    assert 0 < result["context"]["remaining"] <= 5000
    assert result["environment"] == {"TABLE_NAME": "contact-context", "AWS_REGION": "us-east-1"}


def test_a_path_that_no_route_has_is_not_found(api: LocalApi) -> None:
    reply = api.request("GET", "/nowhere")

    assert (reply.status, reply.body) == (404, b'{"message":"Not Found"}')
    assert reply.header("content-type") == "application/json"
    assert reply.header("apigw-requestid")


def test_a_trailing_slash_is_another_route(api: LocalApi) -> None:
    assert api.request("GET", "/slash/").status == 200
    assert api.request("GET", "/slash").status == 404


def test_a_body_of_ten_megabytes_is_accepted_and_one_byte_more_is_not(api: LocalApi) -> None:
    kind = {"Content-Type": "application/json"}
    largest = json.dumps("x" * (10 * MEBIBYTE - 2)).encode()

    # Within the gateway's limit, so that it reaches the function, whose answer is then too large.
    assert api.request("POST", "/shapes", largest, kind).status == 500
    reply = api.request("POST", "/shapes", largest + b" ", kind)
    assert (reply.status, reply.body) == (413, b'{"message":"Request Entity Too Large"}')


def answer(api: LocalApi, value: Any) -> Any:
    return api.request(
        "POST", "/shapes", json.dumps(value).encode(), {"Content-Type": "application/json"}
    )


def test_status_headers_cookies_and_bytes_reach_the_client(api: LocalApi) -> None:
    reply = answer(
        api,
        {
            "statusCode": 418,
            "headers": {"X-Own": "1", "Content-Length": "999"},
            "cookies": ["a=1", "b=2"],
            "body": "/wBh",
            "isBase64Encoded": True,
        },
    )

    assert (reply.status, reply.body) == (418, b"\xff\x00a")
    assert reply.header("x-own") == "1"
    assert [value for name, value in reply.headers if name == "set-cookie"] == ["a=1", "b=2"]


def test_an_answer_without_status_is_json(api: LocalApi) -> None:
    reply = answer(api, {"message": "hi"})

    assert (reply.status, json.loads(reply.body)) == (200, {"message": "hi"})
    assert reply.header("content-type") == "application/json"


@pytest.mark.parametrize("how", ["raise", "exit", "answer", "object"])
def test_a_function_that_fails_is_an_internal_server_error(api: LocalApi, how: str) -> None:
    reply = api.request("GET", f"/crash/{how}")

    assert (reply.status, reply.body) == (500, b'{"message":"Internal Server Error"}')
    assert api.request("GET", "/echo").status == 200


def test_a_function_that_runs_beyond_its_timeout_is_an_internal_server_error(
    api: LocalApi,
) -> None:
    reply = api.request("GET", "/slow/1500")

    assert (reply.status, reply.body) == (500, b'{"message":"Internal Server Error"}')
    assert "Slow timed out after 1 s" in api.printed()


def test_several_requests_run_at_once(api: LocalApi) -> None:
    """Twelve calls of 0.4 s each end long before they would have in a row."""
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(lambda _: api.request("GET", "/slow/400"), range(12)))
    elapsed = time.monotonic() - started

    assert {reply.status for reply in replies} == {200}
    assert elapsed < 12 * 0.4 / 2


def test_handlers_reach_the_table(api: LocalApi) -> None:
    name = urllib.parse.quote("a b/é", safe="")
    kind = {"Content-Type": "text/plain"}

    assert api.request("GET", f"/items/{name}").status == 404
    assert api.request("PUT", f"/items/{name}", b"stored", kind).status == 204
    assert api.request("GET", f"/items/{name}").body == b"stored"


def test_each_request_is_one_line_with_its_route_without_path_and_query(api: LocalApi) -> None:
    """A key may be in the query, a phone number in the path."""
    api.request("GET", "/items/15550100?api_key=secret")
    api.wait_for("GET /items/{id} 404 ")
    api.request("GET", "/nothing/15550101")
    api.wait_for("GET (no route) 404 ")

    assert "secret" not in api.printed()
    assert "1555010" not in api.printed()


def test_it_says_where_it_is_and_how_to_make_a_key(api: LocalApi) -> None:
    printed = api.printed()

    assert f"http://127.0.0.1:{api.port}" in printed
    assert f"--endpoint-url http://127.0.0.1:{api.engine_port}" in printed
