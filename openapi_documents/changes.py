"""List the changes between two versions of a document, and mark breaking ones.

A change is breaking if a client of the earlier document may fail with the later service: its
request is now rejected or partly ignored, or the response is one that it does not know.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_documents.description import JsonObject
from openapi_documents.narrowing import Narrowing, Schemas

_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Change:
    """A change of a document at one place."""

    place: str
    what: str
    breaking: bool

    def __str__(self) -> str:
        """Format the change as one line."""
        return f"{'breaking' if self.breaking else 'other'}: {self.place}: {self.what}"


def changes_between(before: JsonObject, after: JsonObject) -> list[Change]:
    """List all changes in the order of the earlier document, new operations last."""
    old, new = _operations(before), _operations(after)
    changes = [Change(place, "is gone", breaking=True) for place in old if place not in new]
    for place in old:
        if place in new:
            compared = _Comparison(before, after, old[place], new[place])
            changes += compared.changes(place)
    changes += [Change(place, "is new", breaking=False) for place in new if place not in old]
    if not changes and before != after:
        changes.append(Change("document", "other descriptions", breaking=False))
    return changes


def _operations(document: JsonObject) -> dict[str, JsonObject]:
    return {
        f"{method.upper()} {path}": methods[method]
        for path, methods in document["paths"].items()
        for method in _METHODS
        if method in methods
    }


class _Comparison:
    """Compares one operation with its earlier version."""

    def __init__(
        self, before: JsonObject, after: JsonObject, old: JsonObject, new: JsonObject
    ) -> None:
        self._before, self._after = Schemas(before), Schemas(after)
        self._old, self._new = old, new

    def changes(self, place: str) -> list[Change]:
        breaking = dict.fromkeys(self._breaking())
        found = [Change(place, what, breaking=True) for what in breaking]
        found += [
            Change(place, f"may respond with {status}", breaking=False)
            for status in self._new["responses"]
            if status not in self._old["responses"]
        ]
        if not found and self._resolved(self._old, self._before) != self._resolved(
            self._new, self._after
        ):
            found.append(Change(place, "has other descriptions, or accepts more", breaking=False))
        return found

    def _breaking(self) -> Iterator[str]:
        if self._old["operationId"] != self._new["operationId"]:
            yield f"is called {self._new['operationId']}"
        yield from self._key_changes()
        yield from self._parameter_changes()
        yield from self._body_changes()
        yield from self._response_changes()

    def _key_changes(self) -> Iterator[str]:
        accepted = [self._schemes(way, self._after) for way in self._new.get("security", [{}])]
        for way in self._old.get("security", [{}]):
            if self._schemes(way, self._before) not in accepted:
                yield f"accepts no key from {' and '.join(way) or 'nowhere'}"
        before, after = (set(each.get("x-permissions", ())) for each in (self._old, self._new))
        if after and not (before and before <= after):
            yield f"needs a permission: {' or '.join(sorted(after))}"

    def _schemes(self, way: Mapping[str, Any], schemas: Schemas) -> list[JsonObject]:
        place = "#/components/securitySchemes"
        found = [schemas.resolve({"$ref": f"{place}/{name}"}) for name in sorted(way)]
        return [{key: text for key, text in each.items() if key != "description"} for each in found]

    def _parameter_changes(self) -> Iterator[str]:
        old, new = _parameters(self._old), _parameters(self._new)
        for name, parameter in new.items():
            if parameter["required"] and not old.get(name, {"required": False})["required"]:
                yield f"needs the parameter {name}"
        for name, parameter in old.items():
            if name not in new:
                yield f"ignores the parameter {name}"
                continue
            narrowing = Narrowing(self._before, self._after)
            yield from narrowing.faults(parameter["schema"], new[name]["schema"], name)

    def _body_changes(self) -> Iterator[str]:
        old, new = self._old.get("requestBody"), self._new.get("requestBody")
        if new is None:
            if old is not None:
                yield "ignores a body"
            return
        if new.get("required") and not (old or {}).get("required"):
            yield "needs a body"
        if old is None:
            return
        for kind, content in old["content"].items():
            if kind not in new["content"]:
                yield f"accepts no body of {kind}"
                continue
            schemas = (content["schema"], new["content"][kind]["schema"])
            yield from Narrowing(self._before, self._after).faults(*schemas, "body")
            yield from self._missing_members(*schemas, "body", "ignores")

    def _response_changes(self) -> Iterator[str]:
        for status, response in self._old["responses"].items():
            if status not in self._new["responses"]:
                if status.startswith("2"):
                    yield f"no longer responds with {status}"
                continue
            old = self._before.resolve(response)
            new = self._after.resolve(self._new["responses"][status])
            for kind, content in old.get("content", {}).items():
                if kind not in new.get("content", {}):
                    yield f"no longer responds with {status} as {kind}"
                    continue
                schemas = (content["schema"], new["content"][kind]["schema"])
                yield from self._widened(*schemas, f"the response {status}")
                yield from self._missing_members(*schemas, f"the response {status}", "lacks")

    def _widened(self, old: Any, new: Any, place: str) -> Iterator[str]:
        for fault in Narrowing(self._after, self._before).faults(new, old, place):
            yield f"is less strict: {fault}"

    def _missing_members(
        self, old: Any, new: Any, place: str, verb: str, seen: frozenset[str] = frozenset()
    ) -> Iterator[str]:
        """Find members of the earlier schema that are missing in the later one, at any depth."""
        reference = old.get("$ref", "") if isinstance(old, dict) else ""
        if reference in seen:
            return
        seen = seen | {reference} if reference else seen
        before, after = self._before.resolve(old), self._after.resolve(new)
        for name, schema in before.get("properties", {}).items():
            if name not in after.get("properties", {}):
                yield f"{verb} {place}.{name}"
                continue
            below = f"{place}.{name}"
            yield from self._missing_members(schema, after["properties"][name], below, verb, seen)
        if "items" in before and "items" in after:
            yield from self._missing_members(
                before["items"], after["items"], f"{place}.items", verb, seen
            )

    def _resolved(self, part: Any, schemas: Schemas, depth: int = 0) -> Any:
        """Replace the references of a part by their targets, up to a maximum depth."""
        if isinstance(part, list):
            return [self._resolved(each, schemas, depth) for each in part]
        if not isinstance(part, dict) or depth > _MAX_DEPTH:
            return part
        found = schemas.resolve(part) if isinstance(part.get("$ref"), str) else part
        return {name: self._resolved(each, schemas, depth + 1) for name, each in found.items()}


_MAX_DEPTH = 40


def _parameters(operation: JsonObject) -> dict[str, JsonObject]:
    return {f"{each['name']} in {each['in']}": each for each in operation.get("parameters", ())}
