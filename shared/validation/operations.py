"""Apply operations to stored values."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Context, Decimal

from shared.domain.definitions import Definition, VariableType
from shared.domain.errors import InvalidValue
from shared.domain.json_values import JsonValue, Value
from shared.domain.value_changes import Operation, OperationKind
from shared.validation.value_forms import json_form
from shared.validation.values import coerce_to_type, coerce_value

_ARITHMETIC = Context(prec=60)
"""More digits than a stored number has."""

_LISTS = frozenset({VariableType.LIST, VariableType.MULTI_SELECT})

_EMPTY = frozenset({"", "[]", "{}"})
"""Texts that are empty, and the stored forms of empty lists and objects."""


def apply_operation(
    operation: Operation, definition: Definition, stored: Value | None
) -> Value | None:
    """Return the value after an operation, None for no value.

    Args:
        operation: The operation.
        definition: The definition of its variable.
        stored: The stored value, None if there is none.

    Raises:
        InvalidValue: The type does not have the operation, or the operand or the result does not
            match the type.
    """
    return _OPERATIONS[operation.kind](definition, stored, operation.operand)


def _increment(definition: Definition, stored: Value | None, by: JsonValue) -> Value | None:
    if definition.variable_type is not VariableType.NUMBER:
        raise _wrong_type(definition, "only a number can be incremented")
    if stored is not None and not _is_number(stored):
        raise _wrong_type(definition, "the stored value is no number")
    # Decimal arithmetic, as binary fractions would make 0.1 + 0.2 another number than 0.3.
    given = coerce_to_type(definition, by)
    total = _ARITHMETIC.add(Decimal(repr(stored or 0)), Decimal(repr(given)))
    is_whole = total == total.to_integral_value()
    return coerce_value(definition, int(total) if is_whole else float(total))


def _append(definition: Definition, stored: Value | None, line: JsonValue) -> Value | None:
    if definition.variable_type in _LISTS:
        items = [*_items(definition, stored), _item(definition, line)]
        return coerce_value(_with_archived_options(definition), items)
    added = _line(definition, line)
    return coerce_value(definition, f"{stored}\n{added}" if stored not in (None, "") else added)


def _remove(definition: Definition, stored: Value | None, line: JsonValue) -> Value | None:
    if definition.variable_type in _LISTS:
        return _without_item(definition, stored, line)
    removed = _line(definition, line)
    if stored is None:
        return None
    lines = [each for each in str(stored).split("\n") if each != removed]
    return "\n".join(lines) if lines else None


def _without_item(definition: Definition, stored: Value | None, item: JsonValue) -> Value | None:
    definition = _with_archived_options(definition)
    removed = _item(definition, item)
    left = [each for each in _items(definition, stored) if not _are_same(each, removed)]
    return coerce_value(definition, left) if left else None


def _items(definition: Definition, stored: Value | None) -> list[JsonValue]:
    if stored is None:
        return []
    known = coerce_value(_with_archived_options(definition), stored)
    items = json_form(definition.variable_type, known)
    return items if isinstance(items, list) else []


def _with_archived_options(definition: Definition) -> Definition:
    """Return a definition that accepts archived options, which stored values may have."""
    if not definition.all_options:
        return definition
    return replace(definition, select_options=tuple(each.label for each in definition.all_options))


def _item(definition: Definition, item: JsonValue) -> JsonValue:
    """Check that a list of one such item is a value of the variable."""
    coerce_value(definition, [item])
    return item


def _are_same(one: JsonValue, other: JsonValue) -> bool:
    # In Python, True equals 1.
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _set_once(definition: Definition, stored: Value | None, value: JsonValue) -> Value | None:
    given = coerce_value(definition, value)
    return given if stored is None else stored


def _fill_if_empty(definition: Definition, stored: Value | None, value: JsonValue) -> Value | None:
    given = coerce_value(definition, value)
    return given if _is_empty(stored) else stored


def _is_empty(stored: Value | None) -> bool:
    return stored is None or (isinstance(stored, str) and stored.strip() in _EMPTY)


def _line(definition: Definition, line: JsonValue) -> str:
    if definition.variable_type is not VariableType.TEXT:
        raise _wrong_type(definition, "only a text or a list can be appended to and removed from")
    text = str(coerce_value(definition, line))
    if "\n" in text:
        raise _wrong_type(definition, "it must be one line")
    return text


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _wrong_type(definition: Definition, reason: str) -> InvalidValue:
    return InvalidValue(definition.name, definition.variable_type, reason)


_OPERATIONS: dict[OperationKind, Callable[[Definition, Value | None, JsonValue], Value | None]] = {
    OperationKind.INCREMENT: _increment,
    OperationKind.APPEND: _append,
    OperationKind.REMOVE: _remove,
    OperationKind.SET_ONCE: _set_once,
    OperationKind.FILL_IF_EMPTY: _fill_if_empty,
}
