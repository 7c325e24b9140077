"""Stored values of renamed options read as the options of today, whatever form they have."""

import pytest

from shared.domain.definitions import VariableType
from shared.domain.json_values import Value
from shared.domain.option_labels import in_current_labels

LABELS = {"Gold": "Premium", "Platinum": "Premium", "Basic": "Free"}


@pytest.mark.parametrize(
    ("variable_type", "stored", "current"),
    [
        ("select", "Gold", "Premium"),
        ("select", "Silver", "Silver"),
        ("multi_select", '["Basic","Silver"]', '["Free","Silver"]'),
        # Two options that have become one are chosen once.
        ("multi_select", '["Gold","Basic","Platinum"]', '["Premium","Free"]'),
        ("multi_select", '["Gold",7]', '["Premium",7]'),
        # Values from before the variable had this type.
        ("multi_select", "Gold", "Gold"),
        ("multi_select", '{"Gold": 1}', '{"Gold": 1}'),
        ("multi_select", "[" * 99_000, "[" * 99_000),
        ("text", "Gold", "Gold"),
        ("select", 7, 7),
        ("select", True, True),
    ],
)
def test_a_value(variable_type: str, stored: Value, current: Value):
    found = in_current_labels(VariableType(variable_type), stored, LABELS)
    assert (found, type(found)) == (current, type(current))
    assert in_current_labels(VariableType(variable_type), stored, {}) == stored
