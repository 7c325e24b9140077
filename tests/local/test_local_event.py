"""Events are those that API Gateway sends, as far as SAM and AWS's documentation show them."""

import base64
import datetime as dt
import json
from typing import Any

import pytest

from local.event import Request, build_event, new_request_id
from local.routing import Match, Route, find_route
from tests.local.running_api import FIXTURES

GOLDEN = json.loads((FIXTURES / "sam_events.json").read_text(encoding="utf-8"))
NOON = dt.datetime(2020, 3, 12, 13, 3, 58, 250000, dt.timezone(dt.timedelta(hours=1)))


def event_of(route: str = "POST /things", **given: Any) -> dict[str, Any]:
    method, path = route.split(" ")
    request = Request(
        **{
            "method": method,
            "raw_path": path,
            "raw_query": "",
            "headers": (("host", "127.0.0.1:3000"),),
            "body": b"",
            "source_ip": "127.0.0.1",
            **given,
        }
    )
    match = find_route(
        [Route(method=method, path=path, function="F")], request.method, request.raw_path
    )
    assert match is not None
    return build_event(request, match, request_id="id", time=NOON)


def without_differences(event: dict[str, Any], *, is_ours: bool) -> dict[str, Any]:
    """Take out where SAM is known to differ from API Gateway, and what differs at each request."""
    plain = json.loads(json.dumps(event))
    context = plain["requestContext"]
    # SAM writes fixed values where API Gateway writes the API's and the request's own.
    for name in ("apiId", "domainName", "domainPrefix", "requestId", "time", "timeEpoch"):
        del context[name]
    del context["http"]["userAgent"]
    # SAM keeps the case of header names and the cookie header, and adds fewer headers.
    # It joins repeated headers by a comma and a space, unlike its own sample.
    headers = {name.lower(): value.replace(", ", ",") for name, value in plain["headers"].items()}
    for name in ("cookie", "x-forwarded-for", "x-amzn-trace-id", "content-length"):
        headers.pop(name, None)
    plain["headers"] = headers
    if is_ours:
        return plain
    # SAM writes what API Gateway leaves out.
    optional = ("body", "cookies", "pathParameters", "queryStringParameters", "stageVariables")
    for name in optional:
        if not plain.get(name):
            plain.pop(name, None)
    return plain


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
def test_an_event_is_the_one_that_sam_builds_for_the_same_request(case: dict[str, Any]) -> None:
    method, path = case["route"].split(" ")
    request = Request(
        method=case.get("method", method),
        raw_path=case["path"],
        raw_query=case.get("query", ""),
        headers=(
            ("host", "127.0.0.1:3000"),
            *((name.lower(), value) for name, value in case["headers"]),
        ),
        body=case.get("body", "").encode(),
        source_ip="127.0.0.1",
    )
    match = find_route(
        [Route(method=method, path=path, function="F")], request.method, case["path"]
    )
    assert match is not None
    event = build_event(request, match, request_id="id", time=NOON)

    ours = without_differences(event, is_ours=True)

    assert ours == without_differences(case["event"], is_ours=False)


def shape(value: Any) -> Any:
    """Return the keys of nested objects whose keys the format fixes."""
    if not isinstance(value, dict):
        return type(value).__name__
    return {key: shape(item) for key, item in value.items()}


def test_a_full_event_has_the_shape_of_sams_sample() -> None:
    """Only authentication, authorizer and stage variables, which no route has, are missing."""
    event = event_of(
        "POST /path/{parameter1}",
        raw_path="/path/value1",
        raw_query="parameter1=value1&parameter1=value2&parameter2=value",
        headers=(
            ("host", "id.execute-api.us-east-1.amazonaws.com"),
            ("cookie", "cookie1; cookie2"),
            ("user-agent", "agent"),
            ("header2", "value1"),
            ("header2", "value2"),
        ),
        body=b'{"test":"body"}',
    )
    sample = GOLDEN["sample"]
    for missing in ("authentication", "authorizer"):
        del sample["requestContext"][missing]
    del sample["stageVariables"]

    assert shape(event["requestContext"]) == shape(sample["requestContext"])
    assert event.keys() == sample.keys()
    for name in ("cookies", "body", "isBase64Encoded", "queryStringParameters", "pathParameters"):
        assert event[name] == sample[name]
    assert event["headers"]["header2"] == sample["headers"]["Header2"]


def test_time_is_written_in_utc_and_in_milliseconds() -> None:
    context = event_of()["requestContext"]

    assert context["time"] == "12/Mar/2020:12:03:58 +0000"
    assert context["timeEpoch"] == int(NOON.timestamp() * 1000)


def test_what_a_request_lacks_is_left_out_of_its_event() -> None:
    event = event_of()

    assert not {"body", "cookies", "pathParameters", "queryStringParameters"} & event.keys()
    assert event["rawQueryString"] == ""
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        "text/plain",
        "text/csv",
        "application/xml",
        "application/javascript",
    ],
)
def test_text_bodies_come_as_they_are(content_type: str) -> None:
    event = event_of(headers=(("content-type", content_type),), body="é".encode())

    assert (event["body"], event["isBase64Encoded"]) == ("é", False)


@pytest.mark.parametrize(
    "content_type",
    ["application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data", None],
)
def test_all_other_bodies_come_as_base64(content_type: str | None) -> None:
    headers = (("content-type", content_type),) if content_type else ()
    event = event_of(headers=headers, body=b"\xff\x00a=1")

    assert base64.b64decode(event["body"]) == b"\xff\x00a=1"
    assert event["isBase64Encoded"] is True


def test_a_text_body_that_is_not_utf_8_reaches_the_function_unchanged() -> None:
    event = event_of(headers=(("content-type", "application/json"),), body=b'"\xff"')

    assert base64.b64decode(event["body"]) == b'"\xff"'
    assert event["isBase64Encoded"] is True


def test_cookies_of_several_headers_are_one_list_and_no_header() -> None:
    event = event_of(headers=(("cookie", "a=1; b=2"), ("cookie", "c=3;")))

    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in event["headers"]


def test_a_proxy_in_front_stays_first_in_the_forwarding_list() -> None:
    event = event_of(headers=(("x-forwarded-for", "203.0.113.9"),))

    assert event["headers"]["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"


def test_the_raw_path_is_decoded_and_the_raw_query_is_not() -> None:
    event = event_of("GET /a/{id}", raw_path="/a/b%2Fc%20d", raw_query="q=%C3%A9")

    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/a/b/c d"
    assert event["pathParameters"] == {"id": "b/c d"}
    assert event["rawQueryString"] == "q=%C3%A9"
    assert event["queryStringParameters"] == {"q": "é"}


def test_request_ids_differ() -> None:
    assert len({new_request_id() for _ in range(100)}) == 100


def test_the_route_key_of_the_default_route_has_no_method() -> None:
    match = Match(route=Route(method="ANY", path="$default", function="F"), path_parameters={})

    assert match.route.key == "$default"
