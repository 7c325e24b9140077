"""Bodies that ask for more work than their size says, and how much CPU they cost.

Every place of every documented body is filled with every family of hostile content. Beside each
stands a plain body of the same size, so that what is compared is the content and nothing else.
"""

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from openapi_documents.files import FOLDER

MAX_RATIO = 10.0
"""How many times the CPU of a plain body of its size a hostile one may cost."""

FEW_NAMES = 150
"""How many names that a request may send, and each of which is looked up."""

_HOLE = "@hostile@"
_METHODS = ("post", "put", "patch")
_DRAWN_AT_ONCE = 3
_LEAST_SECONDS = 0.001
"""What a request costs at least: a message that is refused at once costs less than its frame."""

_TRIES = 8
_PLAIN_TRIES = 2

Schema: TypeAlias = Mapping[str, Any]
Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint that takes a body: its route, an example of the body, and where it has holes."""

    dialect: str
    method: str
    path: str
    example: Any
    places: Mapping[Place, Schema]

    @property
    def name(self) -> str:
        """Method and path, as people write them."""
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile body for an endpoint, and the plain one that it is compared with."""

    family: str
    place: str
    hostile: bytes
    plain: bytes


@dataclass(frozen=True, slots=True)
class Cost:
    """What a case costs: seconds of CPU of both bodies, at best."""

    case: Case
    hostile: float
    plain: float

    @property
    def ratio(self) -> float:
        """How many times the plain body the hostile one costs."""
        return self.hostile / max(self.plain, _LEAST_SECONDS)


Send: TypeAlias = Callable[[bytes], float]
"""Sends a body, and gives the seconds of CPU that its answer took."""


