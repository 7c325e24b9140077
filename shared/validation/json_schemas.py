"""Check values of the type `json` against the JSON Schema of their definition.

`schema_syntax.py` has the subset of JSON Schema 2020-12 that a definition may have. Work is
counted in steps and bounded, whatever the schema and the value.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeAlias

from shared.domain.json_values import JsonValue
from shared.validation.linear_patterns import MAX_MATCHED_CHARS, TooManySteps, matches_part

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")

MAX_STEPS = 100_000
"""The most steps of one value.

A step is a schema or a keyword at a place of the value, eight characters that `enum`, `const` or
`uniqueItems` compares, eight names of `required`, or a character that a pattern matches.
"""

_STEPS_PER_CHAR = 8
_LEAST_STEPS = 1000
"""The steps of a short value, so that the work of a request grows with its size."""

_MAX_NAMED = 20
"""The most values of an `enum` that the reason of a fault names."""

_CHARS_PER_STEP = 8
_STEPS_PER_MATCH = 4
"""What a match takes beside its characters, such as finding the automaton."""


Path: TypeAlias = tuple[str | int, ...]


class SchemaFault(NamedTuple):
    """Where a value does not match its schema, as names and indexes, and why."""

    path: Path
    reason: str

    @property
    def sentence(self) -> str:
        """The reason with its place as a JSON pointer (RFC 6901), for people."""
        steps = (str(each).replace("~", "~0").replace("/", "~1") for each in self.path)
        place = "".join(f"/{each}" for each in steps)
        return f"at {place}: {self.reason}" if place else self.reason


class _Entries:
    """The values of an `enum` or `const`: their keys, and the reason of a fault."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._values = values
        self.keys = frozenset(map(_key, values))

    @cached_property
    def reason(self) -> str:
        """Why another value is a fault. Made when it is needed, as an `enum` may be long."""
        shown = self._values[:_MAX_NAMED]
        words = _or(json.dumps(each, ensure_ascii=False) for each in shown)
        more = len(self._values) - len(shown)
        return f"it must be {words} or one of {more} others" if more else f"it must be {words}"


class _Parsed(NamedTuple):
    """A schema, and what its keywords `enum` and `const` accept by the identity of what they have.

    The tree keeps what it has, so that no other object gets the identity.
    """

    tree: Any
    entries: dict[int, _Entries]


def schema_fault(schema: str, text: str) -> SchemaFault | None:
    """Return the first fault of a JSON text by a schema that `schema_faults` accepts, or None."""
    steps = min(_LEAST_STEPS + _STEPS_PER_CHAR * len(text), MAX_STEPS)
    parsed = _parsed(schema)
    try:
        return _Check(steps, parsed.entries).fault(parsed.tree, json.loads(text), ())
    except TooManySteps:
        return SchemaFault((), "its schema takes too long to check it")


class _Check:
    """The check of one value."""

    def __init__(self, steps: int, entries: dict[int, _Entries]) -> None:
        self._left = steps
        self._entries = entries

    def spend(self, chars: int) -> None:
        """Count the work for a number of characters; raises TooManySteps."""
        self._left -= 1 + chars // _CHARS_PER_STEP
        if self._left < 0:
            raise TooManySteps

    def key(self, value: JsonValue) -> str | float:
        """Return what equal values share, and count the work; raises TooManySteps."""
        key = _key(value)
        self.spend(len(key) if isinstance(key, str) else 0)
        return key

    def entries(self, limit: Any, values: Sequence[Any]) -> _Entries:
        """Return the values of a keyword, which are prepared once for each schema."""
        known = self._entries.get(id(limit))
        if known is None:
            known = self._entries[id(limit)] = _Entries(values)
        return known

    def fault(self, schema: Any, value: JsonValue, path: Path) -> SchemaFault | None:
        """Return the first fault of a value, or None."""
        self.spend(0)
        if isinstance(schema, bool):
            return None if schema else SchemaFault(path, "nothing may be here")
        for keyword, limit in schema.items():
            rule = _RULES.get(keyword)
            if rule is not None:
                self.spend(0)
                reason = rule(self, limit, value)
                if reason is not None:
                    return SchemaFault(path, reason)
        return self._fault_of_parts(schema, value, path) or self._fault_of_choices(
            schema, value, path
        )

    def _fault_of_parts(self, schema: Any, value: Any, path: Path) -> SchemaFault | None:
        if isinstance(value, list) and "items" in schema:
            found = (self.fault(schema["items"], each, (*path, i)) for i, each in enumerate(value))
            return _first(found)
        if not isinstance(value, dict):
            return None
        known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        found = (
            self.fault(known.get(name, others), each, (*path, name)) for name, each in value.items()
        )
        return _first(found)

    def _fault_of_choices(self, schema: Any, value: Any, path: Path) -> SchemaFault | None:
        found = _first(self.fault(each, value, path) for each in schema.get("allOf", ()))
        if found is not None:
            return found
        if "anyOf" in schema and all(self.fault(each, value, path) for each in schema["anyOf"]):
            return SchemaFault(path, "it matches none of anyOf")
        if "oneOf" in schema:
            matched = [self.fault(each, value, path) is None for each in schema["oneOf"]]
            if matched.count(True) != 1:
                return SchemaFault(path, f"it matches {matched.count(True)} of oneOf, not 1")
        if "not" in schema and self.fault(schema["not"], value, path) is None:
            return SchemaFault(path, "it matches what it must not")
        return None


