"""Validation of values of the types `multi_select`, `currency`, `list` and `json`.

Apart from the other types, so that a request without such a value does not load it.
Each is stored as JSON text. Source of the accepted forms: the type table in `docs/variables.md`.
"""

import json
from collections.abc import Callable
from typing import Any

from shared.domain.definitions import STRUCTURED_TYPES, DefinitionDraft, VariableType
from shared.domain.json_values import JsonValue, Value
from shared.validation.currencies import RULE, money_text, parse_money
from shared.validation.definitions import MAX_OPTIONS
from shared.validation.json_text import MAX_JSON_DEPTH
from shared.validation.value_text import to_text

MAX_LIST_ITEMS = 1000
MAX_STRUCTURED_BYTES = 100_000
"""The largest value as JSON text. It bounds what is parsed for each read."""


class DoesNotMatch(Exception):
    """A value does not match its type. The message is the reason."""


def structured_text(definition: DefinitionDraft, value: JsonValue) -> str:
    """Return the JSON text that a value is stored as.

    Args:
        definition: The definition of the variable, of one of `STRUCTURED_TYPES`.
        value: The value as sent: as the type has it, or as the text that other APIs show.

    Raises:
        DoesNotMatch: The value does not match the type.
    """
    if isinstance(value, str) and len(value.encode()) > MAX_STRUCTURED_BYTES:
        raise DoesNotMatch(f"it has at most {MAX_STRUCTURED_BYTES} bytes")
    found = _TYPES[definition.variable_type](definition, value)
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    if len(text.encode()) > MAX_STRUCTURED_BYTES:
        raise DoesNotMatch(f"it has at most {MAX_STRUCTURED_BYTES} bytes of JSON")
    return text


def json_form(variable_type: VariableType, stored: Value) -> JsonValue:
    """Return a stored value as JSON has it, which is how the native API shows it."""
    if variable_type not in STRUCTURED_TYPES or not isinstance(stored, str):
        return stored
    found: JsonValue = json.loads(stored)
    return found


def plain_form(variable_type: VariableType, stored: Value) -> Value:
    """Return a stored value as an API shows it that has text, numbers and booleans only.

    Lists are joined by commas, amounts of money are written as `250.50 USD`, and objects are JSON.
    """
    if variable_type not in STRUCTURED_TYPES:
        return stored
    found = json_form(variable_type, stored)
    if variable_type is VariableType.CURRENCY and isinstance(found, dict):
        return money_text(found)
    if variable_type is VariableType.JSON:
        return found if isinstance(found, str) else str(stored)
    return to_text(found)


def _multi_select(definition: DefinitionDraft, value: JsonValue) -> JsonValue:
    options = definition.select_options or ()
    # An option may have a comma of its own.
    given = [value] if isinstance(value, str) and value in options else _items(value)
    if given is None or len(given) > MAX_OPTIONS:
        raise DoesNotMatch(f"it must be a list of at most {MAX_OPTIONS} options")
    chosen = {each for each in given if isinstance(each, str)}
    if not chosen.issubset(options) or not all(isinstance(each, str) for each in given):
        raise DoesNotMatch(f"each must be one of: {', '.join(options)}")
    if len(chosen) < len(given):
        raise DoesNotMatch("an option is given twice")
    return [each for each in options if each in chosen]


def _currency(_: DefinitionDraft, value: JsonValue) -> JsonValue:
    found = parse_money(value)
    if found is None:
        raise DoesNotMatch(RULE)
    return found


def _list(_: DefinitionDraft, value: JsonValue) -> JsonValue:
    given = _items(value)
    if given is None or len(given) > MAX_LIST_ITEMS:
        raise DoesNotMatch(f"it must be a list of at most {MAX_LIST_ITEMS} items")
    if not all(isinstance(each, str | int | float) for each in given):
        raise DoesNotMatch("an item must be a string, a number or a boolean")
    return given


def _json(_: DefinitionDraft, value: JsonValue) -> JsonValue:
    found = _parsed(value) if isinstance(value, str) and value[:1] in ("{", "[") else value
    if found is None:
        raise DoesNotMatch("it starts like JSON and is none")
    if _is_deep(found):
        raise DoesNotMatch(f"it is nested deeper than {MAX_JSON_DEPTH} levels")
    return found


def _items(value: JsonValue) -> list[JsonValue] | None:
    """Return the items of a list, of a JSON array in a text, or of a text with commas."""
    if isinstance(value, str):
        if not value.strip():
            return []
        if not value.startswith("["):
            return [each.strip() for each in value.split(",", MAX_LIST_ITEMS)]
        value = _parsed(value)
    return value if isinstance(value, list) else None


def _parsed(text: str) -> JsonValue:
    try:
        found: JsonValue = json.loads(text, parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        return None
    return found


def _reject_constant(name: str) -> None:
    raise ValueError(name)


def _is_deep(value: JsonValue) -> bool:
    level: list[Any] = [value]
    for _ in range(MAX_JSON_DEPTH):
        level = [
            part
            for node in level
            for part in (node.values() if isinstance(node, dict) else node)
            if isinstance(part, dict | list)
        ] if isinstance(level[0], dict | list) else []
        if not level:
            return False
    return True


_TYPES: dict[VariableType, Callable[[DefinitionDraft, JsonValue], JsonValue]] = {
    VariableType.MULTI_SELECT: _multi_select,
    VariableType.CURRENCY: _currency,
    VariableType.LIST: _list,
    VariableType.JSON: _json,
}
