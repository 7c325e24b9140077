"""Read values that have former labels of options as values of the options of today."""

import json
from collections.abc import Mapping
from dataclasses import replace

from shared.domain.accounts import WHOLE_ACCOUNT
from shared.domain.definitions import Definition, Tombstone, VariableType
from shared.domain.json_values import JsonValue, Value
from shared.domain.options import former_labels
from shared.domain.values import StoredValue


def as_defined(value: StoredValue, definition: Definition | Tombstone) -> StoredValue:
    """Return a value with the name, the audience and the option labels of its definition."""
    if isinstance(definition, Definition) and definition.all_options:
        value = with_current_labels(value, former_labels(definition.all_options))
    name, audience = definition.name, definition.audience
    if value.name == name and (audience is WHOLE_ACCOUNT or audience == WHOLE_ACCOUNT):
        return value
    return replace(value, name=name, audience=audience)


def with_current_labels(value: StoredValue, labels: Mapping[str, str]) -> StoredValue:
    """Return a value with the labels of today, by former label."""
    current = in_current_labels(value.variable_type, value.value, labels)
    return value if current == value.value else replace(value, value=current)


def in_current_labels(
    variable_type: VariableType, stored: Value, labels: Mapping[str, str]
) -> Value:
    """Return what a value of a type is in the labels of today, by former label."""
    if not labels or not isinstance(stored, str):
        return stored
    if variable_type is VariableType.SELECT:
        return labels.get(stored, stored)
    if variable_type is not VariableType.MULTI_SELECT:
        return stored
    chosen = _items(stored)
    if chosen is None:
        return stored
    now = [labels.get(each, each) if isinstance(each, str) else each for each in chosen]
    # Two labels of a value can have become one option.
    return json.dumps([*dict.fromkeys(now)], ensure_ascii=False, separators=(",", ":"))


def _items(stored: str) -> list[JsonValue] | None:
    """Return the items of a stored list. A value from before the type was this one is another."""
    try:
        found: JsonValue = json.loads(stored)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None
