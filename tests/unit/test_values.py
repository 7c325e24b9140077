"""Values against their types, for all that JSON can hold."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.definitions import ContextType, DefinitionDraft, VariableType
from shared.domain.errors import InvalidValue
from shared.table.codec import decode, encode
from shared.validation.currencies import MINOR_UNITS
from shared.validation.names import display_name, is_variable_name, snake_case
from shared.validation.structured_values import MAX_STRUCTURED_BYTES
from shared.validation.value_forms import json_form, plain_form
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
    assert coerce_value(draft(variable_type), json_form(variable_type, kept)) == kept


@pytest.mark.parametrize("variable_type", [VariableType.JSON, VariableType.LIST])
@pytest.mark.parametrize("number", [inf, -inf, nan])
def test_a_number_that_json_cannot_hold_is_refused(variable_type: VariableType, number: float):
    with pytest.raises(InvalidValue, match="not finite"):
        coerce_value(draft(variable_type), [number])


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


ACCEPTED = [
    ("datetime", "2023-01-15T14:30:00Z", "2023-01-15T14:30:00Z"),
    ("datetime", "2023-01-15T14:30:00.250-03:00", "2023-01-15T14:30:00.250-03:00"),
    ("url", "https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
    ("url", "http://[::1]:8080", "http://[::1]:8080"),
    ("email", "ada@example.com", "ada@example.com"),
    ("phone", "+1 (212) 555-0100", "+12125550100"),
    ("currency", {"amount": 25050, "currency": "USD"}, '{"amount":25050,"currency":"USD"}'),
    ("currency", {"amount": 25050.0, "currency": "USD"}, '{"amount":25050,"currency":"USD"}'),
    ("currency", "250.50 USD", '{"amount":25050,"currency":"USD"}'),
    ("currency", "USD 250.5", '{"amount":25050,"currency":"USD"}'),
    ("currency", "-3JPY", '{"amount":-3,"currency":"JPY"}'),
    ("currency", "1.234 KWD", '{"amount":1234,"currency":"KWD"}'),
    ("multi_select", ["Silver", "Gold"], '["Gold","Silver"]'),
    ("multi_select", "Silver, Gold", '["Gold","Silver"]'),
    ("multi_select", '["Silver"]', '["Silver"]'),
    ("multi_select", [], "[]"),
    ("list", ["a", 1, True, 1.5], '["a",1,true,1.5]'),
    ("list", "a, b", '["a","b"]'),
    ("list", '["a",1]', '["a",1]'),
    ("list", " ", "[]"),
    ("json", {"é": [None, {"a": 1}]}, '{"é":[null,{"a":1}]}'),
    ("json", '{"a": 1}', '{"a":1}'),
    ("json", "a", '"a"'),
    ("json", 1.5, "1.5"),
    ("json", False, "false"),
]


@pytest.mark.parametrize(("variable_type", "value", "stored"), ACCEPTED)
def test_an_accepted_value_is_stored_as(variable_type: str, value, stored: str):
    assert coerce_value(draft(VariableType(variable_type)), value) == stored


@pytest.mark.parametrize(
    ("variable_type", "value"),
    [
        ("datetime", "2023-01-15T14:30:00"),
        ("datetime", "2023-01-15"),
        ("datetime", "2023-02-30T14:30:00Z"),
        ("datetime", 1),
        ("url", "ftp://example.com"),
        ("url", "https://"),
        ("url", "https://example.com/a b"),
        ("url", "https://example.com:port"),
        ("url", "https://[::1"),
        ("url", "https://example.com/" + "a" * 2048),
        ("email", "ada"),
        ("email", ["ada@example.com"]),
        ("phone", "12125550100"),
        ("phone", "+1"),
        ("phone", "+12125550100 or so"),
        ("currency", 250.5),
        ("currency", "250.50"),
        ("currency", "250.505 USD"),
        ("currency", "1.5 JPY"),
        ("currency", "1 XYZ"),
        ("currency", "1 usd"),
        ("currency", "1e3 USD"),
        ("currency", "1" * 50 + " USD"),
        ("currency", {"amount": True, "currency": "USD"}),
        ("currency", {"amount": 1.5, "currency": "USD"}),
        ("currency", {"amount": 10**15 + 1, "currency": "USD"}),
        ("currency", {"amount": 1, "currency": ["USD"]}),
        ("currency", {"amount": 1, "currency": "USD", "more": 1}),
        ("multi_select", ["Gold", "Gold"]),
        ("multi_select", ["Bronze"]),
        ("multi_select", ["Gold", 1]),
        ("multi_select", '["Gold"'),
        ("multi_select", {"Gold": True}),
        ("list", [["a"]]),
        ("list", [None]),
        ("list", ["a"] * 1001),
        ("list", "[1, NaN]"),
        ("list", 1),
        ("json", "{a}"),
        ("json", [[]] * MAX_STRUCTURED_BYTES),
        ("json", '{"a": "' + "x" * MAX_STRUCTURED_BYTES + '"}'),
        # As texts these pass the check of the body, but no response could contain them.
        ("json", '{"a": 1e400}'),
        ("json", '{"a": "\\ud800"}'),
        ("list", "[-1e400]"),
        ("list", '["\\udc00"]'),
        ("multi_select", '["\\ud800"]'),
    ],
)
def test_a_value_that_does_not_match_is_an_error(variable_type: str, value):
    with pytest.raises(InvalidValue):
        coerce_value(draft(VariableType(variable_type)), value)


def test_json_has_at_most_32_levels():
    def nested(levels: int):
        return [nested(levels - 1)] if levels > 1 else []

    assert coerce_value(draft(VariableType.JSON), nested(32)) == "[" * 32 + "]" * 32
    for value in (nested(33), "[" * 33 + "]" * 33, "[" * 50_000 + "]" * 50_000):
        with pytest.raises(InvalidValue):
            coerce_value(draft(VariableType.JSON), value)


@pytest.mark.parametrize(
    ("variable_type", "stored", "as_json", "plain"),
    [
        ("text", "[1]", "[1]", "[1]"),
        ("number", 1, 1, 1),
        ("url", "https://example.com", "https://example.com", "https://example.com"),
        ("multi_select", '["Gold","Silver"]', ["Gold", "Silver"], "Gold, Silver"),
        ("list", '["a",1,true]', ["a", 1, True], "a, 1, true"),
        (
            "currency",
            '{"amount":-5,"currency":"USD"}',
            {"amount": -5, "currency": "USD"},
            "-0.05 USD",
        ),
        ("currency", '{"amount":5,"currency":"JPY"}', {"amount": 5, "currency": "JPY"}, "5 JPY"),
        ("json", '{"a":[1]}', {"a": [1]}, '{"a":[1]}'),
        ("json", '"a"', "a", "a"),
        # Stored when the variable had another type.
        ("list", "called", "called", "called"),
        ("list", '{"a":1}', '{"a":1}', '{"a":1}'),
        ("currency", "[1]", "[1]", "[1]"),
        ("multi_select", 5, 5, 5),
        *(
            ("json", text, text, text)
            for text in ("1e400", "Infinity", '{"a":NaN}', '["\\ud800"]', "[" * 99_000)
        ),
        ("list", "[" * 99_000, "[" * 99_000, "[" * 99_000),
        ("json", r'["\ud83d\ude00"]', ["\U0001f600"], r'["\ud83d\ude00"]'),
    ],
)
def test_the_forms_of_a_stored_value(variable_type: str, stored, as_json, plain):
    kind = VariableType(variable_type)
    assert json_form(kind, stored) == as_json
    assert plain_form(kind, stored) == plain


@given(st.sampled_from(VariableType), JSON)
def test_a_value_can_be_written_as_it_was_read(variable_type: VariableType, value):
    try:
        stored = coerce_value(draft(variable_type), value)
    except InvalidValue:
        return
    assert coerce_value(draft(variable_type), json_form(variable_type, stored)) == stored
    if variable_type not in (VariableType.LIST, VariableType.JSON):
        assert coerce_value(draft(variable_type), plain_form(variable_type, stored)) == stored


@given(st.sampled_from(sorted(MINOR_UNITS)), st.integers(-(10**15), 10**15))
def test_every_amount_is_read_back_from_its_text(code: str, amount: int):
    stored = coerce_value(draft(VariableType.CURRENCY), {"amount": amount, "currency": code})
    written = plain_form(VariableType.CURRENCY, stored)
    assert coerce_value(draft(VariableType.CURRENCY), written) == stored
