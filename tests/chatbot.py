"""A client of one chatbot of ChatCaptain's API."""

from typing import Any

from shared.domain.contacts import Conversation
from tests.api import Answer, Api
from tests.fixtures import Fixtures

KEY = "CCSB-a1b2c3d4-e5f6g7h8i9j0"
JOHN = "external123"
FORBIDDEN = {"statusCode": 403, "message": "Insufficient permissions.", "error": "Forbidden"}


class Chatbot:
    """Sends requests to a chatbot's paths. Has the ids of its variables by name."""

    def __init__(self, ids: dict[str, str], key: str = KEY, chatbot_id: str = "bot_1") -> None:
        self.ids = ids
        self.key = key
        self.chatbot_id = chatbot_id

    def call(self, method: str, path: str, document: Any = None, **facts: Any) -> Answer:
        """Send one request. `path` is relative to the path of the chatbot."""
        full = f"/v1/chatbots/{self.chatbot_id}{path}"
        sent = {"x-chatcaptain-key": self.key, **facts.pop("headers", {})}
        return Api(None).call(method, full, document, headers=sent, **facts)

    def ok(self, method: str, path: str, document: Any = None, **facts: Any) -> Any:
        """Send one request that must succeed, and return the body of its response."""
        answer = self.call(method, path, document, **facts)
        assert answer.status in (200, 201), answer.document
        assert "error" not in answer.document, answer.document
        return answer.document


def chatbot_of(fixtures: Fixtures) -> Chatbot:
    """Create the chatbot of acme: contact 123, a conversation, and a variable of each type."""
    fixtures.account("acme", chatbots=("bot_1",))
    fixtures.account("globex", chatbots=("bot_2",))
    fixtures.key(KEY, permissions=("*",), resource="chatbots/bot_1")
    fixtures.contact(language="EN")
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    made = [
        fixtures.definition("customer_email"),
        fixtures.definition("age", "number"),
        fixtures.definition("vip", "boolean"),
        fixtures.definition("birthday", "date"),
        fixtures.definition("tier", "select", select_options=("Gold", "Silver")),
        fixtures.definition("topic", context_type="conversation"),
        fixtures.definition("hours", context_type="business"),
    ]
    return Chatbot({each.name: each.external_id for each in made})


def assert_invalid(answer: Answer) -> None:
    """Assert that a response is the documented 400."""
    assert answer.status == 400, answer.document
    message = answer.document["message"]
    assert answer.document == {"statusCode": 400, "message": message, "error": "Bad Request"}
    assert message.startswith("Invalid input data.")
    assert "{" not in message
