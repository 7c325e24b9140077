"""Each endpoint requires a key in its header with one permission on the chatbot."""

from datetime import UTC, datetime

import pytest

from tests.chatbot import FORBIDDEN, JOHN, KEY, Chatbot
from tests.fixtures import Fixtures

# Method, path, body, permission; variables are named by their names, and found under their ids.
ENDPOINTS = [
    ("GET", f"/contacts/variables/{JOHN}", None, "contacts.variables.list"),
    ("DELETE", f"/contacts/variables/{JOHN}", None, "contacts.variables.delete"),
    ("GET", f"/contacts/variables/{JOHN}/age", None, "contacts.variables.get"),
    (
        "PUT",
        "/contacts/variables/age",
        {"value": "7", "contactId": JOHN},
        "contacts.variables.edit",
    ),
    ("GET", "/variables", None, "variables.list"),
    (
        "POST",
        "/variables",
        {"category": "custom", "label": "New", "type": "string", "name": "new", "subCategory": 1},
        "variables.create",
    ),
    ("PATCH", "/variables/age", {"label": "Years"}, "variables.edit"),
    ("PUT", "/variables/age", {"label": "Years"}, "variables.edit"),
    ("DELETE", "/variables/age", None, "variables.delete"),
    ("GET", "/conversations/conv_1/variables", None, "conversations.variables.list"),
    ("DELETE", "/conversations/conv_1/variables", None, "conversations.variables.delete"),
    ("GET", "/conversations/conv_1/variables/topic", None, "conversations.variables.get"),
    (
        "PUT",
        "/conversations/conv_1/variables/topic",
        {"value": "Billing"},
        "conversations.variables.edit",
    ),
    ("POST", "/contacts", {"language": "EN"}, "contacts.create"),
    ("GET", f"/contacts/{JOHN}", None, "contacts.get"),
    ("PATCH", f"/contacts/{JOHN}", {"contact": {"name": "Jo"}}, "contacts.edit"),
    ("DELETE", f"/contacts/{JOHN}", None, "contacts.delete"),
    ("GET", "/contacts", None, "contacts.list"),
    ("GET", "/contacts/search?query=john&page=1&pageSize=250", None, "contacts.list"),
]
STRANGERS = [
    ("CCSB-of-bot-2", "bot_1"),
    ("CCSB-of-bot-2", "bot_2"),
    ("CCSB-everything", "bot_2"),
    ("CCSB-everything", "bot_3"),
    ("CCSB-expired", "bot_1"),
    ("CCSB-revoked", "bot_1"),
    ("CCSB-unknown", "bot_1"),
    ("", "bot_1"),
    (KEY, "bot_2"),
]
PERMISSIONS = sorted({permission for *_, permission in ENDPOINTS})
each_endpoint = pytest.mark.parametrize(
    ("method", "path", "document", "permission"),
    ENDPOINTS,
    ids=lambda part: part if isinstance(part, str) else "",
)


def send(bot: Chatbot, method: str, path: str, document, **facts):
    path, _, query = path.partition("?")
    path = "/".join(bot.ids.get(segment, segment) for segment in path.split("/"))
    parameters = dict(pair.split("=") for pair in query.split("&")) if query else {}
    return bot.call(method, path, document, query=parameters, **facts)


@pytest.fixture
def filled(bot: Chatbot) -> Chatbot:
    """Return the chatbot with a value of each variable that endpoints read."""
    send(bot, "PUT", "/contacts/variables/age", {"value": "7", "contactId": JOHN})
    send(bot, "PUT", "/conversations/conv_1/variables/topic", {"value": "Billing"})
    return bot


@each_endpoint
def test_the_named_permission_on_this_chatbot_is_enough(
    method, path, document, permission, filled: Chatbot, fixtures: Fixtures
):
    fixtures.key(
        "CCSB-one-word", permissions=(f"chatbots.{permission}",), resource="chatbots/bot_1"
    )
    answer = send(Chatbot(filled.ids, "CCSB-one-word"), method, path, document)
    assert answer.status in (200, 201), answer.document
    assert "error" not in answer.document


@each_endpoint
def test_all_other_permissions_together_are_not(
    method, path, document, permission, filled: Chatbot, fixtures: Fixtures
):
    others = tuple(f"chatbots.{each}" for each in PERMISSIONS if each != permission)
    fixtures.key("CCSB-other-words", permissions=others, resource="chatbots/bot_1")
    before = fixtures.items()
    answer = send(Chatbot(filled.ids, "CCSB-other-words"), method, path, document)
    assert (answer.status, answer.document) == (403, FORBIDDEN)
    assert fixtures.items() == before


@each_endpoint
def test_403_for_another_chatbot_or_a_key_that_is_none(
    method, path, document, permission, filled: Chatbot, fixtures: Fixtures
):
    """Including a chatbot that the key has permissions on, but its account does not own."""
    fixtures.key("CCSB-of-bot-2", permissions=("*",), resource="chatbots/bot_2")
    fixtures.key("CCSB-everything", permissions=("*",))
    fixtures.key("CCSB-expired", permissions=("*",), valid_until=datetime(2020, 1, 1, tzinfo=UTC))
    fixtures.key("CCSB-revoked", permissions=("*",), active=False)
    before = fixtures.items()
    for key, chatbot_id in STRANGERS:
        answer = send(Chatbot(filled.ids, key, chatbot_id), method, path, document)
        assert (answer.status, answer.document) == (403, FORBIDDEN), (key, chatbot_id)
    assert fixtures.items() == before


@each_endpoint
def test_every_path_is_served_with_a_trailing_slash(
    method, path, document, permission, filled: Chatbot
):
    path, mark, query = path.partition("?")
    answer = send(filled, method, f"{path}/{mark}{query}", document)
    assert answer.status in (200, 201)
    assert "error" not in answer.document


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_no_other_header_carries_a_key(header: str, bot: Chatbot):
    headers = {"x-chatcaptain-key": "", header: f"Bearer {bot.key}"}
    answer = bot.call("GET", "/variables", headers=headers)
    assert (answer.status, answer.document) == (403, FORBIDDEN)


def test_403_comes_before_a_broken_body(bot: Chatbot):
    answer = Chatbot(bot.ids, "CCSB-unknown").call("POST", "/contacts", body=b"{")
    assert (answer.status, answer.document) == (403, FORBIDDEN)


def test_a_key_over_its_limit_is_told_when_to_come_back(bot: Chatbot, fixtures: Fixtures):
    fixtures.key("CCSB-limited", permissions=("*",), requests_per_minute=1)
    limited = Chatbot(bot.ids, "CCSB-limited")
    assert limited.call("GET", "/variables").status == 200
    answer = limited.call("GET", "/variables")
    assert (answer.status, answer.document["error"]) == (429, "Too Many Requests")
    assert answer.document["statusCode"] == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
