"""No request costs more than its size says, whatever is in it."""

import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from benchmarks.hostile import MAX_RATIO, Cost, Endpoint, cases, endpoints, measured
from local.event import Request, build_event
from local.routing import find_route
from shared.domain.model import Conversation
from tests.api import Api, handler, template
from tests.documented import why_undocumented
from tests.world import World

BODY_BYTES = 100_000
LONGEST_REFUSAL = 50_000
QUERY_BYTES = 6_000

PATH = {
    "contact_id": "123",
    "variable_id": "2",
    "webhook_id": "wh_1",
    "webhookId": "wh_2",
    "aiContactId": "df980fc8-b6db-4820-bf22-000000000123",
    "channelType": "whatsapp",
    "platformIdentifier": "15550100",
    "chatbotId": "bot_1",
    "contactId": "external123",
    "conversationId": "conv_1",
    "botIntegrationId": "456",
}
KEY = "everything"


@pytest.fixture
def hostile(everything: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> World:
    """An account with names and options that are nearly equal, and few definitions left."""
    world = everything
    world.account("acme", chatbots=("bot_1",))
    world.key(KEY, permissions=("*",))
    world.key("of the chatbot", permissions=("*",), resource="chatbots/bot_1")
    world.contacts.add_conversation("acme", Conversation("conv_1", 123))
    world.webhook("wh_1")
    world.webhook("wh_2", form="vambe")
    for number in range(100):
        world.definition(f"annual_recurring_revenue_in_country_{number:03d}")
    options = tuple(f"option{chr(0x301) * 20} number {number:03d}" for number in range(200))
    world.definition("a_new_field", "select", select_options=options)
    world.definition("topic", context_type="conversation")
    return world


class Sender:
    """Sends bodies to an endpoint, and holds what is answered to its document."""

    def __init__(self, endpoint: Endpoint, world: World) -> None:
        self._endpoint = endpoint
        is_of_conversations = "conversationId" in endpoint.path
        name = "topic" if is_of_conversations else "a_new_field"
        (variable,) = [each for each in world.definitions.list("acme") if each.name == name]
        ids = {**PATH, "variableId": variable.external_id}
        if endpoint.path.endswith("/contacts/variables/{contactId}"):
            # There the variable stands where others have the contact.
            ids["contactId"] = variable.external_id
        self._path = endpoint.path.format_map(ids)

    def __call__(self, body: bytes, query: str = "", path: str = "") -> float:
        """The seconds of CPU that the handler took."""
        path = path or self._path
        request = Request(
            method=self._endpoint.method.upper(),
            raw_path=path,
            raw_query=query,
            headers=(
                ("content-type", "application/json"),
                ("authorization", f"Bearer {KEY}"),
                ("x-api-key", KEY),
                ("x-chatcaptain-key", KEY),
            ),
            body=body,
            source_ip="127.0.0.1",
        )
        match = find_route(template().routes, request.method, path)
        event = build_event(request, match, request_id="a-request", time=datetime.now(UTC))
        handle = handler(match.route.function)
        start = time.process_time()
        answer = handle(event, None)
        seconds = time.process_time() - start
        assert answer["statusCode"] < 500, (body[:200], answer["body"][:500])
        assert answer["statusCode"] < 400 or len(answer["body"]) < LONGEST_REFUSAL
        return seconds


def too_costly(costs: list[Cost]) -> list[str]:
    return [
        f"{each.case.family} in {each.case.place}: {each.hostile:.3f} s, {each.ratio:.1f} times"
        for each in costs
        if each.ratio > MAX_RATIO
    ]


@pytest.mark.parametrize("endpoint", endpoints(), ids=lambda each: f"{each.dialect} {each.name}")
def test_a_hostile_body_costs_what_a_plain_one_of_its_size_does(endpoint: Endpoint, hostile: World):
    send = Sender(endpoint, hostile)
    send(b"{}")
    costs = [measured(case, send) for case in cases(endpoint, BODY_BYTES, drawn=True)]
    assert costs
    assert not too_costly(costs)
