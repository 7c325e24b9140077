"""Operations on values, by type."""

from typing import Any

import pytest

from shared.domain.definitions import ContextType, Definition, VariableType
from shared.domain.errors import InvalidValue
from shared.domain.value_changes import Operation, OperationKind
from shared.validation.operations import apply_operation


def definition(variable_type: str) -> Definition:
    return Definition(
        definition_id=1,
        slot=0,
        external_id="external",
        name="it",
        display_name="It",
        variable_type=VariableType(variable_type),
        context_type=ContextType.CONTACT,
        select_options=("Silver", "Gold"),
    )


def apply(kind: str, variable_type: str, stored: Any, operand: Any) -> Any:
    operation = Operation(OperationKind(kind), "it", operand)
    return apply_operation(operation, definition(variable_type), stored)


@pytest.mark.parametrize(
    ("kind", "variable_type", "stored", "operand", "expected"),
    [
        ("increment", "number", None, 1, 1),
        ("increment", "number", 0.1, 0.2, 0.3),
        ("increment", "number", 10**37, 1, 10**37 + 1),
        ("increment", "number", 1.5, 0.5, 2),
        ("increment", "number", 3, -5, -2),
        ("append", "text", None, "a", "a"),
        ("append", "text", "", "a", "a"),
        ("append", "text", "a", "b", "a\nb"),
        ("remove", "text", None, "a", None),
        ("remove", "text", "a", "a", None),
        ("remove", "text", "a\nb\na", "a", "b"),
        ("remove", "text", "ab", "a", "ab"),
        ("set_once", "select", None, "Gold", "Gold"),
        ("set_once", "boolean", False, True, False),
        ("fill_if_empty", "text", " ", "a", "a"),
        ("fill_if_empty", "text", "b", "a", "b"),
        ("fill_if_empty", "number", 0, 1, 0),
        ("fill_if_empty", "date", None, "2026-11-22", "2026-11-22"),
        ("append", "list", None, 1, "[1]"),
        ("append", "list", "[1]", True, "[1,true]"),
        ("append", "list", "called", "called back", '["called","called back"]'),
        ("append", "multi_select", '["Gold"]', "Silver", '["Silver","Gold"]'),
        ("remove", "list", "[1,true,1]", 1, "[true]"),
        ("remove", "list", "[1]", 1, None),
        ("remove", "list", None, 1, None),
        ("remove", "multi_select", '["Silver","Gold"]', "Gold", '["Silver"]'),
        ("fill_if_empty", "list", "[]", ["a"], '["a"]'),
        ("fill_if_empty", "json", "{}", {"a": 1}, '{"a":1}'),
        ("set_once", "json", None, {"a": [1]}, '{"a":[1]}'),
    ],
)
def test_the_result(kind: str, variable_type: str, stored: Any, operand: Any, expected: Any):
    found = apply(kind, variable_type, stored, operand)
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("kind", "variable_type", "stored", "operand"),
    [
        ("increment", "text", "1", 1),
        ("increment", "boolean", True, 1),
        ("increment", "number", "many", 1),
        ("increment", "number", True, 1),
        ("increment", "number", 9e37, 9e37),
        ("append", "number", 1, 1),
        ("append", "text", "a", 1),
        ("append", "text", "a", "b\nc"),
        ("append", "text", "x" * 1_000_000, "y"),
        ("remove", "select", "Gold", "Gold"),
        ("set_once", "select", "Gold", "Bronze"),
        ("fill_if_empty", "date", "2026-11-22", "soon"),
        ("append", "json", "{}", 1),
        ("append", "list", "[]", {"a": 1}),
        ("append", "list", "[]", None),
        ("append", "multi_select", '["Gold"]', "Gold"),
        ("append", "multi_select", '["Gold"]', "Bronze"),
        ("remove", "multi_select", "Bronze", "Gold"),
        ("increment", "currency", '{"amount":1,"currency":"USD"}', 1),
    ],
)
def test_a_fault(kind: str, variable_type: str, stored: Any, operand: Any):
    with pytest.raises(InvalidValue):
        apply(kind, variable_type, stored, operand)
