"""Find what one JSON Schema allows and another one rejects.

For a request, the first schema is the earlier one; for a response, the later one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from openapi_documents.description import JsonObject
from openapi_documents.schemas import merged

_LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FORMS = ("pattern", "format", "multipleOf", "uniqueItems", "allOf", "if", "then", "else")
_PARTS = {"items": "items", "propertyNames": "names", "additionalProperties": "*"}
_ALL_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


class Schemas:
    """The schemas of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def resolve(self, schema: Any) -> JsonObject:
        """Replace a reference by its target. Keywords beside the reference take precedence."""
        if schema is True:
            return {}
        if schema is False:
            return {"not": {}}
        found: JsonObject = schema
        while "$ref" in found:
            beside = {name: part for name, part in found.items() if name != "$ref"}
            found = merged(self._target(found["$ref"]), beside)
        return found

    def _target(self, reference: str) -> Any:
        found: Any = self._document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found


class Narrowing:
    """Compares schemas of two documents: what `wide` allows and `narrow` rejects."""

    def __init__(self, wide: Schemas, narrow: Schemas) -> None:
        self._wide = wide
        self._narrow = narrow
        self._compared: set[tuple[str, str]] = set()

    def faults(self, wide: Any, narrow: Any, place: str) -> Iterator[str]:
        """Yield a sentence for each constraint that only the second schema has."""
        references = (_reference(wide), _reference(narrow))
        if all(references):
            if references in self._compared:
                return
            self._compared.add(references)
        old, new = self._wide.resolve(wide), self._narrow.resolve(narrow)
        yield from _type_faults(old, new, place)
        yield from _value_faults(old, new, place)
        yield from _bound_faults(old, new, place)
        yield from self._member_faults(old, new, place)
        yield from self._choice_faults(old, new, place)
        for part, word in _PARTS.items():
            if part in new:
                yield from self.faults(old.get(part, {}), new[part], f"{place}.{word}")

    def _member_faults(self, old: JsonObject, new: JsonObject, place: str) -> Iterator[str]:
        for name in new.get("required", []):
            if name not in old.get("required", []):
                yield f"{place} needs {name}"
        for name, schema in new.get("properties", {}).items():
            if name in old.get("properties", {}):
                yield from self.faults(old["properties"][name], schema, f"{place}.{name}")

    def _choice_faults(self, old: JsonObject, new: JsonObject, place: str) -> Iterator[str]:
        for kind in ("anyOf", "oneOf"):
            if kind not in new:
                continue
            for choice in old.get(kind, [{**old, kind: True}]):
                if not any(self._fits(choice, each) for each in new[kind]):
                    yield f"{place} rejects an alternative"

    def _fits(self, wide: Any, narrow: Any) -> bool:
        choice = {name: part for name, part in wide.items() if part is not True}
        fresh = Narrowing(self._wide, self._narrow)
        return next(fresh.faults(choice, narrow, ""), None) is None


def _reference(schema: Any) -> str:
    # Keywords beside a reference make it a different schema.
    if isinstance(schema, dict) and schema.keys() == {"$ref"}:
        return str(schema["$ref"])
    return ""


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
