"""The text that stands for a JSON value where only text can be kept.

Source: the text forms in `docs/variables.md`.
"""

import json
import math
from decimal import Decimal

from shared.domain.variables import JsonValue

_PLAIN_FROM = 1e-6
_PLAIN_BELOW = 1e21
"""Between these, JavaScript writes a number without an exponent (ECMA-262, Number::toString)."""


def to_text(value: JsonValue) -> str:
    """A JSON value as text: `95`, `true`, an object as its JSON, an array joined by ", "."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return _number_text(value)
        case list():
            return ", ".join(map(to_text, value))
        case dict():
            return json.dumps(_whole(value), ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _whole(value: JsonValue) -> JsonValue:
    # What is whole has no fraction in JavaScript's JSON: 1.0 is 1.
    match value:
        case float() if value.is_integer() and abs(value) < _PLAIN_BELOW:
            return int(value)
        case list():
            return [_whole(part) for part in value]
        case dict():
            return {name: _whole(part) for name, part in value.items()}
    return value


def _number_text(number: float) -> str:
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else f"{'-' if number < 0 else ''}Infinity"
    if number == 0 or _PLAIN_FROM <= abs(number) < _PLAIN_BELOW:
        return str(int(number)) if number.is_integer() else format(Decimal(repr(number)), "f")
    digits, exponent = repr(number).split("e")
    return f"{digits}e{int(exponent):+d}"
