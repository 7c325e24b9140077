"""If storage fails, the response is 500, never a success whose body says "not found"."""

import re

import pytest

from tests.api import Api, template
from tests.chatbot import JOHN, Chatbot
from tests.failures import FAILURES, failing
from tests.fixtures import Fixtures

ROUTES = [
    route
    for route in template().routes
    if route.function.startswith("Chatcaptain") and not route.path.endswith("/")
]
VALUES = {
    "chatbotId": "bot_1",
    "contactId": JOHN,
    "conversationId": "conv_1",
    "variableId": "unknown",
}


def path_of(route) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: VALUES[name[1]], route.path)


def assert_failed(answer) -> None:
    message = answer.document["message"]
    assert (answer.status, answer.document) == (
        500,
        {"statusCode": 500, "message": message, "error": "Internal Server Error"},
    )


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_500_when_nothing_can_be_read(route, bot: Chatbot):
    key = {"x-chatcaptain-key": bot.key}
    for failure in FAILURES.values():
        with failing({"BatchGetItem": failure}):
            assert_failed(Api(None).call(route.method, path_of(route), {}, headers=key))


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", f"/contacts/variables/{JOHN}", "Query"),
        ("DELETE", f"/contacts/variables/{JOHN}", "Query"),
        ("GET", f"/contacts/variables/{JOHN}/age", "GetItem"),
        ("GET", f"/contacts/{JOHN}", "BatchGetItem"),
        ("DELETE", f"/contacts/{JOHN}", "TransactWriteItems"),
        ("GET", "/contacts", "BatchGetItem"),
        ("GET", "/variables", "Query"),
        ("DELETE", "/variables/age", "TransactWriteItems"),
        ("GET", "/conversations/conv_1/variables", "Query"),
        ("DELETE", "/conversations/conv_1/variables", "Query"),
    ],
)
def test_500_when_what_is_there_cannot_be_read_or_removed(
    method: str, path: str, operation: str, bot: Chatbot, fixtures: Fixtures
):
    before = fixtures.items()
    path = path.replace("age", bot.ids["age"])
    for failure in FAILURES.values():
        with failing({operation: failure}):
            assert_failed(bot.call(method, path))
    assert fixtures.items() == before
