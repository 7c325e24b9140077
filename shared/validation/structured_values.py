"""Validation of values of the types `multi_select`, `currency`, `list` and `json`.

Apart from the other types, so that a request without such a value does not load it.
Each is stored as JSON text. Source of the accepted forms: the type table in `docs/variables.md`.
"""

import json
from collections.abc import Callable

from shared.domain.definitions import DefinitionDraft, VariableType
from shared.domain.json_values import JsonValue
from shared.domain.options import former_labels
from shared.validation.currencies import RULE, parse_money
from shared.validation.definitions import MAX_OPTIONS
from shared.validation.json_text import MAX_JSON_DEPTH, is_shallow, json_value

MAX_LIST_ITEMS = 1000
MAX_STRUCTURED_BYTES = 100_000
"""The largest value as JSON text. It bounds what is parsed for each read."""

_TOO_LARGE = f"it has at most {MAX_STRUCTURED_BYTES} bytes of JSON"


class _DoesNotMatch(Exception):
    """A value does not match its type. The message is the reason."""


def structured_text(definition: DefinitionDraft, value: JsonValue) -> tuple[str | None, str]:
    """Return the JSON text that a value is stored as, and what is wrong with it.

    Args:
        definition: The definition of the variable, of one of `STRUCTURED_TYPES`.
        value: The value as sent: as the type has it, or as the text that other APIs show.

    Returns:
        The text and an empty reason, or None and the reason why the value does not match the type.
    """
    if isinstance(value, str) and len(value.encode()) > MAX_STRUCTURED_BYTES:
        return None, _TOO_LARGE
    try:
        found = _TYPES[definition.variable_type](definition, value)
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except _DoesNotMatch as fault:
        return None, str(fault)
    except ValueError:
        return None, "a number in it is not finite"
    return (None, _TOO_LARGE) if len(text.encode()) > MAX_STRUCTURED_BYTES else (text, "")


def _multi_select(definition: DefinitionDraft, value: JsonValue) -> JsonValue:
    options = definition.select_options or ()
    # An option may have a comma of its own.
    given = [value] if isinstance(value, str) and value in options else _items(value)
    if given is not None and definition.all_options:
        former = former_labels(definition.all_options)
        given = [former.get(each, each) if isinstance(each, str) else each for each in given]
    if given is None or len(given) > MAX_OPTIONS:
        raise _DoesNotMatch(f"it must be a list of at most {MAX_OPTIONS} options")
    chosen = {each for each in given if isinstance(each, str)}
    if not chosen.issubset(options) or not all(isinstance(each, str) for each in given):
        raise _DoesNotMatch(f"each must be one of: {', '.join(options)}")
    if len(chosen) < len(given):
        raise _DoesNotMatch("an option is given twice")
    return [each for each in options if each in chosen]


def _currency(_: DefinitionDraft, value: JsonValue) -> JsonValue:
    found = parse_money(value)
    if found is None:
        raise _DoesNotMatch(RULE)
    return found


def _list(_: DefinitionDraft, value: JsonValue) -> JsonValue:
    given = _items(value)
    if given is None or len(given) > MAX_LIST_ITEMS:
        raise _DoesNotMatch(f"it must be a list of at most {MAX_LIST_ITEMS} items")
    if not all(isinstance(each, str | int | float) for each in given):
        raise _DoesNotMatch("an item must be a string, a number or a boolean")
    return given


def _json(_: DefinitionDraft, value: JsonValue) -> JsonValue:
    found = _parsed(value) if isinstance(value, str) and value[:1] in ("{", "[") else value
    if found is None:
        raise _DoesNotMatch("it starts like JSON and is none")
    if not is_shallow(found):
        raise _DoesNotMatch(f"it is nested deeper than {MAX_JSON_DEPTH} levels")
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
        return json_value(text)
    except ValueError:
        return None


_TYPES: dict[VariableType, Callable[[DefinitionDraft, JsonValue], JsonValue]] = {
    VariableType.MULTI_SELECT: _multi_select,
    VariableType.CURRENCY: _currency,
    VariableType.LIST: _list,
    VariableType.JSON: _json,
}
