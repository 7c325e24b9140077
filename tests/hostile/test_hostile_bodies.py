"""The CPU time of a request depends on its size only, whatever its content."""

import gc
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from benchmarks.hostile import (
    DRAWN,
    MAX_RATIO,
    VALUES,
    Case,
    Cost,
    Endpoint,
    cases,
    endpoints,
    measured,
)
from local.event import Request, build_event
from local.routing import find_route
from local.template import Route
from openapi_documents.files import FOLDER
from openapi_documents.making import apis
from shared.domain.contacts import Conversation
from tests.api import dialect_of, handler, template
from tests.conftest import TABLE_NAME
from tests.fixtures import Fixtures, Items, new_table
from tests.triggers.importing import BUCKET, Importer
from tests.triggers.queue import failures, record

BODY_BYTES = 100_000
LONGEST_REFUSAL = 50_000
QUERY_BYTES = 6_000

PATH = {
    "contact_id": "123",
    "variable_id": "2",
    "webhook_id": "wh_1",
    "import_id": "imp_1",
    "webhookId": "wh_2",
    "aiContactId": "df980fc8-b6db-4820-bf22-000000000123",
    "channelType": "whatsapp",
    "platformIdentifier": "15550100",
    "chatbotId": "bot_1",
    "contactId": "external123",
    "conversationId": "conv_1",
    "botIntegrationId": "456",
    "name": "a_new_field",
    "suggestion_id": "sug_3f9a1c0d5b7e24680ace_contact_123",
    "definition_id": "external1",
    "delivery_id": "001795323600000.evt_0123456789abcdef0123456789abcdef",
    "conversation_id": "conv_1",
    "tag": "VIP",
    "agent_id": "agent_1",
    "hook_id": "hook_1",
    "call_id": "call_1",
    "key_id": "a-key",
}
KEY = "everything"

DRAWN_VALUES = {family: VALUES[family] for family in DRAWN}
TEXTS = {family: VALUES[family] for family in ("combining marks", "hyphens")}
"""The texts for requests with many places."""

ROUTES = [
    route
    for route in template().routes
    if not route.path.endswith("/") and dialect_of(route.function) in apis()
]
NEEDED = {
    "/v1/chatbots/{chatbotId}/contacts/search": {"query": "a", "page": "1", "pageSize": "10"},
    "/api/public/contacts": {"days": "1"},
}
"""The required parameters of queries."""


def parameters(route: Route) -> list[Any]:
    """Return the parameters of a route in its document."""
    operations = document(dialect_of(route.function))["paths"][route.path]
    return [
        *operations.get("parameters", ()),
        *operations[route.method.lower()].get("parameters", ()),
    ]


@cache
def document(dialect: str) -> Any:
    return json.loads((FOLDER / f"{dialect}.json").read_text())


@pytest.fixture
def importer(
    hostile: Fixtures, services_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Importer]:
    """Return the imports of the account."""
    made = Importer.on(hostile, services_url)
    monkeypatch.setenv("IMPORT_QUEUE_URL", made.queue_url)
    monkeypatch.setenv("IMPORT_BUCKET_NAME", BUCKET)
    monkeypatch.setenv("IMPORT_ROWS_PER_SECOND", "100000")
    yield made
    made.clear()


@pytest.fixture(scope="session")
def nearly_equal(engine_client: Any, acme: Items) -> Items:
    """Return the items of acme with nearly equal names and options. Cached, as they take long."""
    with new_table(engine_client, f"{TABLE_NAME}-of-hostile", has_stream=False) as fixtures:
        fixtures.put_back(acme)
        fixtures.account("acme", chatbots=("bot_1",))
        fixtures.key(KEY, permissions=("*",))
        fixtures.key("of the chatbot", permissions=("*",), resource="chatbots/bot_1")
        fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
        fixtures.webhook("wh_1")
        fixtures.webhook("wh_2", form="vambe")
        for number in range(100):
            fixtures.definition(f"annual_recurring_revenue_in_country_{number:03d}")
        options = tuple(f"option{chr(0x301) * 20} number {number:03d}" for number in range(200))
        fixtures.definition("a_new_field", "select", select_options=options)
        fixtures.definition("topic", context_type="conversation")
        fixtures.definition("a_business_field", context_type="business")
        return fixtures.items()


@pytest.fixture
def hostile(everything: Fixtures, nearly_equal: Items, monkeypatch: pytest.MonkeyPatch) -> Fixtures:
    """Create an account with nearly equal names and options, near its limit of definitions."""
    # New names then cost their look-up only.
    monkeypatch.setenv("MAX_DEFINITIONS", "110")
    everything.put_back(nearly_equal)
    # As a function does at its start. Otherwise requests pay for the objects of other tests.
    gc.freeze()
    return everything


