"""Conversion of JSON values to text.

Source: the text forms in `docs/variables.md`.
"""

import json
import math
from decimal import Decimal

from shared.domain.json_values import JsonValue

_PLAIN_FROM = 1e-6
_PLAIN_BELOW = 1e21
"""JavaScript writes numbers in this range without an exponent (ECMA-262, Number::toString)."""


def to_text(value: JsonValue) -> str:
    """Return a JSON value as text.

    Numbers are written as in JavaScript, arrays are joined by ", ", and objects become JSON.
    """
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
            return json.dumps(_with_integers(value), ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _with_integers(value: JsonValue) -> JsonValue:
    # JavaScript writes 1.0 as 1.
    match value:
        case float() if value.is_integer() and abs(value) < _PLAIN_BELOW:
            return int(value)
        case list():
            return [_with_integers(part) for part in value]
        case dict():
            return {name: _with_integers(part) for name, part in value.items()}
    return value


def _number_text(number: float) -> str:
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else f"{'-' if number < 0 else ''}Infinity"
    if number == 0 or _PLAIN_FROM <= abs(number) < _PLAIN_BELOW:
        return str(int(number)) if number.is_integer() else format(Decimal(repr(number)), "f")
    digits, exponent = repr(number).split("e")
    return f"{digits}e{int(exponent):+d}"
