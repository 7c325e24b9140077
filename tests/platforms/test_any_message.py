"""Any message of a platform gets a complete response in the format of the platform."""

import copy
import importlib
import json
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.calls import MessageKind, PlatformMessage, ToolResult
from shared.platforms.documents import MAX_BODY_BYTES
from shared.platforms.platform import HookRequest, HookResponse, Platform
from shared.platforms.registry import NAMES, find
from tests.platforms.cases import hook_request, resolution, unavailable
from tests.platforms.test_amazon_connect import EVENT as CONNECT
from tests.platforms.test_dialogflow_cx import WEBHOOK
from tests.platforms.test_elevenlabs import INITIATION
from tests.platforms.test_fish_audio import INBOUND as FISH
from tests.platforms.test_flat import CALL
from tests.platforms.test_lex_v2 import EVENT as LEX
from tests.platforms.test_openai import INCOMING
from tests.platforms.test_retell import FUNCTION
from tests.platforms.test_retell import INBOUND as RETELL
from tests.platforms.test_synthflow import INBOUND as SYNTHFLOW
from tests.platforms.test_telnyx import PAYLOAD
from tests.platforms.test_twilio import FORM
from tests.platforms.test_vapi import REQUEST
from tests.platforms.test_vogent import INBOUND as VOGENT

VAPI_TOOLS = {
    "message": {
        "type": "tool-calls",
        "call": {"id": "call_1"},
        "toolCallList": [
            {"id": "1", "function": {"name": "a", "arguments": "{}"}},
            {"id": "2", "name": "a", "arguments": {"b": 1}},
        ],
    }
}
MESSAGES = [
    ("retell", RETELL),
    ("retell", FUNCTION),
    ("elevenlabs", INITIATION),
    ("elevenlabs", {**INITIATION, "tool": "a"}),
    ("vapi", REQUEST),
    ("vapi", VAPI_TOOLS),
    ("telnyx", {"data": {"event_type": "assistant.initialization", "payload": PAYLOAD}}),
    ("bland", CALL),
    ("flat", CALL),
    ("synthflow", SYNTHFLOW),
    ("fish_audio", FISH),
    ("vogent", VOGENT),
    ("dialogflow_cx", WEBHOOK),
    ("openai", INCOMING),
    ("amazon_connect", CONNECT),
    ("lex_v2", LEX),
]
VARIABLES = {
    "retell": ("call_inbound", "dynamic_variables"),
    "elevenlabs": ("dynamic_variables",),
    "vapi": ("assistantOverrides", "variableValues"),
    "telnyx": ("dynamic_variables",),
    "bland": ("variables",),
    "flat": ("variables",),
    "synthflow": ("call_inbound", "custom_variables"),
    "fish_audio": ("dynamic_variables",),
    "vogent": ("call_agent_input",),
    "dialogflow_cx": ("sessionInfo", "parameters"),
    "amazon_connect": (),
    "lex_v2": ("sessionState", "sessionAttributes"),
}
"""Where the variables are in the answer of a platform that gets JSON objects of them."""

WRONG: list[Any] = [
    *(None, True, 0, -1, 1.5, 10**400, "", "x", "\x00", "\ud800", "é" * 300, "9" * 100_000),
    *([], [[]], [None, 1, "x"], {}, {"": {}}, {"number": {"number": "1"}}, [{"name": 1}]),
]
HOSTILE = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b'{"a":NaN,"b":Infinity,"c":-Infinity,"d":1e999,"e":-1e999}',
    b'{"a":' + b"9" * 10_000 + b"}",
    b'{"a":1,"a":{"a":2}}',
    b'{"message":"\\ud800","call":"\\udfff"}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"message":' * 3000 + b"1" + b"}" * 3000,
    b'{"sessionState":{"intent":' + b'{"a":' * 800 + b"1" + b"}" * 802,
    b'{"x":"' + b"a" * 1_000_001 + b'"}',
    b"a=" + b"b" * 1_000_001,
    b"&".join([b"a=1"] * 100_000),
    b"%" * 10_000,
    "Frm=é&%ZZ=%FF".encode(),
]

TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def check(name: str, request: HookRequest) -> PlatformMessage:
    """Read a request and check every answer to it."""
    platform = find(name)
    message = platform.read(request)
    check_shape(platform, message, platform.answer(message, resolution({"plan": "pro"})))
    check_shape(platform, message, platform.answer(message, unavailable("plan")))
    if message.kind is MessageKind.TOOLS:
        assert platform.answer_tools is not None
        results = [ToolResult(each, "done") for each in message.tools]
        check_json(platform.answer_tools(message, results))
    return message


