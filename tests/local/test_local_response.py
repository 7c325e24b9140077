"""Answers of functions become the responses that API Gateway makes of them."""

from typing import Any

import pytest

from local.response import (
    MAX_LAMBDA_PAYLOAD_BYTES,
    InvalidAnswerError,
    function_response,
    gateway_response,
)


def test_an_answer_with_a_status_is_the_response() -> None:
    response = function_response(
        {
            "statusCode": 201,
            "headers": {"Content-Type": "application/json", "X-Number": 5, "X-Flag": True},
            "cookies": ["a=1; Secure", "b=2"],
            "body": '{"é": 1}',
        }
    )

    assert response.status == 201
    assert response.body == '{"é": 1}'.encode()
    assert response.headers == (
        ("content-type", "application/json"),
        ("x-number", "5"),
        ("x-flag", "true"),
        ("set-cookie", "a=1; Secure"),
        ("set-cookie", "b=2"),
    )


def test_an_answer_with_a_status_and_no_type_is_plain_text() -> None:
    response = function_response({"statusCode": "200"})

    assert (response.status, response.body) == (200, b"")
    assert response.headers == (("content-type", "text/plain; charset=utf-8"),)


def test_a_base64_body_is_decoded() -> None:
    answer = {"statusCode": 200, "body": "/wBh", "isBase64Encoded": True}

    assert function_response(answer).body == b"\xff\x00a"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ({"message": "hi"}, b'{"message": "hi"}'),
        ("Hello from Lambda!", b"Hello from Lambda!"),
        ([1, 2], b"[1, 2]"),
        (None, b"null"),
    ],
)
def test_without_a_status_the_answer_is_a_json_body(answer: Any, body: bytes) -> None:
    response = function_response(answer)

    assert (response.status, response.body) == (200, body)
    assert response.headers == (("content-type", "application/json"),)


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "no number"},
        {"statusCode": None},
        {"statusCode": 99},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "headers": ["not", "an", "object"]},
        {"statusCode": 200, "headers": {"x-list": [1]}},
        {"statusCode": 200, "cookies": "not a list"},
        {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True},
        {1, 2},
        {"statusCode": 200, "body": "x" * MAX_LAMBDA_PAYLOAD_BYTES},
    ],
    ids=lambda answer: str(answer)[:60],
)
def test_an_answer_that_api_gateway_refuses_is_refused(answer: Any) -> None:
    with pytest.raises(InvalidAnswerError):
        function_response(answer)


def test_api_gateways_own_responses_are_compact_json() -> None:
    response = gateway_response(404, "Not Found")

    assert response.body == b'{"message":"Not Found"}'
    assert response.headers == (("content-type", "application/json"),)
