"""Find what one JSON Schema allows and another one rejects.

A request that the earlier schema allows must not be rejected by the later one, and a response that
the later schema allows must not be new to the earlier one.
"""

from collections.abc import Iterator
from typing import Any

from openapi_documents.description import JsonObject

_LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FORMS = ("pattern", "format", "multipleOf", "uniqueItems", "allOf", "if", "then", "else")
_PARTS = {"items": "items", "propertyNames": "names", "additionalProperties": "*"}
_ALL_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


def narrowings(wide: Any, narrow: Any, place: str) -> Iterator[str]:
    """Yield a sentence for each constraint that only the second schema has.

    The schemas have no references, except to schemas that contain them. Those are compared where
    they begin.
    """
    old, new = _as_object(wide), _as_object(narrow)
    if "$ref" in old or "$ref" in new:
        return
    yield from _type_faults(old, new, place)
    yield from _value_faults(old, new, place)
    yield from _bound_faults(old, new, place)
    yield from _member_faults(old, new, place)
    yield from _choice_faults(old, new, place)
    for part, word in _PARTS.items():
        if part in new:
            yield from narrowings(old.get(part, {}), new[part], f"{place}.{word}")


def _as_object(schema: Any) -> JsonObject:
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    found: JsonObject = schema
    return found


def _member_faults(old: JsonObject, new: JsonObject, place: str) -> Iterator[str]:
    for name in new.get("required", []):
        if name not in old.get("required", []):
            yield f"{place} needs {name}"
    for name, schema in new.get("properties", {}).items():
        if name in old.get("properties", {}):
            yield from narrowings(old["properties"][name], schema, f"{place}.{name}")


def _choice_faults(old: JsonObject, new: JsonObject, place: str) -> Iterator[str]:
    for kind in ("anyOf", "oneOf"):
        for choice in old.get(kind, [old]) if kind in new else []:
            if all(any(narrowings(choice, each, place)) for each in new[kind]):
                yield f"{place} rejects an alternative"


def _type_faults(old: JsonObject, new: JsonObject, place: str) -> Iterator[str]:
    if "not" in new and new != old:
        yield f"{place} is not accepted"
    lost = sorted(_types(old) - _types(new))
    if lost:
        yield f"{place} is no {' or '.join(lost)}"


def _types(schema: JsonObject) -> frozenset[str]:
    given = schema.get("type")
    if given is None:
        return _ALL_TYPES
    types = frozenset([given] if isinstance(given, str) else given)
    return types | {"integer"} if "number" in types else types


def _value_faults(old: JsonObject, new: JsonObject, place: str) -> Iterator[str]:
    after = _values(new)
    if after is None:
        return
    before = _values(old)
    if before is None:
        yield f"{place} is one of {after}"
        return
    lost = [value for value in before if value not in after]
    if lost:
        yield f"{place} is none of {lost}"


def _values(schema: JsonObject) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _bound_faults(old: JsonObject, new: JsonObject, place: str) -> Iterator[str]:
    for name in _LOWER_BOUNDS:
        if name in new and old.get(name, float("-inf")) < new[name]:
            yield f"{place} has the {name} {new[name]}"
    for name in _UPPER_BOUNDS:
        if name in new and old.get(name, float("inf")) > new[name]:
            yield f"{place} has the {name} {new[name]}"
    for name in _FORMS:
        if name in new and old.get(name) != new[name]:
            yield f"{place} has the {name} {new[name]}"