def check_shape(platform: Platform, message: PlatformMessage, response: HookResponse) -> None:
    """Check that an answer is 2xx, parses, and has the variable where the platform looks."""
    assert response.status == 200
    if platform.name == "twilio":
        (parameter, *_) = ET.fromstring(response.body)[0][0]
        assert parameter.attrib["name"] == "plan"
        return
    document = check_json(response)
    if platform.name == "openai":
        assert "\nplan: " in document["instructions"]
        return
    kind = message.echo.get("kind") if platform.name == "retell" else None
    path = VARIABLES[platform.name]
    for member in (kind, *path[1:]) if kind else path:
        document = document[member]
    assert "plan" in document


def check_json(response: HookResponse) -> Any:
    def reject(constant: str):
        raise AssertionError(constant)

    assert response.status == 200
    return json.loads(response.body.decode("utf-8", "strict"), parse_constant=reject)


def places(document: Any, path: tuple = ()):
    """Yield the path of every member of a document, and of the document."""
    yield path
    members = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in members:
        if isinstance(value, dict | list):
            yield from places(value, (*path, name))
        else:
            yield (*path, name)


def replaced(document: Any, path: tuple, value: Any) -> Any:
    """Return a document with another value at a path."""
    if not path:
        return value
    changed = copy.copy(document)
    changed[path[0]] = replaced(document[path[0]], path[1:], value)
    return changed


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_body_that_is_none_is_a_call_of_an_unknown_caller(name: str, body: bytes):
    message = check(name, hook_request(body))

    assert (message.kind, message.caller) == (MessageKind.RESOLVE, None)


@pytest.mark.parametrize(("name", "sent"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_a_message_that_is_too_large_is_not_read(name: str, sent: dict):
    message = check(name, hook_request({**sent, "padding": "x" * MAX_BODY_BYTES}))

    assert (message.kind, message.caller) == (MessageKind.RESOLVE, None)


@pytest.mark.parametrize(("name", "sent"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_a_wrong_type_at_any_member_costs_no_answer(name: str, sent: dict):
    for path in places(sent):
        for value in WRONG:
            check(name, hook_request(replaced(sent, path, value)))


@pytest.mark.parametrize(("name", "sent"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_a_missing_member_costs_no_answer(name: str, sent: dict):
    for path in places(sent):
        if path and isinstance(path[-1], str):
            changed = copy.deepcopy(sent)
            parent = changed
            for step in path[:-1]:
                parent = parent[step]
            del parent[path[-1]]
            check(name, hook_request(changed))


@pytest.mark.parametrize("field", FORM)
@pytest.mark.parametrize("value", ["", "\x00", "é" * 500, "{{From}}", "9" * 1000])
def test_a_wrong_field_of_twilio_costs_no_answer(field: str, value: str):
    check("twilio", hook_request(urlencode({**FORM, field: value}).encode()))


@pytest.mark.parametrize("name", NAMES)
@given(body=st.binary(max_size=200))
@settings(max_examples=50)
def test_any_bytes_get_an_answer(name: str, body: bytes):
    check(name, hook_request(body))


@pytest.mark.parametrize("name", NAMES)
@given(body=JSON, query=st.dictionaries(TEXTS, TEXTS, max_size=3))
@settings(max_examples=50)
def test_any_json_gets_an_answer(name: str, body: Any, query: dict):
    check(name, hook_request(body, query=query))


@pytest.mark.parametrize(("name", "sent"), MESSAGES, ids=[name for name, _ in MESSAGES])
@given(data=st.data())
@settings(max_examples=50)
def test_any_json_at_any_member_gets_an_answer(name: str, sent: dict, data: st.DataObject):
    path = data.draw(st.sampled_from([*places(sent)]))

    check(name, hook_request(replaced(sent, path, data.draw(JSON))))


@pytest.mark.parametrize("name", NAMES)
@given(
    values=st.dictionaries(TEXTS, JSON, max_size=5),
    text=TEXTS,
    chosen=st.dictionaries(st.sampled_from(["url", "model", "agent_id", "model_id"]), JSON),
)
@settings(max_examples=50)
def test_any_resolution_gets_a_valid_answer(name, values, text, chosen):
    platform = find(name)
    message = platform.read(hook_request(b""))
    members = {"first_message": text, "voice": text, "language": text, "contact_id": text}
    given_resolution = resolution({"plan": "pro", **values}, settings=chosen, call=text, **members)

    check_shape(platform, message, platform.answer(message, given_resolution))


@pytest.mark.parametrize("name", NAMES)
def test_the_acknowledgement_is_valid(name: str):
    response = find(name).acknowledgement

    assert response.status == 200
    if response.content_type == "application/json":
        assert check_json(response) == {}
    else:
        assert [*ET.fromstring(response.body)] == []


@pytest.mark.parametrize("name", ["amazon_connect", "lex_v2"])
@given(event=st.dictionaries(TEXTS, JSON, max_size=4))
@settings(max_examples=50)
def test_any_event_of_an_invocation_gets_an_answer(name: str, event: dict):
    module = importlib.import_module(f"shared.platforms.{name}")

    answer = module.answer_event(module.read_event(event), resolution({"plan": "pro"}))
    assert "plan" in json.dumps(answer)
