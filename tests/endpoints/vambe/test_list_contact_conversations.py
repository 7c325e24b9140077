"""GET /api/public/contact/{aiContactId}/conversations, as far as Vambe documents it."""

import pytest

from shared.domain.contacts import Conversation
from tests.api import Api
from tests.fixtures import Fixtures

CONTACT = "df980fc8-b6db-4820-bf22-000000000123"
PATH = f"/api/public/contact/{CONTACT}/conversations"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
@pytest.mark.parametrize("query", [{}, {"daysBack": "30"}, {"daysBack": ""}])
def test_conversations_are_listed_without_messages(path, query, vambe: Api, fixtures: Fixtures):
    for name in ("conv_1", "conv_2"):
        fixtures.contacts.add_conversation("acme", Conversation(name, 123))
    fixtures.contact(7)
    fixtures.contacts.add_conversation("acme", Conversation("conv_3", 7))
    answer = vambe.call("GET", path, query=query)
    unknown = {"conversation_date": None, "stage_id": None, "conversation_channel": None}
    assert (answer.status, answer.document) == (
        200,
        [
            {"conversation_id": name, **unknown, "platform": "whatsapp", "messages": []}
            for name in ("conv_1", "conv_2")
        ],
    )


def test_no_conversations_are_an_empty_list(vambe: Api):
    assert vambe.call("GET", PATH).document == []


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (PATH, {"daysBack": "many"}, 400),
        (PATH, {"daysBack": "-1"}, 400),
        (PATH.replace(CONTACT, "123"), {}, 400),
        (PATH.replace("0123/", "0999/"), {}, 404),
    ],
)
def test_a_refused_request_says_why(path: str, query: dict, status: int, vambe: Api):
    answer = vambe.call("GET", path, query=query)
    assert (answer.status, answer.document["statusCode"]) == (status, status)


def test_401(vambe: Api):
    assert vambe.call("GET", PATH, key=None).status == 401
