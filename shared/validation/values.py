"""Whether a value fits the type of its variable, and which type a new variable gets.

Source of the accepted forms: the type table in `docs/variables.md`.
"""

import re
from collections.abc import Callable
from datetime import date, datetime

from shared.domain.errors import InvalidValue
from shared.domain.variables import DefinitionDraft, JsonValue, Value, VariableType

MAX_NUMBER_CHARS = 64
"""The longest text that is read as a number."""

MAX_VARIABLES_PER_REQUEST = 5000
"""The most variables that one request sets."""

MAX_TEXT_BYTES = 1_000_000
"""The longest value in bytes of UTF-8: four parts of a DynamoDB item each, and no more."""

_PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_LARGEST = 1e38
_SMALLEST = 1e-130
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})
_MAX_TRUTH_CHARS = max(map(len, _TRUE | _FALSE))


class _Invalid(Exception):
    """A value does not fit; the message is the reason."""


def coerce_value(definition: DefinitionDraft, value: JsonValue) -> Value:
    """Bring a JSON value into the form in which its variable keeps it.

    Text, dates and options stay text as sent, numbers become int or float, booleans bool.
    Raises InvalidValue when the value does not fit the definition's type.
    """
    try:
        return _COERCIONS[definition.variable_type](definition, value)
    except _Invalid as unfit:
        raise InvalidValue(definition.name, definition.variable_type, str(unfit)) from None


def infer_type(name: str, value: JsonValue) -> VariableType:
    """The type a variable gets that is created from its first value; never select.

    Raises InvalidValue for arrays and objects, which no type holds.
    """
    if isinstance(value, bool):
        return VariableType.BOOLEAN
    if isinstance(value, int | float):
        return VariableType.NUMBER
    if not isinstance(value, str):
        raise InvalidValue(name, "text, number, date or boolean", "no type holds such a value")
    return VariableType.DATE if is_iso_date(value) else VariableType.TEXT


def is_iso_date(text: str) -> bool:
    """Whether the text is an ISO 8601 calendar date, alone or with a time of day."""
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return True
        if _DATE_TIME.fullmatch(text):
            datetime.fromisoformat(text)
            return True
    except ValueError:
        return False
    return False


def plain_number(text: str) -> int | float | None:
    """The number that a text is as machines write it: `42`, `-1.5e3`; None where it is none."""
    if len(text) > MAX_NUMBER_CHARS or not _PLAIN_NUMBER.fullmatch(text):
        return None
    return float(text) if any(mark in text for mark in ".eE") else int(text)


def _text(_: DefinitionDraft, value: JsonValue) -> Value:
    if not isinstance(value, str):
        raise _Invalid("it must be a string")
    if len(value.encode()) > MAX_TEXT_BYTES:
        raise _Invalid(f"it is longer than {MAX_TEXT_BYTES} bytes")
    return value


def _number(_: DefinitionDraft, value: JsonValue) -> Value:
    if isinstance(value, bool):
        raise _Invalid("a boolean is not a number")
    if isinstance(value, str):
        value = plain_number(value)
    if not isinstance(value, int | float):
        raise _Invalid("it must be a number or a numeric string")
    return _storable(value)


def _storable(number: int | float) -> int | float:
    # Whole floats become int, as JavaScript has it; DynamoDB keeps 38 digits from 1E-130 on.
    if not -_LARGEST < number < _LARGEST or 0 < abs(number) < _SMALLEST:
        raise _Invalid("it must have at most 38 digits")
    return int(number) if number == int(number) else number


def _date(_: DefinitionDraft, value: JsonValue) -> Value:
    if not isinstance(value, str) or not is_iso_date(value):
        raise _Invalid("it must be an ISO date such as 2023-12-01 or 2023-01-15T14:30:00Z")
    return value


def _boolean(_: DefinitionDraft, value: JsonValue) -> Value:
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) and len(value) <= _MAX_TRUTH_CHARS else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _Invalid("it must be true or false, or one of the words true, yes, 1, false, no, 0")


def _select(definition: DefinitionDraft, value: JsonValue) -> Value:
    options = definition.select_options or ()
    if not isinstance(value, str) or value not in options:
        raise _Invalid(f"it must be one of: {', '.join(options)}")
    return value


_COERCIONS: dict[VariableType, Callable[[DefinitionDraft, JsonValue], Value]] = {
    VariableType.TEXT: _text,
    VariableType.NUMBER: _number,
    VariableType.DATE: _date,
    VariableType.BOOLEAN: _boolean,
    VariableType.SELECT: _select,
}
