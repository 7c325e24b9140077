"""Extraction by a model over HTTP, and its failures."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from botocore.config import Config

from local.intrinsics import parse_template
from shared.adapters.bedrock_extractor import INFERRED, MAX_FIELDS
from shared.domain.accounts import Account, Caller
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.services.variables.fallback_extractor import FallbackExtractor
from shared.services.variables.field_processing import process_fields
from shared.services.variables.label_extractor import LABELED, LabelExtractor
from shared.validation.fields.free_text import MAX_FREE_TEXTS
from shared.wiring import endpoints as wiring
from tests.api import TEMPLATE
from tests.extraction.converse_server import (
    ConverseServer,
    Reply,
    answers,
    converse_server,
    fails,
    hangs,
    hangs_up,
    message,
    uses_tool,
)
from tests.fixtures import LONG_AGO, Fixtures
from tests.ports import free_port

MODEL = "example.reader-v1:0"
TEXT = "Budget: 5000. She was promoted to Gold last week, pays since 12/03/2024."


def define(name: str, variable_type: str = "text", number: int = 1, **facts) -> Definition:
    return Definition(
        definition_id=number,
        slot=number,
        external_id=f"external{number}",
        name=name,
        display_name=name.replace("_", " "),
        variable_type=VariableType(variable_type),
        context_type=ContextType.CONTACT,
        **facts,
    )


DEFINITIONS = [
    define("budget", "number", 1, description="What she can spend", aliases=("presupuesto",)),
    define("level", "select", 2, select_options=("Silver", "Gold")),
    define("first_payment", "date", 3),
    define("is_vip", "boolean", 4),
    define("ciudad_de_más", "text", 5),
    define("company", "text", 6),
]


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[ConverseServer]:
    """Deploy the extraction with a model."""
    with converse_server() as server:
        monkeypatch.setenv("EXTRACTION_MODEL_ID", MODEL)
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url)
        yield server


def said(text: str = TEXT) -> dict[str, object]:
    return {each.name: each.value for each in wiring.extractor().extract(text, DEFINITIONS)}


def test_the_model_is_asked_for_the_definitions_and_nothing_else(bedrock: ConverseServer):
    wiring.extractor().extract(TEXT, DEFINITIONS)
    (asked,) = bedrock.asked
    assert asked["path"] == "/model/example.reader-v1%3A0/converse"
    assert "/us-east-1/bedrock/aws4_request" in asked["headers"]["Authorization"]
    body = asked["body"]
    assert body["inferenceConfig"]["temperature"] == 0
    assert TEXT in body["messages"][0]["content"][0]["text"]
    assert TEXT not in json.dumps(body["system"])
    (tool,) = body["toolConfig"]["tools"]
    assert body["toolConfig"]["toolChoice"] == {"tool": {"name": tool["toolSpec"]["name"]}}
    properties = tool["toolSpec"]["inputSchema"]["json"]["properties"]
    assert list(properties) == [
        *("budget", "level", "first_payment", "is_vip"),
        *("field-5", "company"),
    ]
    assert properties["level"]["enum"] == ["Silver", "Gold"]
    assert properties["is_vip"]["type"] == "boolean"
    for words in ("budget", "What she can spend", "presupuesto"):
        assert words in properties["budget"]["description"]


def test_what_the_model_reads_is_taken(bedrock: ConverseServer):
    bedrock.reply = uses_tool(
        {
            "budget": "5000",
            "level": "Gold",
            "first_payment": "12/03/2024",
            "is_vip": True,
            "field-5": "last week",
        }
    )
    assert said() == {
        "budget": "5000",
        "level": "Gold",
        "first_payment": "12/03/2024",
        "is_vip": True,
        "ciudad_de_más": "last week",
    }
    assert {each.confidence for each in wiring.extractor().extract(TEXT, DEFINITIONS)} == {INFERRED}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"salary": "5000", "Budget": "5000", "field-1": "5000", "": "x"},
        {"budget": 5000, "level": 2, "first_payment": ["12/03/2024"], "is_vip": "yes"},
        {"budget": None, "company": {"name": "She"}, "level": True},
        {"company": "Acme", "budget": "9000", "ciudad_de_más": "last week"},
    ],
    ids=["nothing", "unknown names", "wrong types", "more wrong types", "not in the text"],
)
def test_what_the_model_makes_up_is_not_taken(bedrock: ConverseServer, arguments: object):
    bedrock.reply = uses_tool(arguments)
    assert said() == {}


FAILURES: dict[str, Reply] = {
    "no use of the tool": answers(message([{"text": "I would rather not."}], "end_turn")),
    "nothing at all": answers(message([], "end_turn")),
    "another tool": uses_tool({"budget": "5000"}, name="send_money"),
    "arguments that are no object": uses_tool(["budget"]),
    "arguments that are a text": uses_tool("budget"),
    "an answer that is cut off": uses_tool({"budget": "50"}, stop_reason="max_tokens"),
    "an answer without output": answers({"stopReason": "tool_use"}),
    "an answer of another form": answers({"output": {"message": None}}),
    "an answer that is a list": answers([]),
    "malformed JSON": answers(b'{"output": {"mess'),
    "no JSON": answers(b"<html>busy</html>"),
    "throttling": fails(429, "ThrottlingException"),
    "a fault of the service": fails(500, "InternalServerException"),
    "a service that is away": fails(503, "ServiceUnavailableException"),
    "a model that takes too long": fails(408, "ModelTimeoutException"),
    "no access": fails(403, "AccessDeniedException"),
    "no such model": fails(404, "ResourceNotFoundException"),
    "a request that the model refuses": fails(400, "ValidationException"),
    "a connection that is closed": hangs_up,
}


@pytest.mark.parametrize("reply", FAILURES.values(), ids=FAILURES.keys())
def test_where_the_model_fails_the_labels_are_read(
    bedrock: ConverseServer, reply: Reply, caplog: pytest.LogCaptureFixture
):
    bedrock.reply = reply
    (found,) = wiring.extractor().extract(TEXT, DEFINITIONS)
    assert (found.name, found.value, found.confidence) == ("budget", "5000", LABELED)
    assert len(bedrock.asked) == 1
    (logged,) = (each for each in caplog.records if each.name == "contact-context")
    assert (logged.levelname, logged.getMessage()) == ("WARNING", "fell back")
    assert vars(logged)["facts"]["error"]
    assert "promoted" not in str(vars(logged))


def test_a_model_that_does_not_answer_is_not_waited_for(
    bedrock: ConverseServer, monkeypatch: pytest.MonkeyPatch
):
    retries = wiring._MODEL_CONFIG.retries
    monkeypatch.setattr(wiring, "_MODEL_CONFIG", Config(read_timeout=0.2, retries=retries))
    bedrock.reply = hangs
    assert said() == {"budget": "5000"}
    assert len(bedrock.asked) == 1


def test_a_model_that_is_not_there_is_not_waited_for(
    bedrock: ConverseServer, monkeypatch: pytest.MonkeyPatch
):
    url = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", url)
    assert said() == {"budget": "5000"}
    assert bedrock.asked == []


def test_all_texts_of_a_request_are_read_within_the_time_of_a_function():
    config = wiring._MODEL_CONFIG
    assert config.retries["total_max_attempts"] == 1
    longest = MAX_FREE_TEXTS * (config.connect_timeout + config.read_timeout)
    timeout = parse_template(TEMPLATE.read_text())["Globals"]["Function"]["Timeout"]
    assert longest <= timeout - 10


def test_of_very_many_definitions_the_model_is_told_of_some(bedrock: ConverseServer):
    many = [define(f"field_{number}", number=number) for number in range(MAX_FIELDS + 50)]
    wiring.extractor().extract(TEXT, many)
    (tool,) = bedrock.asked[0]["body"]["toolConfig"]["tools"]
    properties = tool["toolSpec"]["inputSchema"]["json"]["properties"]
    assert len(properties) == MAX_FIELDS


def test_what_the_model_reads_is_held_to_the_definitions(
    bedrock: ConverseServer, engine_world: Fixtures
):
    fixtures = engine_world
    fixtures.accounts.add(Account("acme", locale="es-CL"))
    fixtures.definition("budget", "number")
    fixtures.definition("level", "select", select_options=("Silver", "Gold"))
    fixtures.definition("first_payment", "date")
    fixtures.definition("hidden", owner="somebody else")
    arguments = {"budget": "5000", "level": "gold", "first_payment": "12/03/2024", "hidden": "She"}
    bedrock.reply = uses_tool({**arguments, "level": "Diamond"})
    sent = {"notes": TEXT, "budget": "7.000"}
    processed = process_fields(
        *(fixtures.definitions, fixtures.accounts, wiring.extractor()),
        *(Caller("acme", "a-key", LONG_AGO), ContextType.CONTACT, sent),
    )
    assert processed.values == {"notes": TEXT, "budget": 7000, "first_payment": "2024-03-12"}
    (tool,) = bedrock.asked[0]["body"]["toolConfig"]["tools"]
    properties = tool["toolSpec"]["inputSchema"]["json"]["properties"]
    assert list(properties) == ["level", "first_payment"]


def test_without_a_model_labels_are_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("EXTRACTION_MODEL_ID", raising=False)
    assert isinstance(wiring.extractor(), LabelExtractor)
    assert not isinstance(wiring.extractor(), FallbackExtractor)


def test_without_a_model_nothing_of_it_is_loaded():
    """In a process of its own, as at a cold start."""
    program = (
        "import sys; from shared.wiring import endpoints; before = set(sys.modules); "
        "endpoints.extractor(); print(*before, '|', *sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], env=os.environ, capture_output=True, text=True, check=True
    )
    before, after = (set(part.split()) for part in ran.stdout.split("|"))
    assert "shared.services.variables.label_extractor" in after - before
    assert (
        not {
            "shared.adapters.bedrock_extractor",
            "shared.services.variables.fallback_extractor",
            "jellyfish",
        }
        & after
    )
