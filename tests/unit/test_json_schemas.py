"""JSON Schemas of definitions: a subset of 2020-12 with its semantics, and bounded work."""

import json
import time
from collections import Counter
from functools import reduce
from itertools import product
from typing import Any
from unittest.mock import Mock

import pytest
from jsonschema_rs import Draft202012Validator

from shared.domain.json_values import JsonValue
from shared.validation.json_schemas import schema_fault
from shared.validation.pattern_syntax import Accepts, Node, parse_part_pattern
from shared.validation.schema_syntax import DIALECT, MAX_SCHEMA_BYTES, schema_faults, schema_text

SCHEMAS: list[dict[str, Any]] = [
    {},
    {"type": "integer"},
    {"type": ["string", "null"]},
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "number"}}},
    {"properties": {"a": True, "b": False}, "additionalProperties": False},
    {"additionalProperties": {"type": "integer"}},
    {"items": {"type": "integer", "minimum": 1}, "minItems": 1, "maxItems": 2},
    {"uniqueItems": True},
    {"uniqueItems": False},
    {"enum": [1, "a", None, [1], {"a": 1.0}]},
    {"const": True},
    {"const": {"a": 1}},
    {"minimum": 1, "exclusiveMaximum": 2},
    {"maximum": 1, "exclusiveMinimum": 0},
    {"exclusiveMaximum": 10**400},
    {"minLength": 1, "maxLength": 2},
    {"minProperties": 1, "maxProperties": 1},
    {"pattern": "b"},
    {"pattern": "^a"},
    {"pattern": "b$"},
    {"pattern": "^(a|b)$"},
    {"pattern": "a|b"},
    {"anyOf": [{"type": "integer"}, {"minLength": 2}]},
    {"oneOf": [{"type": "integer"}, {"minimum": 1}]},
    {"allOf": [{"type": "integer"}, {"minimum": 1}]},
    {"not": {"type": ["integer", "string"]}},
    {"$schema": DIALECT, "title": "A", "format": "email", "type": "string"},
]

VALUES: list[Any] = [
    *(None, True, False, 0, 1, 1.0, 1.5, 2, -3, 1e300, 10**400, -(10**400)),
    *("", "a", "b", "ab", "ba", "xbx", "a\nb", "ä", "\U0001f600"),
    *([], [1], [1, 1.0], [1, True], [0, 1], [[1], [1]], [1, 2, 3], ["a"]),
    *({}, {"a": 1}, {"a": 1.0}, {"a": "x"}, {"b": 1}, {"a": 1, "b": 2}, {"a": {"b": []}}),
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=json.dumps)
def test_values_match_as_json_schema_defines_it(schema: dict[str, Any]):
    assert list(schema_faults(schema)) == []
    reference = Draft202012Validator(schema)
    ours = [schema_fault(schema_text(schema), json.dumps(value)) is None for value in VALUES]
    assert ours == [reference.is_valid(value) for value in VALUES]


def test_the_values_tell_every_schema_from_the_others():
    verdicts = [
        tuple(schema_fault(schema_text(schema), json.dumps(value)) is None for value in VALUES)
        for schema in SCHEMAS
    ]
    accepting_all = [each for each in verdicts if all(each)]
    assert len(accepting_all) == 2
    assert len(set(verdicts)) >= len(SCHEMAS) - 2


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (
            {"properties": {"a/b": {"items": {"type": "integer"}}}},
            {"a/b": [1, "x"]},
            "at /a~1b/1: it must be integer",
        ),
        ({"required": ["seat"]}, {}, "it must have 'seat'"),
        ({"additionalProperties": False}, {"x": 1}, "at /x: nothing may be here"),
        ({"enum": ["a", 1]}, "b", 'it must be "a" or 1'),
        ({"enum": list(range(99))}, "b", "it must be 0 or 1 or 2 or 3 or 4 or 5 or 6 or 7 or 8 or"),
        ({"pattern": "^a+$"}, "b", "it must match ^a+$"),
        ({"pattern": "a"}, "a" * 2001, "it must have at most 2000 characters"),
        ({"anyOf": [False]}, 1, "it matches none of anyOf"),
        ({"oneOf": [True, True]}, 1, "it matches 2 of oneOf, not 1"),
        ({"not": True}, 1, "it matches what it must not"),
        ({"maxItems": 0}, [1], "it must have at most 0 items"),
        ({"exclusiveMinimum": 1}, 1, "it must be more than 1"),
        ({"uniqueItems": True}, [1, 1.0], "an item is given twice"),
    ],
)
def test_a_fault_says_where_and_why(schema: dict[str, Any], value: Any, expected: str):
    fault = schema_fault(schema_text(schema), json.dumps(value))
    assert fault is not None
    assert fault.sentence.startswith(expected)


