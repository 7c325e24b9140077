"""Values against their types, for all that JSON can hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.definitions import ContextType, DefinitionDraft, VariableType
from shared.domain.errors import InvalidValue
from shared.table.codec import decode, encode
from shared.validation.names import display_name, is_variable_name, snake_case
from shared.validation.values import coerce_value, infer_type, is_iso_date

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def draft(variable_type: VariableType) -> DefinitionDraft:
    return DefinitionDraft(
        name="tested",
        display_name="Tested",
        variable_type=variable_type,
        context_type=ContextType.CONTACT,
        select_options=("Gold", "Silver"),
    )


@given(st.sampled_from(VariableType), JSON)
def test_a_value_is_brought_to_its_type_or_refused(variable_type: VariableType, value):
    kinds = {VariableType.NUMBER: (int, float), VariableType.BOOLEAN: (bool,)}
    try:
        kept = coerce_value(draft(variable_type), value)
    except InvalidValue as error:
        assert (error.name, error.variable_type) == ("tested", variable_type)
        assert error.reason
        return
    assert type(kept) in kinds.get(variable_type, (str,))


@given(st.sampled_from(VariableType), JSON)
def test_a_kept_value_is_kept_again_as_it_is(variable_type: VariableType, value):
    try:
        kept = coerce_value(draft(variable_type), value)
    except InvalidValue:
        return
    assert coerce_value(draft(variable_type), kept) == kept


@given(st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30))
def test_a_variable_made_of_a_value_can_hold_that_value(value):
    inferred = infer_type("tested", value)
    assert inferred is not VariableType.SELECT
    try:
        coerce_value(draft(inferred), value)
    except InvalidValue as error:
        assert "38 digits" in error.reason


@given(st.integers(-(10**37), 10**37) | st.floats(-1e37, 1e37).filter(lambda x: abs(x) > 1))
def test_numbers_survive_storage(number):
    kept = coerce_value(draft(VariableType.NUMBER), number)
    stored = decode(encode(kept))
    assert (stored, type(stored)) == (kept, type(kept))


@given(st.datetimes())
def test_every_moment_that_python_prints_is_an_iso_date(moment):
    assert is_iso_date(moment.isoformat())
    assert is_iso_date(moment.date().isoformat())
    assert is_iso_date(moment.isoformat(timespec="seconds") + "Z")


@pytest.mark.parametrize("value", [[], {}, [1], {"a": 1}])
def test_no_type_is_inferred_for_what_no_type_holds(value):
    with pytest.raises(InvalidValue):
        infer_type("tested", value)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("last_payment_date", "Last Payment Date"),
        ("office_hours", "Office Hours"),
        ("__x__y", "X Y"),
        ("camelCase", "CamelCase"),
        ("über_größe", "Über Größe"),
        ("_", "_"),
        ("2nd", "2nd"),
    ],
)
def test_display_names(name: str, shown: str):
    assert display_name(name) == shown


@pytest.mark.parametrize(
    "name", ["a", "A1_b", "größe", "年齢", "नाम", "ชื่อ", "தமிழ்", "_", "1", "a" * 100]
)
def test_names_that_are_names(name: str):
    assert is_variable_name(name)


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a-b", "a.b", "a#b", "a\n", "e\u0301", "a\u200d", "²#", "a" * 101]
)
def test_names_that_are_none(name: str):
    assert not is_variable_name(name)


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("companyName", "company_name"),
        ("LeadScore", "lead_score"),
        ("employeeCount", "employee_count"),
        ("custom_field_1", "custom_field_1"),
        ("HTTPServer", "http_server"),
        ("userID", "user_id"),
        ("address2Line", "address2_line"),
        ("Last Visit", "last_visit"),
        ("last-visit!", "last_visit"),
        ("__a--b__", "a_b"),
        ("Dirección", "dirección"),
        ("correoÉlite", "correo_élite"),
        ("añoÚTIL", "año_útil"),
        ("ПочтовыйИндекс", "почтовый_индекс"),
        ("ग्राहक नाम", "ग्राहक_नाम"),
        ("line_2_address", "line_2_address"),
        ("2FA", "2_fa"),
        ("--", ""),
        ("ग्राहक का नाम", "ग्राहक_का_नाम"),
        ("ชื่อ-เล่น", "ชื่อ_เล่น"),
    ],
)
def test_snake_case(name: str, snake: str):
    assert snake_case(name) == snake


@given(st.text(max_size=30))
def test_snake_case_of_snake_case_is_itself(name: str):
    assert snake_case(snake_case(name)) == snake_case(name)
