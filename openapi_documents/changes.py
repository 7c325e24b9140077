"""List the changes between two versions of a document, and mark breaking ones.

A change is breaking if a client of the earlier document may fail with the later service: its
request is now rejected or partly ignored, or the response is one that it does not know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openapi_documents.description import JsonObject
from openapi_documents.narrowing import narrowings
from openapi_documents.schemas import merged

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
            changes += _changes_of(place, old[place], new[place])
    changes += [Change(place, "is new", breaking=False) for place in new if place not in old]
    if not changes and before != after:
        changes.append(Change("document", "other descriptions", breaking=False))
    return changes


def _operations(document: JsonObject) -> dict[str, JsonObject]:
    """Return the operations by place, without references to other parts of the document."""
    schemes = document["components"]["securitySchemes"]
    operations = {
        f"{method.upper()} {path}": _inlined(methods[method], document)
        for path, methods in document["paths"].items()
        for method in _METHODS
        if method in methods
    }
    for operation in operations.values():
        operation["security"] = [
            {name: {**schemes[name], "description": ""} for name in sorted(way)}
            for way in operation.get("security", [{}])
        ]
    return operations


def _inlined(part: Any, document: JsonObject, within: frozenset[str] = frozenset()) -> Any:
    """Replace references by their targets. Keywords beside a reference take precedence.

    A reference to a schema that contains it stays.
    """
    if isinstance(part, list):
        return [_inlined(each, document, within) for each in part]
    if not isinstance(part, dict):
        return part
    reference = part.get("$ref")
    if not isinstance(reference, str):
        return {name: _inlined(each, document, within) for name, each in part.items()}
    if reference in within:
        return part
    target: Any = document
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    beside = {name: each for name, each in part.items() if name != "$ref"}
    return _inlined(merged(target, beside), document, within | {reference})


def _changes_of(place: str, old: JsonObject, new: JsonObject) -> list[Change]:
    breaking = dict.fromkeys(_breaking_changes(old, new))
    found = [Change(place, what, breaking=True) for what in breaking]
    found += [
        Change(place, f"may respond with {status}", breaking=False)
        for status in new["responses"]
        if status not in old["responses"]
    ]
    if not found and old != new:
        found.append(Change(place, "has other descriptions, or accepts more", breaking=False))
    return found


def _breaking_changes(old: JsonObject, new: JsonObject) -> Iterator[str]:
    if old["operationId"] != new["operationId"]:
        yield f"is called {new['operationId']}"
    yield from _key_changes(old, new)
    yield from _parameter_changes(_parameters(old), _parameters(new))
    yield from _body_changes(old.get("requestBody"), new.get("requestBody"))
    for status, response in old["responses"].items():
        if status in new["responses"]:
            yield from _response_changes(status, response, new["responses"][status])
        elif status.startswith("2"):
            yield f"no longer responds with {status}"


def _key_changes(old: JsonObject, new: JsonObject) -> Iterator[str]:
    accepted = [list(way.values()) for way in new["security"]]
    for way in old["security"]:
        if list(way.values()) not in accepted:
            yield f"accepts no key from {' and '.join(way) or 'nowhere'}"
    before, after = (set(each.get("x-permissions", ())) for each in (old, new))
    if after and not (before and before <= after):
        yield f"needs a permission: {' or '.join(sorted(after))}"


def _parameters(operation: JsonObject) -> dict[str, JsonObject]:
    return {f"{each['name']} in {each['in']}": each for each in operation.get("parameters", ())}


def _parameter_changes(old: dict[str, JsonObject], new: dict[str, JsonObject]) -> Iterator[str]:
    for name, parameter in new.items():
        if parameter["required"] and not old.get(name, {"required": False})["required"]:
            yield f"needs the parameter {name}"
    for name, parameter in old.items():
        if name in new:
            yield from narrowings(parameter["schema"], new[name]["schema"], name)
        else:
            yield f"ignores the parameter {name}"


def _body_changes(old: JsonObject | None, new: JsonObject | None) -> Iterator[str]:
    if new is None:
        if old is not None:
            yield "ignores a body"
        return
    if new.get("required") and not (old or {}).get("required"):
        yield "needs a body"
    for kind, content in (old or {"content": {}})["content"].items():
        if kind not in new["content"]:
            yield f"accepts no body of {kind}"
            continue
        schemas = (content["schema"], new["content"][kind]["schema"])
        yield from narrowings(*schemas, "body")
        yield from (f"ignores {name}" for name in _missing_members(*schemas, "body"))


def _response_changes(status: str, old: JsonObject, new: JsonObject) -> Iterator[str]:
    place = f"the response {status}"
    for kind, content in old.get("content", {}).items():
        if kind not in new.get("content", {}):
            yield f"no longer responds with {status} as {kind}"
            continue
        before, after = content["schema"], new["content"][kind]["schema"]
        yield from (f"is less strict: {fault}" for fault in narrowings(after, before, place))
        yield from (f"lacks {name}" for name in _missing_members(before, after, place))


def _missing_members(old: JsonObject, new: JsonObject, place: str) -> Iterator[str]:
    """Find members of the earlier schema that are missing in the later one, at any depth."""
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{place}.{name}"
        else:
            yield from _missing_members(schema, new["properties"][name], f"{place}.{name}")
    if "items" in old and "items" in new:
        yield from _missing_members(old["items"], new["items"], f"{place}.items")
