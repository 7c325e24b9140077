"""A value is data: one line, nothing invisible, bounded, in the types that a platform takes."""

import json
import time
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.calls import MessageKind, PlatformMessage, ResolvedVariable, VariableState
from shared.platforms.registry import NAMES, find
from shared.platforms.values import (
    CALL_VARIABLE,
    MAX_TEXT_CHARS,
    ValueRules,
    ValueTypes,
    clean_json,
    fenced,
    own_line,
    platform_values,
    single_line,
)
from tests.platforms.cases import MIXED, MIXED_AS_TEXT, resolution
from tests.platforms.injections import FENCE, INJECTIONS

IDS = [f"injection {number}" for number in range(len(INJECTIONS))]
CALL = PlatformMessage(MessageKind.RESOLVE)
FORBIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of controls, format characters, surrogates and separators of lines."""


def is_single_line(text: str) -> bool:
    """Return whether a text is one line of visible characters."""
    return (
        len(text.splitlines()) <= 1
        and not {unicodedata.category(char) for char in text} & FORBIDDEN
        and "{{" not in text
        and "}}" not in text
        and "{%" not in text
    )


def values(rules: ValueRules, given_values: dict, call: str | None = None) -> dict:
    return platform_values(rules, resolution(given_values).variables, call)


def test_the_corpus_is_as_large_as_promised():
    assert len({*INJECTIONS}) == len(INJECTIONS) >= 60


@pytest.mark.parametrize("text", INJECTIONS, ids=IDS)
def test_an_injection_is_one_visible_line(text: str):
    assert is_single_line(single_line(text))


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_is_one_visible_line(text: str):
    line = single_line(text)

    assert is_single_line(line)
    assert single_line(line) == line


@given(st.text(max_size=60), st.integers(1, 30))
def test_a_line_is_never_longer_than_its_limit(text: str, max_chars: int):
    assert len(single_line(text, max_chars)) <= max_chars


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace",
        "José Ñandú-Müller",
        "Łukasz Żółć",
        "李小龍",
        "محمد",
        "नमस्ते",
        "O'Brien & Sons <info@example.com>",
        "50 % off, 12:30",
        "👍",
        "a\\b/c",
        "{plan} [x] (y)",
    ],
)
def test_an_ordinary_text_stays_as_it_is(text: str):
    assert single_line(text) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\nb", "a b"),
        (" a \r\n\t b ", "a b"),
        ("a\u00a0\u3000b", "a b"),
        ("a\u200b \u200bb", "a b"),
        ("{{plan}}", "{ {plan} }"),
        ("{\u200b{plan}\u200b}", "{ {plan} }"),
        ("{{{{", "{ { { {"),
        ("", ""),
        ("\n\u200b", ""),
    ],
)
def test_what_is_removed_and_replaced(text: str, line: str):
    assert single_line(text) == line


def test_the_text_of_an_author_keeps_its_templates():
    assert own_line("Hello\n{{customer_name}}\u200b!") == "Hello {{customer_name}}!"
    assert own_line("\n") is None
    assert own_line(None) is None


def test_a_text_of_a_megabyte_takes_no_longer_than_its_limit():
    started = time.process_time()
    for _ in range(100):
        single_line("\u200b\n" * 500_000)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("text", INJECTIONS, ids=IDS)
def test_a_fence_is_never_closed_from_inside(text: str):
    for inside in (text, single_line(text), f"a: {text}\nb: {FENCE}"):
        opening, *lines, closing = fenced(inside).split("\n")
        assert opening == closing
        assert {*opening} == {"`"}
        assert opening not in "\n".join(lines)
        assert "\n".join(lines) == inside


@given(st.text("`~ \na", max_size=40))
def test_any_fence_is_longer_than_the_runs_inside(text: str):
    assert fenced(text).count(fenced(text).split("\n")[0]) == 2


@pytest.mark.parametrize("name", NAMES)
def test_no_injection_breaks_out_of_a_response(name: str):
    """The structure with it is that with a harmless value."""
    platform = find(name)
    settings = {"url": "wss://a.example.com", "model": "m", "assistant_id": "a"}

    def shape(value: str):
        given_values = {"note": value, "plan": "pro", "notes": [value, {"a": value}]}
        body = platform.answer(CALL, resolution(given_values, settings=settings)).body.decode()
        if body.startswith("<"):
            root = ET.fromstring(body)
            return [(each.tag, [*each.attrib]) for each in root.iter()], texts_of(root)
        document = json.loads(body)
        return names_of(document), [*strings_of(document)]

    harmless, _ = shape("Ada")
    for text in INJECTIONS:
        structure, strings = shape(text)
        assert structure == harmless
        assert all(is_single_line(each) for each in strings if platform.name != "openai")


def names_of(document):
    if isinstance(document, dict):
        return {name: names_of(each) for name, each in document.items()}
    return None


def strings_of(document):
    if isinstance(document, dict | list):
        for each in document.values() if isinstance(document, dict) else document:
            yield from strings_of(each)
    elif isinstance(document, str):
        yield document


def texts_of(root):
    return [value for each in root.iter() for value in each.attrib.values()]


@pytest.mark.parametrize("text", INJECTIONS, ids=IDS)
def test_instructions_keep_each_value_on_its_line_inside_of_the_fence(text: str):
    response = find("openai").answer(
        CALL, resolution({"note": text, "plan": "pro"}, settings={"model": "m"})
    )
    instructions = json.loads(response.body)["instructions"]
    lines = instructions.split("\n")
    fence = lines[1]

    assert {*fence} == {"`"}
    assert [line for line in lines if fence in line] == [fence, fence]
    assert [line.partition(":")[0] for line in lines[2:-1]] == ["note", "plan", CALL_VARIABLE]


class TestTypes:
    """What becomes of each JSON type."""

    def test_a_platform_of_texts_gets_texts(self):
        assert values(ValueRules(), MIXED) == MIXED_AS_TEXT

    def test_a_platform_of_scalars_gets_numbers_and_booleans_as_they_are(self):
        rules = ValueRules(types=ValueTypes.SCALARS, nulls=True)
        as_they_are = {name: MIXED[name] for name in ("balance", "orders", "vip", "next_visit")}

        assert values(rules, MIXED) == {**MIXED_AS_TEXT, **as_they_are}

    def test_a_platform_of_json_gets_everything_as_it_is(self):
        assert values(ValueRules(types=ValueTypes.JSON, nulls=True), MIXED) == MIXED

    def test_a_boolean_is_no_number(self):
        (value,) = values(ValueRules(types=ValueTypes.SCALARS), {"vip": True}).values()
        assert value is True

    @pytest.mark.parametrize(
        "number",
        [float("nan"), float("inf"), -float("inf"), 10**5000, 1e300],
        ids=["not a number", "infinite", "negative infinite", "many digits", "large"],
    )
    @pytest.mark.parametrize("types", ValueTypes)
    def test_a_number_that_json_readers_cannot_hold_is_empty(self, number, types):
        given_values = {"a": number, "b": [number], "plan": "pro"}

        found = values(ValueRules(types=types), given_values)
        assert (found["a"], found["plan"]) == ("", "pro")
        json.dumps(found, allow_nan=False)

    def test_texts_inside_of_structures_are_lines_too(self):
        nested = {"a\nb": ["c\nd", {"e": "{{f}}"}]}

        assert clean_json(nested) == {"a b": ["c d", {"e": "{ {f} }"}]}

    def test_what_is_nested_too_deeply_is_null(self):
        deep: list = []
        for _ in range(5000):
            deep = [deep]

        found = values(ValueRules(types=ValueTypes.JSON), {"a": deep})
        assert json.dumps(found["a"]) == "[" * 8 + "null" + "]" * 8


class TestOneBadEntry:
    """One entry that a platform cannot take never costs the others."""

    @pytest.mark.parametrize("name", ["", "a b", "a-b", "1a", "é", "a\n", "x" * 101, 'a"b', "a.b"])
    def test_a_name_that_the_platform_does_not_take_is_left_out_alone(self, name: str):
        assert values(ValueRules(), {name: "x", "plan": "pro"}) == {"plan": "pro"}

    def test_a_reserved_name_is_left_out_alone(self):
        rules = ValueRules(reserved_names=frozenset({"now"}), reserved_prefixes=("system__",))

        found = values(rules, {"now": "x", "system__a": "y", "nowhere": "z"})
        assert found == {"nowhere": "z"}

    def test_a_text_that_is_too_long_is_cut(self):
        found = values(ValueRules(), {"a": "x" * 1_000_000, "plan": "pro"})
        assert found == {"a": "x" * MAX_TEXT_CHARS, "plan": "pro"}

    def test_values_beyond_the_limit_in_bytes_are_empty_but_there(self):
        found = values(ValueRules(max_bytes=30), {"a": "é" * 10, "b": "x" * 20, "c": "y"})
        assert found == {"a": "é" * 10, "b": "", "c": ""}

    def test_variables_beyond_the_limit_are_left_out(self):
        given_values = {f"v{number}": "x" for number in range(60)}

        assert len(values(ValueRules(max_count=50), given_values, "call_1")) == 50

    def test_a_name_that_is_left_out_takes_no_place_of_the_limit(self):
        assert values(ValueRules(max_count=1), {"a b": "x", "plan": "pro"}) == {"plan": "pro"}


class TestCall:
    """The id of the call is a variable, for the tools of the agent."""

    def test_it_comes_last(self):
        assert [*values(ValueRules(), {"plan": "pro"}, "call_1")] == ["plan", CALL_VARIABLE]

    def test_a_call_without_an_id_has_none(self):
        assert CALL_VARIABLE not in values(ValueRules(), {"plan": "pro"})

    def test_an_agent_cannot_declare_its_name(self):
        assert ValueRules().name_fault(CALL_VARIABLE)
        assert values(ValueRules(), {CALL_VARIABLE: "mine"}, "call_1") == {CALL_VARIABLE: "mine"}


@pytest.mark.parametrize("name", NAMES)
def test_every_declared_name_is_answered_when_storage_is_not(name: str):
    platform = find(name)
    declared = [f"variable_{number}" for number in range(40)]
    variables = tuple(ResolvedVariable(each, None, VariableState.UNAVAILABLE) for each in declared)

    body = platform.answer(CALL, resolution({}, variables=variables, call=None)).body.decode()
    assert all(each in body for each in declared)