def _of(unit: str, start: str = "", end: str = "") -> Callable[[int], str]:
    def text(size: int) -> str:
        room = size - len((start + end).encode())
        return json.dumps(start + unit * (room // len(unit.encode())) + end, ensure_ascii=False)

    return text


def _raw(unit: str, start: str = "", end: str = "") -> Callable[[int], str]:
    return lambda size: start + unit * ((size - len(start + end)) // len(unit)) + end


def _nested(opening: str, closing: str) -> Callable[[int], str]:
    def value(size: int) -> str:
        depth = size // len(opening + closing)
        return opening * depth + "1" + closing * depth

    return value


def _numbered(form: str, start: str, end: str) -> Callable[[int], str]:
    def value(size: int) -> str:
        count = size // (len(form.format(0)) + 6)
        return start + ",".join(form.format(f"{number:05d}") for number in range(count)) + end

    return value


VALUES: Mapping[str, Callable[[int], str]] = {
    "combining marks": _of("\u0301\u0327", "a"),
    "digits": _of("9"),
    "spaces": _of(" ", "1", "1"),
    "hyphens": _of("a-"),
    "nested arrays": _nested("[", "]"),
    "many equal texts": _raw('"x",', "[", '"x"]'),
    "many members": _numbered('"member{0}":1', "{{"[:1], "}"),
    "many near-equal texts": _numbered('"option number {0}"', "[", "]"),
    "capitals": _of("aB"),
    "compatibility characters": _of("\ufdfa"),
    "marks of another script": _of("\u0f71\u0f72\u0f80", "\u0f40"),
    "at signs": _of("a@", end="b.com"),
    "dots": _of("a.", "a@", "com"),
    "parentheses": _of("(1", "+1"),
    "quotes": _of('"'),
    "escapes": _raw("\\u0000", '"', '"'),
    "a long integer": _raw("9"),
    "a long fraction": _raw("9", "0."),
    "a long exponent": _raw("9", "1e"),
    "nested objects": _nested('{"a":', "}"),
    "many numbers": _raw("9,", "[", "9]"),
    "many objects": _raw("{},", "[", "{}]"),
}
"""What a value may be filled with, as JSON of about so many bytes."""

DRAWN = tuple(VALUES)[:8]
"""The families that the gate tries at every place; the benchmark tries all of them."""

NAMES: Mapping[str, Callable[[int], str]] = {
    "a name of combining marks": _of("\u0301\u0327", "a"),
    "a name of hyphens": _of("a-"),
    "a name of capitals": _of("aB"),
}
"""What a name of a member may be."""

_FEW: Mapping[str, Callable[[int], str]] = {
    "names with a slip": lambda number: f"annual recurring revenu in countri {number:03d}",
    "names of marks": lambda number: f"a{chr(0x301) * 80}{number:03d}",
    "names of words": lambda number: f"wordA-wordB wordC.wordD {number:03d}",
}
"""Names of which a request has a few hundred."""


def endpoints() -> list[Endpoint]:
    """Every endpoint of the OpenAPI documents that takes a body."""
    return [
        Endpoint(dialect, method, path, example, places)
        for dialect in ("chatcaptain", "klen", "native", "setter", "vambe")
        for path, operations in _document(dialect)["paths"].items()
        for method in _METHODS
        if "requestBody" in operations.get(method, {})
        for example, places in [_body(dialect, operations[method]["requestBody"])]
    ]


def cases(endpoint: Endpoint, size: int, *, drawn: bool) -> Iterator[Case]:
    """The hostile bodies of about so many bytes for an endpoint."""
    alike: Counter[str] = Counter()
    for place, schema in endpoint.places.items():
        # Places of one form get different families each, where not all are tried.
        form = json.dumps(schema, sort_keys=True)
        families = _drawn(alike[form]) if drawn else tuple(VALUES)
        alike[form] += 1
        shown = ".".join(map(str, place)) or "the body"
        if place:
            plain = _filled(endpoint, place, json.dumps("x" * size))
            for family in families:
                hostile = _filled(endpoint, place, VALUES[family](size))
                yield Case(family, shown, hostile, plain)
        if "array" in _types(schema):
            yield _many_items(endpoint, place, schema, size)
        if "object" in _types(schema):
            yield from _names(endpoint, place, size)


def _drawn(number: int) -> tuple[str, ...]:
    if number == 0:
        return DRAWN
    start = number * _DRAWN_AT_ONCE
    return tuple(DRAWN[at % len(DRAWN)] for at in range(start, start + _DRAWN_AT_ONCE))


def measured(case: Case, send: Send) -> Cost:
    """What a case costs; what costs too much is measured again, so that no pause counts."""
    plain = min(send(case.plain) for _ in range(_PLAIN_TRIES))
    cost = Cost(case, send(case.hostile), plain)
    for _ in range(_TRIES):
        if cost.ratio <= MAX_RATIO:
            break
        cost = Cost(case, min(cost.hostile, send(case.hostile)), min(cost.plain, send(case.plain)))
    return cost


def _names(endpoint: Endpoint, place: Place, size: int) -> Iterator[Case]:
    shown = ".".join(map(str, place)) or "the body"
    many = ",".join(f'"{number:x}":1' for number in range(size // 9))
    long = _with_members(endpoint, place, f'"x":{json.dumps("x" * size)}')
    yield Case("many names", shown, _with_members(endpoint, place, many), long)
    plain = _with_members(endpoint, place, f"{json.dumps('x' * size)}:1")
    for family, make in NAMES.items():
        yield Case(family, shown, _with_members(endpoint, place, f"{make(size)}:1"), plain)
    for family, name in _FEW.items():
        sent = [name(number) for number in range(FEW_NAMES)]
        same = [f"x{number:0{min(len(each), 60) - 1}d}" for number, each in enumerate(sent)]
        yield Case(
            family,
            shown,
            _with_members(endpoint, place, _members(sent)),
            _with_members(endpoint, place, _members(same)),
        )


def _members(names: list[str]) -> str:
    return ",".join(f"{json.dumps(name, ensure_ascii=False)}:1" for name in names)


def _many_items(endpoint: Endpoint, place: Place, schema: Schema, size: int) -> Case:
    length = len(json.dumps(_item(schema, 10_000))) + 1
    items = [_item(schema, number) for number in range(size // length)]
    hostile = _filled(endpoint, place, json.dumps(items))
    plain = _filled(endpoint, place, json.dumps([_large(_item(schema, 0), size)]))
    return Case("many items", ".".join(map(str, place)), hostile, plain)


def _large(item: Any, size: int) -> Any:
    """Return an item whose last member, or itself, is a text of a size."""
    if not isinstance(item, dict) or not item:
        return "x" * size
    *_, last = item
    return {**item, last: "x" * size}


def _item(schema: Schema, number: int) -> Any:
    item = schema.get("items", {})
    if "object" in _types(item):
        return {name: _leaf(each, number) for name, each in item.get("properties", {}).items()}
    return _leaf(item, number)


def _leaf(schema: Schema, number: int) -> Any:
    types = _types(schema)
    if "null" in types or not types:
        return None if "string" not in types else f"{number:05d}"
    return {"integer": number, "boolean": False, "number": number}.get(types[0], f"{number:05d}")


def _filled(endpoint: Endpoint, place: Place, value: str) -> bytes:
    document = copy.deepcopy(endpoint.example)
    _put(document, place, _HOLE)
    return _dumped(document).replace(json.dumps(_HOLE), value).encode()


def _with_members(endpoint: Endpoint, place: Place, members: str) -> bytes:
    document = copy.deepcopy(endpoint.example)
    _put(document, (*place, _HOLE), 1)
    return _dumped(document).replace(f"{json.dumps(_HOLE)}: 1", members).encode()


def _dumped(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


def _put(document: Any, place: Place, value: Any) -> None:
    *parents, last = place
    for part, following in zip(parents, place[1:], strict=True):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(part, int):
            if not document or not isinstance(document[0], type(empty)):
                document[:] = [empty]
        elif not isinstance(document.get(part), type(empty)):
            document[part] = empty
        document = document[part]
    if isinstance(last, int):
        document[:] = [value]
    else:
        document[last] = value


def _body(dialect: str, body: Schema) -> tuple[Any, dict[Place, Schema]]:
    content = body["content"]["application/json"]
    (example, *_) = (each["value"] for each in content["examples"].values())
    return example, dict(_places(dialect, content["schema"], ()))


def _places(dialect: str, schema: Schema, place: Place) -> Iterator[tuple[Place, Schema]]:
    resolved = _resolved(dialect, schema)
    yield place, resolved
    for name, each in resolved.get("properties", {}).items():
        yield from _places(dialect, each, (*place, name))
    if "items" in resolved:
        yield from _places(dialect, resolved["items"], (*place, 0))
    if isinstance(resolved.get("additionalProperties"), dict) or (
        "object" in _types(resolved) and "properties" not in resolved
    ):
        yield (*place, "a_new_field"), {}


def _resolved(dialect: str, schema: Schema) -> Schema:
    found = dict(schema)
    for part in (schema, *schema.get("anyOf", ()), *schema.get("allOf", ())):
        if "$ref" in part:
            name = part["$ref"].rpartition("/")[2]
            found = {**_resolved(dialect, _document(dialect)["components"]["schemas"][name])}
    if "items" in found:
        found["items"] = _resolved(dialect, found["items"])
    return found


def _types(schema: Schema) -> list[str]:
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else list(found)


@cache
def _document(dialect: str) -> Any:
    return json.loads((Path(FOLDER) / f"{dialect}.json").read_text(encoding="utf-8"))