class Sender:
    """Sends bodies to an endpoint, and compares the responses with its document."""

    def __init__(self, method: str, route_path: str, fixtures: Fixtures) -> None:
        self._method = method.upper()
        is_of_conversations = "conversationId" in route_path
        name = "topic" if is_of_conversations else "a_new_field"
        (variable,) = [each for each in fixtures.definitions.list("acme") if each.name == name]
        ids = {**PATH, "variableId": variable.external_id}
        if route_path.endswith("/contacts/variables/{contactId}"):
            # Their path has the variable where others have the contact.
            ids["contactId"] = variable.external_id
        if route_path.startswith("/v1/contacts/"):
            ids["contact_id"] = "contact_123"
        if route_path.startswith("/v1/business/"):
            ids["name"] = "a_business_field"
        self.ids = ids
        self._path = route_path.format_map(ids)

    def __call__(self, body: bytes, query: str = "", path: str = "") -> float:
        """Return the seconds of CPU that the handler took."""
        path = path or self._path
        request = Request(
            method=self._method,
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
def test_a_hostile_body_costs_what_a_plain_one_of_its_size_does(
    endpoint: Endpoint, hostile: Fixtures
):
    send = Sender(endpoint.method, endpoint.path, hostile)
    send(b"{}")
    costs = [measured(case, send) for case in cases(endpoint, BODY_BYTES, drawn=True)]
    assert costs
    assert not too_costly(costs)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_a_hostile_query_or_path_costs_what_a_plain_one_does(route: Route, hostile: Fixtures):
    """Tests every parameter of the documents, including those of the path."""
    send = Sender(route.method, route.path, hostile)
    names = [each["name"] for each in parameters(route) if each["in"] == "query"]
    held = {**NEEDED.get(route.path, {}), **dict.fromkeys(names, "")}
    plain = "x" * QUERY_BYTES
    costs = []
    for name in names:
        for family, make in TEXTS.items():
            queries = [
                urlencode({**NEEDED.get(route.path, {}), name: text}).encode()
                for text in (json.loads(make(QUERY_BYTES)), plain)
            ]
            case = Case(family, f"{name} of {list(held)}", *queries)
            costs.append(measured(case, lambda query: send(b"", query.decode())))
    for name in re.findall(r"{(\w+)}", route.path):
        for family, make in TEXTS.items():
            paths = [
                route.path.format_map({**send.ids, name: quote(text, safe="")}).encode()
                for text in (json.loads(make(QUERY_BYTES)), plain)
            ]
            case = Case(family, name, *paths)
            costs.append(measured(case, lambda path: send(b"{}", path=path.decode())))
    assert not too_costly(costs)


ROW_BYTES = 60_000


@pytest.mark.parametrize(("file_format", "mode"), [("csv", "coerce"), ("ndjson", "auto_create")])
def test_a_hostile_row_of_an_import_costs_what_a_plain_one_does(
    file_format: str, mode: str, hostile: Fixtures, importer: Importer
):
    columns = ["phone_number", "a_new_field", "is_active"]
    hostile.definition("is_active", "boolean")

    def send(content: bytes) -> float:
        job = importer.ask(file_format, mode=mode)
        message = importer.upload(job, content)
        start = time.process_time()
        importer.run_to_end(message)
        seconds = time.process_time() - start
        assert importer.job(job).status in ("completed", "failed")
        return seconds

    def file(column: str, text: str) -> bytes:
        if file_format == "ndjson":
            row = {"email": "ada@example.com", column: text}
            return json.dumps(row, ensure_ascii=False).encode()
        quoted = text.replace('"', '""')
        return f'email,{column}\nada@example.com,"{quoted}"\n'.encode()

    plain = "x" * ROW_BYTES
    cases = [
        Case(family, column, file(column, json.loads(make(ROW_BYTES))), file(column, plain))
        for column, (family, make) in product(columns, TEXTS.items())
    ]
    cases += [
        Case(family, "a column", file(json.loads(make(ROW_BYTES)), "x"), file(plain, "x"))
        for family, make in TEXTS.items()
    ]
    assert not too_costly([measured(case, send) for case in cases])


@pytest.mark.parametrize("mode", ["coerce"])
def test_a_hostile_message_costs_what_a_plain_one_does(mode: str, hostile: Fixtures):
    def message(text: str, place: str) -> bytes:
        body = {
            "account_id": "acme",
            "identifier": {"kind": "email", "value": "ada@example.com"},
            "contact": {"email": "ada@example.com"},
            "variables": {},
            "mode": mode,
        }
        group, _, name = place.partition(".")
        if name:
            body[group] = {**body[group], name: "@hole@"}
        else:
            body[group] = "@hole@"
        return json.dumps(body).replace('"@hole@"', text).encode()

    def send(body: bytes) -> float:
        start = time.process_time()
        failures("TriggerUpsertContacts", record(body.decode()))
        return time.process_time() - start

    # With as many members as fit, more than a request can set.
    places = [
        *("id", "account_id", "identifier.value", "origin_id", "contact", "variables"),
        *("contact.email", "contact.phone_number", "contact.wa_id", "contact.time_zone"),
        *("variables.a_new_field", "variables.topic", "unknown"),
    ]
    plain = json.dumps("x" * BODY_BYTES)
    costs = [
        measured(Case(family, place, message(make(BODY_BYTES), place), message(plain, place)), send)
        for place, (family, make) in product(places, DRAWN_VALUES.items())
    ]
    assert not too_costly(costs)
