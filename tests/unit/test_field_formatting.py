"""Format values of people and machines by the type of their definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.definitions import ContextType, DefinitionDraft, VariableType
from shared.validation.fields.formatting import (
    MAX_COMPARED_OPTION_CHARS,
    Form,
    OptionBudget,
    depends_on_locale,
    format_value,
)
from shared.validation.values import MAX_TEXT_BYTES

AS_SENT, FORMATTED, INVALID = Form.AS_SENT, Form.FORMATTED, Form.INVALID
NUMBER, DATE, TEXT = VariableType.NUMBER, VariableType.DATE, VariableType.TEXT
OPTIONS = ("Gold", "Silver", "Platinum", "Sí, pronto", "5", "Enterprise plan", "Entreprise")
LOCALES = st.sampled_from(["", "en-US", "en-GB", "en-CA", "es", "es-CL", "es-MX", "de-CH", "ja"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
WRITTEN = st.text(alphabet="0123456789.,' -+$€%()/:T marchzoJuniodeAP", max_size=24)


def draft(variable_type: VariableType) -> DefinitionDraft:
    return DefinitionDraft(
        name="tested",
        display_name="Tested",
        variable_type=variable_type,
        context_type=ContextType.CONTACT,
        select_options=OPTIONS,
    )


def formatted(variable_type: VariableType, value, locale: str = ""):
    found = format_value(draft(variable_type), value, locale)
    return found.value, found.form


@pytest.mark.parametrize(
    ("sent", "locale", "kept"),
    [
        # The marks tell by themselves which is which, wherever the account is.
        ("1.234,50 €", "", 1234.5),
        ("1.234,50 €", "en-US", 1234.5),
        ("$1,234.50", "", 1234.5),
        ("$1,234.50", "es-CL", 1234.5),
        ("US$ 1,234,567", "", 1234567),
        ("R$ 1.234.567,89", "", 1234567.89),
        ("CLP 1.234.567", "", 1234567),
        ("1.500.000 COP", "", 1500000),
        ("S/ 12,5", "", 12.5),
        ("99,90", "", 99.9),
        ("1234,567", "", 1234.567),
        ("1,2345", "en-US", 1.2345),
        ("0,125", "", 0.125),
        ("0.125", "es", 0.125),
        ("1 234", "", 1234),
        ("1\u202f234,5", "", 1234.5),
        ("1'234.50 CHF", "", 1234.5),
        ("1\u2019234", "", 1234),
        ("1,23,456.78", "", 123456.78),
        ("12,34,567", "", 1234567),
        ("CHF 25.-", "", 25),
        ("25,- €", "", 25),
        # Signs, and the brackets of accountants.
        ("-12,5", "", -12.5),
        ("\u221212.5", "", -12.5),
        ("-$5.20", "", -5.2),
        ("$-5.20", "", -5.2),
        ("(1,234.50)", "", -1234.5),
        ("($1,234.50)", "", -1234.5),
        ("+7", "", 7),
        (" 42 ", "", 42),
        # What reads two ways is read as the account writes.
        ("1.234", "es-CL", 1234),
        ("1.234", "de", 1234),
        ("1.234", "en-US", 1.234),
        ("1.234", "es-MX", 1.234),
        ("1.234", "", 1.234),
        ("1,234", "en-US", 1234),
        ("1,234", "es-MX", 1234),
        ("1,234", "es-CL", 1.234),
        ("$1,234", "en-US", 1234),
        ("$1.234", "es-CL", 1234),
        ("-1.234", "es-CL", -1234),
        ("12.5", "es-CL", 12.5),
        ("1234.567", "es-CL", 1234.567),
        # What machines write.
        ("42", "es-CL", 42),
        ("-1.5e3", "es-CL", -1500),
        (".5", "", 0.5),
        (7.0, "", 7),
    ],
)
def test_a_number_is_read_as_it_is_written(sent, locale, kept):
    value, form = formatted(NUMBER, sent, locale)
    assert (value, type(value)) == (kept, type(kept))
    assert form is FORMATTED


@pytest.mark.parametrize(
    ("sent", "locale"),
    [
        *[(each, "") for each in ("$1,234", "1,234", "$1.234", "1.234 €")],
        ("1,234", "ja"),
        *[
            (each, "en-US")
            for each in (
                "85%",
                "500-1000",
                "5k",
                "1.2M",
                "about 5",
                "35 years",
                "ABC 12",
                "1.23.456",
                "1,234.567,8",
                "1,234,56",
                "12 34",
                "12.03.2024",
                "--5",
                "(-5)",
                "-$-5",
                "5-",
                "$",
                "",
                "  ",
                "()",
                "NaN",
                "Infinity",
                "1e999",
                "9" * 39,
                "1" * 65,
                "٣",
                True,
                [1],
                {"a": 1},
                1e39,
                float("nan"),
            )
        ],
    ],
)
def test_what_is_no_number_or_could_be_two_is_kept_as_it_was_sent(sent, locale):
    value, form = formatted(NUMBER, sent, locale)
    assert value is sent
    assert form is INVALID


@pytest.mark.parametrize(
    ("sent", "locale", "kept"),
    [
        ("12 March 2024", "", "2024-03-12"),
        ("March 12, 2024", "", "2024-03-12"),
        ("Mar 12 2024", "", "2024-03-12"),
        ("12-Mar-2024", "", "2024-03-12"),
        ("the 12th of March, 2024", "", "2024-03-12"),
        ("2024 March 12", "", "2024-03-12"),
        ("Tue Mar 12 2024", "", "2024-03-12"),
        ("12 de marzo de 2024", "", "2024-03-12"),
        ("martes, 12 de marzo de 2024", "", "2024-03-12"),
        ("1º de março de 2024", "", "2024-03-01"),
        ("terça-feira, 12 de março de 2024", "", "2024-03-12"),
        ("1er août 2024", "", "2024-08-01"),
        ("14 juil. 2024", "", "2024-07-14"),
        ("3. Oktober 2024", "", "2024-10-03"),
        ("12. März 2024", "", "2024-03-12"),
        ("2 giugno 2024", "", "2024-06-02"),
        ("15 ago 2024", "", "2024-08-15"),
        ("7 set. 2024", "", "2024-09-07"),
        # The order is told by itself.
        ("25/12/2024", "", "2024-12-25"),
        ("25/12/2024", "en-US", "2024-12-25"),
        ("12/25/2024", "es-CL", "2024-12-25"),
        ("05/05/2024", "", "2024-05-05"),
        ("2024/3/12", "", "2024-03-12"),
        ("2024.03.12", "", "2024-03-12"),
        ("20240312", "", "2024-03-12"),
        # The order is the locale's.
        ("12/03/2024", "es-CL", "2024-03-12"),
        ("12/03/2024", "en-GB", "2024-03-12"),
        ("12/03/2024", "en-US", "2024-12-03"),
        ("12/03/2024", "es-PA", "2024-12-03"),
        ("12.03.2024", "de", "2024-03-12"),
        ("1-2-2024", "pt-BR", "2024-02-01"),
        # The time of day is kept.
        ("2024-03-12 10:30", "", "2024-03-12T10:30"),
        ("2024-03-12 10:30:00.5+02:00", "", "2024-03-12T10:30:00.5+02:00"),
        ("12/03/2024 10:30:15", "es", "2024-03-12T10:30:15"),
        ("12 March 2024, 9:05 pm", "", "2024-03-12T21:05"),
        ("12 de marzo de 2024 12:05 a. m.", "", "2024-03-12T00:05"),
        (" 2024-03-12 ", "", "2024-03-12"),
        ("the " * 12 + "12 March 2024", "", "2024-03-12"),
    ],
)
def test_a_date_is_read_as_it_is_written(sent, locale, kept):
    assert formatted(DATE, sent, locale) == (kept, FORMATTED)


@pytest.mark.parametrize("sent", ["2024-03-12", "2024-03-12T10:30:00Z"])
def test_an_iso_date_stays_as_it_is(sent):
    assert formatted(DATE, sent, "en-US") == (sent, AS_SENT)


@pytest.mark.parametrize(
    ("sent", "locale"),
    [
        ("12/03/2024", ""),
        ("12/03/2024", "en-CA"),
        ("12/03/2024", "ja"),
        *[
            (each, "es-CL")
            for each in (
                "12/03/24",
                "31/02/2024",
                "30 February 2024",
                "32/01/2024",
                "13/13/2024",
                "12 March",
                "March 2024",
                "2024",
                "12 Juember 2024",
                "12 jui 2024",
                "Monday, 12 March 2024",
                "12/03-2024",
                "1/2/3/2024",
                "12 March 2024 25:00",
                "12 March 2024 13:00 pm",
                "12 March 2024 10:30 CET",
                "tomorrow",
                "soon",
                "",
                "20241332",
                "12032024",
                "99999999999999999999",
                "March " * 40,
                "the " * 13 + "12 March 2024",
                1710201600,
                True,
                ["2024-03-12"],
            )
        ],
    ],
)
def test_what_is_no_date_or_could_be_two_is_kept_as_it_was_sent(sent, locale):
    value, form = formatted(DATE, sent, locale)
    assert value is sent
    assert form is INVALID


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        *[(word, True) for word in ("Sí", "si", "SIM", "on", "Yes", "y", " true ", "1", "oui")],
        *[(word, True) for word in ("ja", "Sì", "verdadero", "verdadeiro", "vrai", "wahr", 1, 1.0)],
        *[(word, False) for word in ("No", "não", "NON", "nein", "off", "n", "0", "false", 0)],
        *[(word, False) for word in ("falso", "faux", "falsch")],
    ],
)
def test_a_word_for_yes_or_no_becomes_a_boolean(sent, kept):
    value, form = formatted(VariableType.BOOLEAN, sent)
    assert value is kept
    assert form is FORMATTED


@pytest.mark.parametrize("sent", ["maybe", "", "2", 2, "yes, later", "nono", [], {}, [True]])
def test_any_other_word_is_no_boolean(sent):
    value, form = formatted(VariableType.BOOLEAN, sent)
    assert value is sent
    assert form is INVALID


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("gold", "Gold"),
        (" GOLD ", "Gold"),
        ("si pronto", "Sí, pronto"),
        ("Platnum", "Platinum"),
        ("Platinium", "Platinum"),
        ("enterprise-plan", "Enterprise plan"),
        ("Enterprse plan", "Enterprise plan"),
        (5, "5"),
    ],
)
def test_an_option_is_found_by_its_spelling(sent, kept):
    assert formatted(VariableType.SELECT, sent) == (kept, FORMATTED)


@pytest.mark.parametrize("sent", ["Gld", "Bronze", "", "!!", "Golden", "6", 6, ["Gold"], "x" * 999])
def test_no_option_is_guessed(sent):
    value, form = formatted(VariableType.SELECT, sent)
    assert value is sent
    assert form is INVALID


def test_of_two_options_that_are_equally_near_neither_is_taken():
    options = DefinitionDraft(
        name="plan",
        display_name="Plan",
        variable_type=VariableType.SELECT,
        context_type=ContextType.CONTACT,
        select_options=("Premium", "premium", "Marketing", "Markteing"),
    )
    assert format_value(options, "PREMIUM", "").form is INVALID
    assert format_value(options, "Markting", "").form is INVALID
    assert format_value(options, "premium", "").value == "premium"


def test_one_request_compares_values_with_so_many_options_and_no_more():
    most = MAX_COMPARED_OPTION_CHARS // 2
    plans = [
        DefinitionDraft(
            name=f"plan_{letter}",
            display_name="Plan",
            variable_type=VariableType.SELECT,
            context_type=ContextType.CONTACT,
            select_options=("Gold", letter * (most - 4)),
        )
        for letter in "abc"
    ]
    budget = OptionBudget()
    compared = [format_value(each, "gold", "", budget) for each in (*plans, *plans)]
    assert [each.value for each in compared] == ["Gold", "Gold", "gold"] * 2
    assert [each.form for each in compared] == [FORMATTED, FORMATTED, INVALID] * 2
    # An option as it is written needs no comparison.
    assert format_value(plans[2], "Gold", "", budget).form is AS_SENT


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (95, "95"),
        (1e21, "1e+21"),
        (float("inf"), "Infinity"),
        (-float("inf"), "-Infinity"),
        (float("nan"), "NaN"),
        (True, "true"),
        (["a", "b"], "a, b"),
        ({"a": 1}, '{"a":1}'),
    ],
)
def test_a_text_is_the_text_form_of_what_was_sent(sent, kept):
    assert formatted(TEXT, sent) == (kept, FORMATTED)


def test_a_text_beyond_its_limit_is_unfit():
    too_long = "x" * (MAX_TEXT_BYTES + 1)
    assert formatted(TEXT, too_long) == (too_long, INVALID)


@pytest.mark.parametrize("variable_type", VariableType)
def test_null_stays_null(variable_type):
    assert formatted(variable_type, None) == (None, AS_SENT)


@pytest.mark.parametrize("variable_type", VariableType)
def test_only_written_numbers_and_dates_ask_for_a_locale(variable_type):
    asks = variable_type in (NUMBER, DATE)
    assert depends_on_locale(draft(variable_type), "1.234") is asks
    assert not depends_on_locale(draft(variable_type), 1.234)


@given(st.sampled_from(VariableType), JSON | WRITTEN, LOCALES)
def test_whatever_is_sent_is_formatted_or_kept(variable_type, value, locale):
    found = format_value(draft(variable_type), value, locale)
    if found.form is INVALID:
        assert found.value is value


@given(st.sampled_from(VariableType), JSON | WRITTEN, LOCALES)
def test_what_was_formatted_stays_as_it_is(variable_type, value, locale):
    once = format_value(draft(variable_type), value, locale)
    if once.form is not INVALID:
        assert format_value(draft(variable_type), once.value, locale).value == once.value


@given(st.integers(-(10**12), 10**12), st.integers(0, 99), LOCALES)
def test_an_amount_with_cents_reads_the_same_everywhere(whole, cents, locale):
    for separators in (",.", ".,", " ,", "'."):
        written = f"{whole:,}.{cents:02}".translate(str.maketrans(",.", separators))
        expected = float(f"{whole}.{cents:02}")
        assert formatted(NUMBER, f"${written}", locale)[0] == expected
