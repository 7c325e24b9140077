"""Validation and normalization of values by type, and inference of types.

Source of the accepted forms: the type table in `docs/variables.md`.
"""

import re
from collections.abc import Callable
from datetime import date, datetime

from shared.domain.definitions import STRUCTURED_TYPES, DefinitionDraft, VariableType
from shared.domain.errors import InvalidValue
from shared.domain.json_values import JsonValue, Value
from shared.domain.options import former_labels
from shared.validation.value_rules import rule_fault

MAX_NUMBER_CHARS = 64
"""The longest text that is parsed as a number."""

MAX_VARIABLES_PER_REQUEST = 5000
"""The most variables that one request sets."""

MAX_TEXT_BYTES = 1_000_000
"""The largest value in bytes of UTF-8. It is stored in up to four items."""

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
    """A value does not match its type. The message is the reason."""


def coerce_value(definition: DefinitionDraft, value: JsonValue) -> Value:
    """Convert a JSON value to the stored form of its variable's type, and check its rules.

    Raises:
        InvalidValue: The value does not match the type, or breaks a rule of the definition.
    """
    coerced = coerce_to_type(definition, value)
    fault = rule_fault(definition, coerced)
    if fault is not None:
        raise InvalidValue(definition.name, definition.variable_type, fault)
    if definition.json_schema is not None and definition.variable_type is VariableType.JSON:
        _check_schema(definition, definition.json_schema, value, coerced)
    return coerced


def _check_schema(
    definition: DefinitionDraft, schema: str, value: JsonValue, stored: Value
) -> None:
    """Raise InvalidValue unless JSON text matches a schema."""
    # Imported here, because few definitions have a schema.
    from shared.validation.json_schemas import schema_fault  # noqa: PLC0415

    fault = schema_fault(schema, str(stored))
    if fault is not None:
        # JSON that was sent as text has no places in the request.
        place = () if isinstance(value, str) else fault.path
        raise InvalidValue(definition.name, VariableType.JSON, fault.sentence, place)


def coerce_to_type(definition: DefinitionDraft, value: JsonValue) -> Value:
    """Convert a JSON value to the stored form of its variable's type.

    Numbers become int or float, booleans become bool, former labels of options become the current
    ones, phone numbers lose their punctuation, and structured values become JSON text. Other values
    stay as sent.

    Raises:
        InvalidValue: The value does not match the type.
    """
    try:
        return _COERCIONS.get(definition.variable_type, _other)(definition, value)
    except _Invalid as fault:
        raise InvalidValue(definition.name, definition.variable_type, str(fault)) from None


def infer_type(name: str, value: JsonValue) -> VariableType:
    """Infer the type of a new variable: boolean, number, date or text.

    Raises:
        InvalidValue: The value is an array, an object or null.
    """
    if isinstance(value, bool):
        return VariableType.BOOLEAN
    if isinstance(value, int | float):
        return VariableType.NUMBER
    if not isinstance(value, str):
        expected = "text, number, date or boolean"
        raise InvalidValue(name, expected, "a variable of another type has to be defined first")
    return VariableType.DATE if is_iso_date(value) else VariableType.TEXT


def is_iso_date(text: str) -> bool:
    """Return whether a text is an ISO 8601 calendar date, with or without a time."""
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
    """Parse a number in plain notation, such as `42` or `-1.5e3`.

    Returns None if it is not one.
    """
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
    return _normalize_number(value)


def _normalize_number(number: int | float) -> int | float:
    # Whole floats become int, as in JavaScript. DynamoDB stores 38 digits and at least 1E-130.
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
    if isinstance(value, str) and value not in options and definition.all_options:
        value = former_labels(definition.all_options).get(value, value)
    if not isinstance(value, str) or value not in options:
        raise _Invalid(f"it must be one of: {', '.join(options)}")
    return value


def _other(definition: DefinitionDraft, value: JsonValue) -> Value:
    # Imported here, because most requests have no value of these types.
    if definition.variable_type in STRUCTURED_TYPES:
        from shared.validation.structured_values import structured_text  # noqa: PLC0415

        text, rule = structured_text(definition, value)
    else:
        from shared.validation.typed_texts import text_of_type  # noqa: PLC0415

        text, rule = text_of_type(definition.variable_type, value)
    if text is None:
        raise _Invalid(rule)
    return text


_COERCIONS: dict[VariableType, Callable[[DefinitionDraft, JsonValue], Value]] = {
    VariableType.TEXT: _text,
    VariableType.NUMBER: _number,
    VariableType.DATE: _date,
    VariableType.BOOLEAN: _boolean,
    VariableType.SELECT: _select,
}
