"""Extraction by labels finds only values that a text states explicitly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.definitions import ContextType, Definition, VariableType
from shared.services.variables.label_extractor import LABELED, STATED, LabelExtractor
from shared.validation.fields.free_text import MAX_FREE_TEXT_CHARS


def define(name: str, variable_type: str = "text", shown: str = "", aliases=()) -> Definition:
    return Definition(
        definition_id=1,
        slot=0,
        external_id="external",
        name=name,
        display_name=shown or name,
        variable_type=VariableType(variable_type),
        context_type=ContextType.CONTACT,
        aliases=tuple(aliases),
    )


DEFINITIONS = [
    define("budget", "number", aliases=["presupuesto", "Haushalt", "orçamento"]),
    define("last_payment_date", "date", "Last payment"),
    define("city", aliases=["ciudad", "Stadt"]),
    define("is_active", "boolean", "Active"),
    define("membership_level", "select", "Membership level", aliases=["nivel"]),
]


def extracted(text: str) -> list[tuple[str, object]]:
    return [(each.name, each.value) for each in LabelExtractor().extract(text, DEFINITIONS)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Budget: 5000", [("budget", "5000")]),
        ("budget=5000", [("budget", "5000")]),
        ("Budget: $1,234.50.", [("budget", "$1,234.50")]),
        ("Budget: 5000. She calls back.", [("budget", "5000")]),
        ("Met her today.\nBudget : 5000\nCity: Paris", [("budget", "5000"), ("city", "Paris")]),
        ("Budget: 5000, city: Paris", [("budget", "5000"), ("city", "Paris")]),
        ("budget: 5000; city: St. Gallen", [("budget", "5000")]),
        ("city: Paris, France", [("city", "Paris, France")]),
        ("- Budget: 5\n* City: Paris", [("budget", "5"), ("city", "Paris")]),
        ("Last payment: March 12, 2024", [("last_payment_date", "March 12, 2024")]),
        ("last_payment_date: 2024-03-12", [("last_payment_date", "2024-03-12")]),
        ("Presupuesto: 1.500 | Ciudad: Lima", [("budget", "1.500"), ("city", "Lima")]),
        ("Her budget is $1,234.50, she says", [("budget", "$1,234.50")]),
        ("The budget is 5000 and the rest is open", [("budget", "5000")]),
        ("Su presupuesto es 5000 y quiere una demo", [("budget", "5000")]),
        ("Das Haushalt ist 5000.", [("budget", "5000")]),
        ("O orçamento é 5000", [("budget", "5000")]),
        ("We met. City = Paris", [("city", "Paris")]),
        ("Her membership level is gold!", [("membership_level", "gold")]),
    ],
)
def test_a_label_and_what_follows_it(text, said):
    assert extracted(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "She wants a demo",
        "budget",
        "budget 5000",
        "budget:",
        "the city is Paris",
        "no city: we asked twice",
        "at 10:30 https://example.com/budget:5",
        "total budget: 5000",
        "city: " + "x" * 101,
        "city: Paris. She likes it there",
        "bugdet: 5000",
    ],
)
def test_a_text_that_names_no_field_says_nothing(text):
    assert extracted(text) == []


def test_a_label_is_surer_than_a_sentence():
    labeled, stated = LabelExtractor().extract("Budget: 5. Is she in? The budget is 5", DEFINITIONS)
    assert (labeled.confidence, stated.confidence) == (LABELED, STATED)
    assert LABELED > STATED


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "part", ["\n", "\n ", " ", "the ", "the a is ", "a:", "\n* ", " -", "a.", "the budget is "]
)
def test_no_text_takes_long(part):
    assert LabelExtractor().extract((part * MAX_FREE_TEXT_CHARS)[:MAX_FREE_TEXT_CHARS], []) == []


@given(st.text(alphabet="budget city:=,.;|\nis the5€ ", max_size=80))
def test_whatever_the_text_a_value_stands_in_it(text):
    for each in LabelExtractor().extract(text, DEFINITIONS):
        assert each.value
        assert each.value in text