NO_SCHEMAS: list[tuple[Any, tuple[str | int, ...], str]] = [
    ([], (), "it must be an object"),
    (True, (), "it must be an object"),
    ({"$ref": "https://example.com/a"}, ("$ref",), "references are not followed"),
    ({"items": {"$ref": "#/$defs/a"}}, ("items", "$ref"), "references are not followed"),
    ({"$defs": {}}, ("$defs",), "references are not followed"),
    ({"$id": "a"}, ("$id",), "references are not followed"),
    ({"$schema": "http://json-schema.org/draft-07/schema#"}, ("$schema",), "it must be https"),
    ({"not": {"$schema": DIALECT}}, ("not", "$schema"), "it is none of the keywords"),
    ({"if": {}}, ("if",), "it is none of the keywords"),
    ({"tpye": "string"}, ("tpye",), "it is none of the keywords"),
    ({"type": "text"}, ("type",), "it must be object, array"),
    ({"type": []}, ("type",), "it must be object, array"),
    ({"type": [[]]}, ("type",), "it must be object, array"),
    ({"type": ["string", "string"]}, ("type",), "a type is given twice"),
    ({"required": ["a", "a"]}, ("required",), "a name is given twice"),
    (reduce(lambda inner, _: {"not": inner}, range(32), {}), (), "it is nested deeper than"),
    ({"items": 1}, ("items",), "it must be an object or a boolean"),
    ({"allOf": []}, ("allOf",), "it must be a list of schemas"),
    ({"anyOf": [1]}, ("anyOf", 0), "it must be an object or a boolean"),
    ({"properties": []}, ("properties",), "it must be an object of schemas"),
    ({"properties": {"a": {"enum": []}}}, ("properties", "a", "enum"), "it must be a list"),
    ({"required": "a"}, ("required",), "it must be a list of names"),
    ({"minimum": True}, ("minimum",), "it must be a number"),
    ({"minLength": -1}, ("minLength",), "it must be a whole number"),
    ({"maxItems": 1.5}, ("maxItems",), "it must be a whole number"),
    ({"uniqueItems": 1}, ("uniqueItems",), "it must be true or false"),
    ({"pattern": 1}, ("pattern",), "it must be a text"),
    ({"pattern": r"(a)\1"}, ("pattern",), "not linear"),
    ({"pattern": "(?=a)"}, ("pattern",), "not linear"),
    ({"pattern": "^a|b$"}, ("pattern",), "alternatives beside ^ or $ need a group"),
    ({"pattern": "a" * 201}, ("pattern",), "it has more than"),
    ({"pattern": f"^{'a' * 199}$"}, ("pattern",), "it has more than"),
    ({"pattern": "(a{100}){2}b"}, ("pattern",), "it has more than"),
    ({"pattern": "^^a"}, ("pattern",), "a '^' needs a backslash"),
    ({"anyOf": [{"pattern": f"a{each}"} for each in range(21)]}, (), "it has at most 20 different"),
    ({"title": "a" * MAX_SCHEMA_BYTES}, (), "it has at most"),
]


@pytest.mark.parametrize(("schema", "path", "reason"), NO_SCHEMAS)
def test_what_is_no_schema_is_refused_with_its_place(
    schema: Any, path: tuple[str | int, ...], reason: str
):
    [(found, why)] = schema_faults(schema)
    assert found == path
    assert why.startswith(reason)


LONG_PATTERN = "[a-z]?" * 28
"""168 characters, which match every text."""


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"allOf": [{"items": {"items": {}}}] * 150}, [[1] * 100] * 100),
        ({"allOf": [{"not": {"enum": [1]}}] * 200}, [["a" * 90]] * 1000),
        ({"allOf": [{"items": {"pattern": "(a?){30}a{30}"}}] * 100}, ["a" * 1000] * 90),
        ({"allOf": [{"items": {"uniqueItems": True}}] * 100}, [list(range(9))] * 4000),
        ({"items": {"pattern": LONG_PATTERN}}, ["a"] * 24_900),
    ],
)
def test_the_work_is_bounded(schema: dict[str, Any], value: Any):
    assert list(schema_faults(schema)) == []
    started = time.process_time()
    fault = schema_fault(schema_text(schema), json.dumps(value))
    assert time.process_time() - started < 2
    assert fault is not None
    assert fault.reason == "its schema takes too long to check it"


def test_a_large_value_of_a_usual_schema_is_checked():
    member = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 0}}}
    value = [{"a": number} for number in range(7000)]
    assert schema_fault(schema_text({"type": "array", "items": member}), json.dumps(value)) is None


def test_a_pattern_is_prepared_once_for_many_texts(monkeypatch: pytest.MonkeyPatch):
    counted = Counter[str]()

    def parse(pattern: str) -> Node:
        counted["parsed"] += 1
        return parse_part_pattern(pattern)

    def distinct_ranges(self: Accepts) -> list[tuple[int, int]]:
        counted["sorted"] += 1
        return original(self)

    original = Accepts.distinct_ranges
    monkeypatch.setattr("shared.validation.linear_patterns.parse_part_pattern", parse)
    monkeypatch.setattr(Accepts, "distinct_ranges", distinct_ranges)
    schema = schema_text({"items": {"pattern": "[b-z]?" * 28}})
    assert schema_fault(schema, json.dumps(["b", "cd"] * 2000)) is None
    # The classes, and what may be around the part.
    assert counted == {"parsed": 1, "sorted": 29}


