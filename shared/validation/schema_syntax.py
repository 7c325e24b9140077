"""Check the JSON Schemas of definitions: a subset of JSON Schema 2020-12 without references.

A schema without references is a tree, so checking a value against it ends, and takes time that
`json_schemas.py` bounds. Source: JSON Schema Core and Validation, draft 2020-12.
"""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from shared.domain.json_values import JsonValue
from shared.validation.json_schemas import TYPES, Path
from shared.validation.json_text import MAX_JSON_DEPTH, is_shallow
from shared.validation.linear_patterns import part_pattern_fault

MAX_SCHEMA_BYTES = 5000
"""The largest schema as JSON text. Functions keep definitions in memory."""

MAX_SCHEMA_PATTERNS = 20
"""The most different patterns of a schema. Each has to be prepared before it is matched."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Fault: TypeAlias = tuple[Path, str]

_ANNOTATIONS = frozenset(
    {
        *("title", "description", "default", "examples", "$comment", "format"),
        *("deprecated", "readOnly", "writeOnly"),
    }
)
_REFERENCES = frozenset(
    {
        *("$ref", "$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor"),
        *("$defs", "definitions"),
    }
)


def schema_text(schema: JsonValue) -> str:
    """Return the text that a schema is stored as."""
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def schema_faults(schema: JsonValue) -> Iterator[Fault]:
    """Yield what is wrong with a schema, each with its place."""
    if not isinstance(schema, dict):
        yield (), "it must be an object"
    elif not is_shallow(schema):
        yield (), f"it is nested deeper than {MAX_JSON_DEPTH} levels"
    elif len(schema_text(schema).encode()) > MAX_SCHEMA_BYTES:
        yield (), f"it has at most {MAX_SCHEMA_BYTES} bytes of JSON"
    else:
        dialect = schema.get("$schema", DIALECT)
        if dialect != DIALECT:
            yield ("$schema",), f"it must be {DIALECT}"
        rest = {name: each for name, each in schema.items() if name != "$schema"}
        yield from _faults(rest, ())
        if len(set(_patterns(rest))) > MAX_SCHEMA_PATTERNS:
            yield (), f"it has at most {MAX_SCHEMA_PATTERNS} different patterns"


def _patterns(schema: JsonValue) -> Iterator[str]:
    """Yield the patterns of a schema, and what has their form: members named `pattern`."""
    if isinstance(schema, dict):
        pattern = schema.get("pattern")
        if isinstance(pattern, str):
            yield pattern
        for each in schema.values():
            yield from _patterns(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _patterns(each)


def _faults(schema: JsonValue, path: Path) -> Iterator[Fault]:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        yield path, "it must be an object or a boolean"
        return
    for keyword, given in schema.items():
        at = (*path, keyword)
        if keyword in _PARTS:
            yield from _PARTS[keyword](given, at)
        elif (reason := _fault_of_keyword(keyword, given)) is not None:
            yield at, reason


def _fault_of_keyword(keyword: str, given: JsonValue) -> str | None:
    """Return what is wrong with a keyword that has no schemas, or None."""
    if keyword in _ANNOTATIONS:
        return None
    if keyword in _REFERENCES:
        return "references are not followed"
    rule = _RULES.get(keyword)
    return "it is none of the keywords that are checked" if rule is None else rule(given)


def _faults_of_several(given: JsonValue, path: Path) -> Iterator[Fault]:
    if not isinstance(given, list) or not given:
        yield path, "it must be a list of schemas"
        return
    for number, each in enumerate(given):
        yield from _faults(each, (*path, number))


def _faults_of_properties(given: JsonValue, path: Path) -> Iterator[Fault]:
    if not isinstance(given, dict):
        yield path, "it must be an object of schemas"
        return
    for name, each in given.items():
        yield from _faults(each, (*path, name))


def _type_rule(given: Any) -> str | None:
    names = given if isinstance(given, list) else [given]
    if names and all(isinstance(each, str) and each in TYPES for each in names):
        return None if len(set(names)) == len(names) else "a type is given twice"
    return f"it must be {', '.join(TYPES)}, or a list of some"


def _names_rule(given: Any) -> str | None:
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        return "it must be a list of names"
    return None if len(set(given)) == len(given) else "a name is given twice"


def _values_rule(given: Any) -> str | None:
    return None if isinstance(given, list) and given else "it must be a list of values"


def _number_rule(given: Any) -> str | None:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    # Python cannot convert every integer to a float.
    is_finite = is_number and (isinstance(given, int) or math.isfinite(given))
    return None if is_finite else "it must be a number"


def _count_rule(given: Any) -> str | None:
    is_count = isinstance(given, int) and not isinstance(given, bool) and given >= 0
    return None if is_count else "it must be a whole number from 0"


def _boolean_rule(given: Any) -> str | None:
    return None if isinstance(given, bool) else "it must be true or false"


def _pattern_rule(given: Any) -> str | None:
    return part_pattern_fault(given) if isinstance(given, str) else "it must be a text"


_PARTS: dict[str, Callable[[JsonValue, Path], Iterator[Fault]]] = {
    **dict.fromkeys(("items", "not", "additionalProperties"), _faults),
    **dict.fromkeys(("anyOf", "allOf", "oneOf"), _faults_of_several),
    "properties": _faults_of_properties,
}
"""The keywords that have schemas."""

_RULES: dict[str, Callable[[Any], str | None]] = {
    "type": _type_rule,
    "enum": _values_rule,
    "const": lambda _: None,
    "required": _names_rule,
    "pattern": _pattern_rule,
    "uniqueItems": _boolean_rule,
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _number_rule),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _count_rule),
    **dict.fromkeys(("minProperties", "maxProperties"), _count_rule),
}
