"""The page of voice platforms says what the code does."""

import json
import re
from pathlib import Path

import pytest

from shared.platforms.platform import DEFAULT_DEADLINE_MS
from shared.platforms.registry import NAMES, find
from shared.platforms.signature_scheme import Algorithm
from shared.platforms.signature_settings import signature_faults
from shared.platforms.values import MAX_TEXT_CHARS, MAX_VALUES_BYTES, ValueTypes
from tests.platforms.cases import hook_request, resolution

PAGE = (Path(__file__).parents[2] / "docs" / "platforms.md").read_text()
ROWS = {
    row[1].strip("`"): row
    for row in re.findall(
        r"^\| (.+) \| (`\w+`) \| (.+) \| (.+) \| (.*)\| (.+) \|$", PAGE, re.MULTILINE
    )
}
SETTINGS = {
    "vapi": {"assistant_id": "asst_1"},
    "twilio": {"url": "wss://agent.example.com/ws"},
    "openai": {"model": "gpt-realtime"},
}
ALGORITHMS = {
    Algorithm.HMAC_SHA1: "HMAC-SHA1",
    Algorithm.HMAC_SHA256: "HMAC-SHA256",
    Algorithm.ED25519: "Ed25519",
    Algorithm.SECRET: "a secret of yours",
}
TYPES = {
    ValueTypes.TEXT: "text",
    ValueTypes.SCALARS: "text, number, boolean",
    ValueTypes.JSON: "any JSON",
}


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_table_has_a_row_for_each_platform_in_order():
    assert [*ROWS] == [*NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_what_the_platform_is(name: str):
    platform = find(name)
    title, _, waits, values, count, signature = ROWS[name]

    assert title == platform.title
    budget = platform.budget_ms
    assert waits == ("not published" if budget is None else f"{budget / 1000:g} s")
    assert values == TYPES[platform.values.types] + (", null" if platform.values.nulls else "")
    assert count.strip() == str(platform.values.max_count or "")
    scheme = platform.signature
    if scheme is None:
        assert signature in ("none", "AWS IAM")
    elif signature.startswith("Standard Webhooks"):
        assert scheme.headers == ("webhook-signature",)
    else:
        assert signature.startswith(ALGORITHMS[scheme.algorithm])
    has_time = scheme is not None and "{timestamp}" in scheme.signed_text
    assert ("5 minutes" in signature) is has_time


@pytest.mark.parametrize("name", NAMES)
def test_a_section_names_header_settings_and_failure(name: str):
    platform = find(name)
    text = section(platform.title)

    points = re.findall(r"^- \*\*(Set|Sent|Answered|Signature|On failure)\*\*", text, re.MULTILINE)
    assert points == ["Set", "Sent", "Answered", "Signature", "On failure"]
    assert all(f"`{each.name}`" in text for each in platform.settings)
    if platform.signature and platform.signature.algorithm is not Algorithm.SECRET:
        shown = "Standard Webhooks" if name == "openai" else platform.signature.headers[0]
        assert name == "synthflow" or shown.lower() in text.lower()


@pytest.mark.parametrize("name", NAMES)
def test_the_example_is_what_the_platform_gets(name: str):
    """For a contact 41 on the plan pro; the caller of every example is read."""
    platform = find(name)
    sent, answer = re.findall(
        r"```(?:json|xml)?\n(.+?)\n```(?=\n)", section(platform.title), re.DOTALL
    )

    message = platform.read(hook_request(sent.encode()))
    assert message.caller
    response = platform.answer(message, resolution(settings=SETTINGS.get(name, {})))
    if name == "twilio":
        assert response.body.decode() == answer
    else:
        assert json.loads(response.body) == json.loads(answer)


def test_the_limits_on_the_page_are_those_of_the_code():
    assert f"deadline is {DEFAULT_DEADLINE_MS:,} ms" in PAGE
    assert f"longer than {MAX_TEXT_CHARS:,} characters (Twilio and Fish Audio: 1,000)" in PAGE
    shorter = {name for name in NAMES if find(name).values.max_chars == 1000}
    assert shorter == {"twilio", "fish_audio"}
    assert f"larger than {MAX_VALUES_BYTES:,} bytes" in PAGE
    lower = {find(name).title: find(name).values.max_bytes for name in NAMES}
    stated = {
        "Amazon Connect": 30_000,
        "Dialogflow CX": 60_000,
        "Amazon Lex V2": 12_000,
    }
    assert {name: each for name, each in lower.items() if each != MAX_VALUES_BYTES} == stated
    assert "(Amazon Connect 30,000; Dialogflow CX 60,000; Lex V2 12,000)" in PAGE


def test_the_signature_on_the_page_can_be_set():
    (shown,) = re.findall(r"```json\n(.+?)\n```", section("Signatures"), re.DOTALL)

    assert signature_faults(find("vapi"), json.loads(shown)) == []
    assert all(each in section("Signatures") for each in find("vapi").signature_settings)