LETTERS = "".join(map(chr, range(0x4E00, 0x4E00 + 200)))


@pytest.mark.parametrize(
    "pattern", [LETTERS, f"^{LETTERS[:199]}", f"^{LETTERS[:198]}$", f"({LETTERS[:50]}.{{50}}){{2}}"]
)
def test_a_pattern_has_up_to_200_characters_whatever_is_around_it(pattern: str):
    schema: dict[str, JsonValue] = {"pattern": pattern}
    assert list(schema_faults(schema)) == []
    length = 200 - pattern.count("^") - pattern.count("$")
    text = (LETTERS[:100] * 2 if "(" in pattern else LETTERS)[:length]
    texts = [text[:-1], text, f"{text}\n"]
    verdicts = [schema_fault(schema_text(schema), json.dumps(each)) is None for each in texts]
    assert verdicts == [False, True, not pattern.endswith("$")]


LARGE_ENUM = list(range(1200))


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"enum": LARGE_ENUM}, 999),
        ({"const": LARGE_ENUM}, LARGE_ENUM),
        ({"oneOf": [{"const": each} for each in LARGE_ENUM[:300]]}, 299),
        ({"type": "array", "items": {"enum": LARGE_ENUM}}, [0, 10.0, 200, 1199]),
        ({"items": {"not": {"enum": LARGE_ENUM}}}, [-1] * 500),
    ],
)
def test_the_entries_of_a_large_enum_cost_a_value_nothing(schema: dict[str, Any], value: Any):
    assert list(schema_faults(schema)) == []
    assert schema_fault(schema_text(schema), json.dumps(value)) is None


def test_the_entries_of_an_enum_are_written_once(monkeypatch: pytest.MonkeyPatch):
    written = Counter[str]()

    def dumps(value: Any, **options: Any) -> str:
        written[text := json.dumps(value, **options)] += 1
        return text

    monkeypatch.setattr("shared.validation.json_schemas.json", Mock(wraps=json, dumps=dumps))
    monkeypatch.setattr("shared.validation.json_schemas._SORTED", Mock(encode=dumps))
    schema = schema_text({"items": {"not": {"enum": [[7001], [7002]]}}})
    for _ in range(2):
        assert schema_fault(schema, "[[1], [2], [3]]") is None
    # Once to compare it, once for the reason of a fault.
    assert (written["[7001]"], written["[7002]"], written["[3]"]) == (2, 2, 2)


def test_a_fault_names_the_first_entries_of_a_long_enum():
    fault = schema_fault(schema_text({"enum": LARGE_ENUM}), "-1")
    assert fault is not None
    assert fault.reason.startswith("it must be 0 or 1 or 2")
    assert fault.reason.endswith(" or 18 or 19 or one of 1180 others")


@pytest.mark.parametrize(
    ("values", "others"),
    [
        ([*range(1200)], [-1, 1.5, "1", True, None, [1]]),
        ([each + 0.5 for each in range(800)], [1, "0.5"]),
        ([True, None, "null", '"', "["], [1, "true", [], "n"]),
        ([[each] for each in range(700)], [[1, 2], 1, "[1]"]),
    ],
    ids=["numbers", "fractions", "others", "lists"],
)
def test_many_entries_are_told_from_other_values_and_prepared_fast(
    values: list[Any], others: list[Any]
):
    schema = schema_text({"enum": values})
    before = time.process_time()
    verdicts = [schema_fault(schema, json.dumps(each)) is None for each in (values[-1], *others)]
    assert verdicts == [True, *[False] * len(others)]
    assert time.process_time() - before < 0.1


def test_a_pattern_of_too_many_sets_of_states_is_given_up():
    fault = schema_fault(schema_text({"pattern": "a{200}"}), json.dumps("a" * 200))
    assert fault is not None
    assert fault.reason == "its schema takes too long to check it"


def test_the_steps_of_many_short_values_grow_with_their_size():
    schema = schema_text({"allOf": [{"items": {"items": {}}}] * 150})
    fault = schema_fault(schema, json.dumps([[1] * 20]))
    assert fault is not None
    assert fault.reason == "its schema takes too long to check it"


def test_scalars_of_any_kind_have_at_most_their_types():
    pairs = product(("string", "number", "boolean", "null"), ("a", 1.5, True, None))
    matching = [
        (name, value)
        for name, value in pairs
        if schema_fault(schema_text({"type": name}), json.dumps(value)) is None
    ]
    assert matching == [("string", "a"), ("number", 1.5), ("boolean", True), ("null", None)]
