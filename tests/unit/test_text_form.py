"""The text that stands for a JSON value, as JavaScript writes it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.validation.value_text import to_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is", "as it is"),
        (95, "95"),
        (250.50, "250.5"),
        (1.0, "1"),
        (-0.0, "0"),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        (True, "true"),
        (False, "false"),
        (None, ""),
        (["a", "b"], "a, b"),
        ([1.0, ["x", None], {"a": 1}], '1, x, , {"a":1}'),
        ({"a": 1.0, "b": [2.0, {"c": 2.5}]}, '{"a":1,"b":[2,{"c":2.5}]}'),
        ({"é": "ü"}, '{"é":"ü"}'),
        ({}, "{}"),
        ([], ""),
    ],
    ids=str,
)
def test_a_value_has_the_text_that_javascript_gives_it(value: object, text: str):
    assert to_text(value) == text


@given(st.dictionaries(st.text(), JSON))
def test_the_text_of_an_object_is_the_same_object(value: dict):
    assert json.loads(to_text(value)) == value
