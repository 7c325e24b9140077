"""Match keys to definitions, or to none."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jellyfish import damerau_levenshtein_distance

from shared.domain.definitions import ContextType, Definition, VariableType
from shared.validation.fields.matching import CONFIDENCE, FieldIndex, FieldMatch, MatchRule
from shared.validation.fields.similarity import (
    MIN_SIMILARITY,
    is_within_one_typo,
    similarity,
    split_words,
)
from shared.validation.names import display_name


def define(name: str, shown: str = "", aliases: Sequence[str] = ()) -> Definition:
    return Definition(
        definition_id=1,
        slot=0,
        external_id="external",
        name=name,
        display_name=shown or display_name(name),
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
        aliases=tuple(aliases),
    )


CATALOGUE = [
    define("company_name", aliases=["Organisation", "razón social"]),
    define("last_payment_date"),
    define("direccion", shown="Postal address"),
    define("phone_1"),
    define("phone_2"),
    define("contract_date"),
    define("subscription_plan", shown="Abo", aliases=["Straße"]),
    define("customerTier"),
    define("コード"),
]


def match_field(key: str, definitions: Sequence[Definition]) -> FieldMatch | None:
    return FieldIndex(definitions).match(key)


def meant(key: str) -> tuple[str, str] | None:
    match = match_field(key, CATALOGUE)
    return match and (match.definition.name, match.rule)


@pytest.mark.parametrize(
    ("key", "name", "rule"),
    [
        ("company_name", "company_name", "exact"),
        ("customerTier", "customerTier", "exact"),
        ("コード", "コード", "exact"),
        ("companyName", "company_name", "snake_case"),
        ("Company Name", "company_name", "snake_case"),
        ("last-payment-date", "last_payment_date", "snake_case"),
        ("Postal address", "direccion", "display_name"),
        ("POSTAL_ADDRESS!", "direccion", "display_name"),
        ("Dirección", "direccion", "display_name"),
        ("companyname", "company_name", "display_name"),
        ("customer tier", "customerTier", "display_name"),
        ("phone1", "phone_1", "display_name"),
        ("organisation", "company_name", "alias"),
        ("Razon-Social", "company_name", "alias"),
        ("STRASSE", "subscription_plan", "alias"),
        ("compnay_name", "company_name", "similarity"),
        ("Last Paymnt Date", "last_payment_date", "similarity"),
        ("Subcription plan", "subscription_plan", "similarity"),
        ("Organsation", "company_name", "similarity"),
    ],
)
def test_a_key_means_a_definition(key, name, rule):
    assert meant(key) == (name, rule)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "!!!",
        "name",
        "company",
        "phone_3",
        "phone_11",
        "contact_date",
        "first_payment_date",
        "last_payment_data",
        "payment_last_date",
        "prescription_plan",
        "subscription_plans",
        "company_name_company_name",
        "コーダ",
        "company_name" * 50,
    ],
)
def test_a_key_that_only_looks_like_one_means_none(key):
    assert meant(key) is None


def test_of_two_that_are_spelled_alike_neither_is_meant():
    same_shown = [define("a_1", shown="Budget"), define("b_1", shown="BUDGET")]
    assert match_field("budget", same_shown) is None
    same_alias = [define("a_1", aliases=["budget"]), define("b_1", aliases=["Budget"])]
    assert match_field("budget", same_alias) is None
    assert match_field("a1", same_alias).rule is MatchRule.DISPLAY_NAME


def test_of_two_that_are_about_as_similar_neither_is_meant():
    both = [define("reservation_code"), define("reservations_code")]
    assert match_field("reservaton_code", both) is None
    assert match_field("reservaton_code", both[:1]).definition.name == "reservation_code"


def test_of_very_many_that_begin_and_end_alike_none_is_compared():
    many = [define(f"field{'abcdefghij'[n % 10]}{'abcdefghij'[n // 10]}name") for n in range(100)]
    assert match_field("fieldaacname", many[:50]) is None
    slip = define("fieldaabcdename")
    assert match_field("fieldaabdcename", [*many[:49], slip]).definition is slip
    assert match_field("fieldaabdcename", [*many, slip]) is None


def test_a_surer_rule_goes_first():
    catalogue = [define("tier", aliases=["level"]), define("level"), define("x", shown="Tier")]
    assert match_field("level", catalogue).definition.name == "level"
    assert match_field("Level", catalogue).definition.name == "level"


def test_names_that_look_alike_in_one_definition_are_one():
    catalogue = [define("budget", shown="Budget", aliases=["BUDGET"])]
    assert match_field("bud-get", catalogue).rule is MatchRule.DISPLAY_NAME


def test_confidence_falls_from_rule_to_rule():
    keys = ("company_name", "Company Name", "COMPANYname", "Organisation", "Compnay Name")
    sure = [match_field(key, CATALOGUE).confidence for key in keys]
    assert sure == sorted(sure, reverse=True)
    assert sure[-1] < CONFIDENCE[MatchRule.SIMILARITY] < CONFIDENCE[MatchRule.ALIAS]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("stage", "state"),
        ("county", "country"),
        ("contacts", "contracts"),
        ("employee", "employer"),
        ("subscribed", "unsubscribed"),
        ("weight", "height"),
        ("message", "massage"),
        ("conversation", "conservation"),
        ("line one", "line two"),
        ("date", "data"),
        ("mobile5", "mobile6"),
        ("顧客電話番号", "顧客電話番地"),
        ("", ""),
    ],
)
def test_names_that_differ_in_meaning_are_not_alike(first, second):
    assert similarity(split_words(first), split_words(second)) == 0


@given(st.lists(st.text(min_size=1, max_size=12), max_size=4, unique=True), st.text(max_size=12))
def test_whatever_the_key_a_match_is_sure_to_some_degree(names, key):
    match = FieldIndex([define(name, shown=name, aliases=names) for name in names]).match(key)
    if match is not None:
        assert MIN_SIMILARITY * CONFIDENCE[MatchRule.SIMILARITY] - 0.01 <= match.confidence <= 1


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_the_same_both_ways(first, second):
    there = similarity(split_words(first), split_words(second))
    assert there == similarity(split_words(second), split_words(first))
    assert there == 0 or MIN_SIMILARITY <= there <= 1


@given(st.lists(st.text(min_size=1, max_size=12), max_size=5, unique=True))
def test_a_name_always_means_itself(names):
    index = FieldIndex([define(name, shown="Same") for name in names])
    for name in names:
        match = index.match(name)
        assert (match.definition.name, match.rule) == (name, MatchRule.EXACT)


def test_a_slip_in_a_word_of_more_than_forty_letters_is_not_forgiven():
    index = FieldIndex([define(f"a{'b' * 38}z"), define(f"c{'d' * 39}z")])
    assert index.match(f"a{'b' * 37}z") is not None
    assert index.match(f"c{'d' * 38}z") is None


def test_definitions_of_one_spelling_take_no_longer_than_others():
    """Thousands of them and thousands of keys must not take quadratic time."""

    def seconds(shown: Sequence[str], keys: Sequence[str]) -> float:
        definitions = [define(f"n_{at}x", shown=each) for at, each in enumerate(shown)]
        start = time.process_time()
        index = FieldIndex(definitions)
        assert not [each for each in map(index.match, keys) if each]
        return time.process_time() - start

    numbers = range(5000)
    keys = [f"{'-' * (number % 60)}same{'-' * (number // 60)}" for number in numbers]
    plain = seconds([f"other {number}" for number in numbers], keys)
    assert seconds(["Same"] * len(numbers), keys) < 10 * plain


WORDS = st.text("abc", max_size=6)


@given(WORDS, WORDS)
def test_a_slip_is_what_the_damerau_levenshtein_distance_says(first: str, second: str):
    assert is_within_one_typo(first, second) == (damerau_levenshtein_distance(first, second) <= 1)
