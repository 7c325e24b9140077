"""Generate hostile request bodies and measure their CPU.

Each field of each documented body gets content of each hostile family. The cost is compared with a
plain body of the same size, so only the content differs.
`tests/hostile` is the gate, docs/benchmarks/hostile-bodies.md shows the ratios.
"""

import copy
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from openapi_documents.files import FOLDER

MAX_RATIO = 10.0
"""Maximum ratio of the CPU of a hostile body to that of a plain one."""

FEW_NAMES = 150
"""Number of names in a request, each of which is looked up."""

_HOLE = "@hostile@"
_METHODS = ("post", "put", "patch")
_DRAWN_AT_ONCE = 3
_LEAST_SECONDS = 0.001
"""Minimum cost of a request, because an early error costs less than the measurement."""

_TRIES = 24
_PLAIN_TRIES = 2

Schema: TypeAlias = Mapping[str, Any]
Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint with a request body: its route, an example body and the fields to fill."""

    dialect: str
    method: str
    path: str
    example: Any
    places: Mapping[Place, Schema]

    @property
    def name(self) -> str:
        """The method and path."""
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile body and the plain body to compare it with."""

    family: str
    place: str
    hostile: bytes
    plain: bytes


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a case: the minimum CPU seconds of its bodies, and of parsing the hostile one."""

    case: Case
    hostile: float
    plain: float
    parsing: float

    @property
    def ratio(self) -> float:
        """The ratio of the hostile cost to the plain one, or to that of the parser if it is higher.

        A body of 10,000 names takes longer to parse than one text of its size, and the more so the
        busier the processor's cache is. What the service does with the names is what is measured.
        """
        return self.hostile / max(self.plain, self.parsing, _LEAST_SECONDS)


Send: TypeAlias = Callable[[bytes], float]
"""Sends a body and returns the CPU seconds of the response."""


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
"""Generators of values as JSON of about a number of bytes."""

DRAWN = tuple(VALUES)[:8]
"""The families that the gate tests in every field. The benchmark tests all families."""

NAMES: Mapping[str, Callable[[int], str]] = {
    "a name of combining marks": _of("\u0301\u0327", "a"),
    "a name of hyphens": _of("a-"),
    "a name of capitals": _of("aB"),
}
"""Generators of member names."""

_FEW: Mapping[str, Callable[[int], str]] = {
    "names with a slip": lambda number: f"annual recurring revenu in countri {number:03d}",
    "names of marks": lambda number: f"a{chr(0x301) * 80}{number:03d}",
    "names of words": lambda number: f"wordA-wordB wordC.wordD {number:03d}",
}
"""Generators for requests with hundreds of names."""


def endpoints() -> list[Endpoint]:
    """Return the endpoints of the OpenAPI documents with a request body."""
    return [
        Endpoint(dialect, method, path, example, places)
        for dialect in ("chatcaptain", "klen", "native", "setter", "vambe")
        for path, operations in _document(dialect)["paths"].items()
        for method in _METHODS
        if "requestBody" in operations.get(method, {})
        for example, places in [_body(dialect, operations[method]["requestBody"])]
    ]


def cases(endpoint: Endpoint, size: int, *, drawn: bool) -> Iterator[Case]:
    """Generate hostile bodies of about `size` bytes for an endpoint."""
    alike: Counter[str] = Counter()
    for place, schema in endpoint.places.items():
        # A drawn selection gives fields of the same type different families.
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
    """Measure a case, and repeat when it is too slow, to exclude pauses of the machine."""
    plain = min(send(case.plain) for _ in range(_PLAIN_TRIES))
    cost = Cost(case, send(case.hostile), plain, _parsing(case.hostile))
    for _ in range(_TRIES):
        if cost.ratio <= MAX_RATIO:
            break
        cost = Cost(
            case,
            min(cost.hostile, send(case.hostile)),
            min(cost.plain, send(case.plain)),
            min(cost.parsing, _parsing(case.hostile)),
        )
    return cost


def _parsing(body: bytes) -> float:
    start = time.process_time()
    with suppress(ValueError, RecursionError):
        json.loads(body)
    return time.process_time() - start


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
    # A list beside an object, either of which may be sent.
    lists = [each for each in schema.get("anyOf", ()) if "items" in each]
    if lists and "properties" in resolved:
        yield from _places(dialect, lists[0]["items"], (*place, 0))
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
