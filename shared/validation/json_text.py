"""Strict parsing of JSON objects from clients."""

import json
import math
from typing import Any, NoReturn

from shared.domain.errors import MalformedBody
from shared.domain.json_values import JsonObject, JsonValue

MAX_JSON_DEPTH = 32
"""The most levels of nested objects and arrays."""

_CONTAINERS = (dict, list)
"""A tuple, as a union would be built anew for every member of a body."""


def json_object(text: bytes) -> JsonObject:
    """Parse a JSON object.

    Raises:
        MalformedBody: The text is no JSON object, is nested too deeply, has a duplicate name, a
            number that is not finite, or a lone surrogate.
    """
    try:
        document = json.loads(
            text.decode(),
            object_pairs_hook=_object_without_duplicates,
            parse_constant=_reject_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as fault:
        raise MalformedBody(_reason(fault)) from None
    if not isinstance(document, dict):
        raise MalformedBody("it is not an object")
    if not is_shallow(document):
        raise MalformedBody(f"it is nested deeper than {MAX_JSON_DEPTH} levels")
    _reject_surrogates(text, document)
    return document


def json_value(text: str) -> JsonValue:
    """Parse JSON of a variable; raises ValueError.

    What no response could show is none: numbers that are not finite, and lone surrogates.
    """
    try:
        found: JsonValue = json.loads(text, parse_constant=_reject_constant, parse_float=_finite)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return found


def is_shallow(value: JsonValue) -> bool:
    """Return whether a JSON value has at most `MAX_JSON_DEPTH` levels of objects and arrays."""
    level: list[Any] = [value] if isinstance(value, _CONTAINERS) else []
    for _ in range(MAX_JSON_DEPTH):
        level = [part for node in level for part in _parts(node) if isinstance(part, _CONTAINERS)]
        if not level:
            return True
    return False


class _DuplicateNames(ValueError):
    """An object has two members with the same name."""


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _DuplicateNames
    return members


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


def _reason(fault: Exception) -> str:
    match fault:
        case json.JSONDecodeError():
            return f"{fault.msg} at line {fault.lineno}, column {fault.colno}"
        case _DuplicateNames():
            return "a name is given twice in one object"
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case RecursionError():
            return f"it is nested deeper than {MAX_JSON_DEPTH} levels"
    return "it holds a number that is none, or too large to be kept"


def _parts(node: Any) -> Any:
    return node.values() if isinstance(node, dict) else node


def _reject_surrogates(text: bytes, document: JsonObject) -> None:
    # Only an escape sequence can produce a lone surrogate, and most bodies have none.
    if b"\\u" not in text:
        return
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise MalformedBody("it holds a lone surrogate, which is no text") from None