def _first(faults: Iterable[SchemaFault | None]) -> SchemaFault | None:
    return next((each for each in faults if each is not None), None)


def _type(_: _Check, limit: Any, value: Any) -> str | None:
    names = limit if isinstance(limit, list) else [limit]
    return None if any(_has_type(value, each) for each in names) else f"it must be {_or(names)}"


def _has_type(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, int):
        return name in ("number", "integer")
    if isinstance(value, float):
        return name == "number" or (name == "integer" and value.is_integer())
    return isinstance(value, _PYTHON_TYPES.get(name, ()))


def _enum(check: _Check, limit: Any, value: Any) -> str | None:
    return _one_of(check, check.entries(limit, limit), value)


def _const(check: _Check, limit: Any, value: Any) -> str | None:
    return _one_of(check, check.entries(limit, [limit]), value)


def _one_of(check: _Check, entries: _Entries, value: Any) -> str | None:
    return None if check.key(value) in entries.keys else entries.reason


def _required(check: _Check, limit: Any, value: Any) -> str | None:
    check.spend(len(limit))
    missing = isinstance(value, dict) and next((each for each in limit if each not in value), None)
    return None if missing in (None, False) else f"it must have '{missing}'"


def _pattern(check: _Check, limit: Any, value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    if len(value) > MAX_MATCHED_CHARS:
        return f"it must have at most {MAX_MATCHED_CHARS} characters, because it has a pattern"
    check.spend((_STEPS_PER_MATCH + len(value)) * _CHARS_PER_STEP)
    return None if matches_part(limit, value) else f"it must match {limit}"


def _unique(check: _Check, limit: Any, value: Any) -> str | None:
    if not limit or not isinstance(value, list):
        return None
    distinct = {check.key(each) for each in value}
    return None if len(distinct) == len(value) else "an item is given twice"


def _sized(
    type_: type[str | list[Any] | dict[str, Any]], noun: str, *, least: bool
) -> Callable[[_Check, Any, Any], str | None]:
    def rule(_: _Check, limit: Any, value: Any) -> str | None:
        if not isinstance(value, type_) or (len(value) >= limit if least else len(value) <= limit):
            return None
        return f"it must have at {'least' if least else 'most'} {limit} {noun}"

    return rule


def _compared(
    is_met: Callable[[Any, Any], bool], words: str
) -> Callable[[_Check, Any, Any], str | None]:
    def rule(_: _Check, limit: Any, value: Any) -> str | None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if not is_number or is_met(value, limit) else f"it must be {words} {limit}"

    return rule


def _or(words: Iterable[str]) -> str:
    return " or ".join(words)


def _whole_numbers(value: Any) -> Any:
    """Replace floats that are integers, as JSON Schema compares numbers by their value."""
    if isinstance(value, dict):
        return {name: _whole_numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


_SORTED = json.JSONEncoder(sort_keys=True)


def _key(value: JsonValue) -> str | float:
    """Return what equal values share: 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(value, str):
        return f'"{value}'
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return _SORTED.encode(_whole_numbers(value))


@lru_cache(256)
def _parsed(schema: str) -> _Parsed:
    return _Parsed(json.loads(schema), {})


_PYTHON_TYPES: dict[str, type] = {
    "object": dict,
    "array": list,
    "string": str,
    "null": type(None),
}

_RULES: dict[str, Callable[[_Check, Any, Any], str | None]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "pattern": _pattern,
    "uniqueItems": _unique,
    "minLength": _sized(str, "characters", least=True),
    "maxLength": _sized(str, "characters", least=False),
    "minItems": _sized(list, "items", least=True),
    "maxItems": _sized(list, "items", least=False),
    "minProperties": _sized(dict, "members", least=True),
    "maxProperties": _sized(dict, "members", least=False),
    "minimum": _compared(lambda value, limit: value >= limit, "at least"),
    "maximum": _compared(lambda value, limit: value <= limit, "at most"),
    "exclusiveMinimum": _compared(lambda value, limit: value > limit, "more than"),
    "exclusiveMaximum": _compared(lambda value, limit: value < limit, "less than"),
}
