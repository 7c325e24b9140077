"""Words that contacts are searched by."""

import pytest

from shared.domain.contacts import ContactSummary
from shared.domain.search_words import (
    MAX_WORD_CHARS,
    MAX_WORDS,
    has_words,
    searched_words,
    words_of,
)
from tests.fixtures import LONG_AGO


def person(**facts: str) -> ContactSummary:
    return ContactSummary(contact_id=1, created_at=LONG_AGO, updated_at=LONG_AGO, **facts)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, set()),
        ({"first_name": "Zoë", "last_name": "Ångström-Li"}, {"zoe", "angstrom"}),
        ({"full_name": "STRASSE Straße"}, {"strasse"}),
        ({"full_name": "Jo O\u2019Neil"}, {"neil"}),
        ({"email": "John.Smith@Example.com"}, {"john.smith@example.com"}),
        ({"phone_number": "+1 (212) 555-0100"}, {"12125550100"}),
        ({"phone_number": "12"}, set()),
        ({"full_name": "J.R. Smith"}, {"j.r.", "smith"}),
        ({"full_name": "Jean.Luc d_Arc"}, {"jean", "luc", "arc", "jean.luc", "d_arc"}),
        ({"full_name": "St. John"}, {"john"}),
        ({"full_name": "x" * 100}, {"x" * MAX_WORD_CHARS}),
        ({"full_name": " ".join(f"word{n}" for n in range(30))}, {f"word{n}" for n in range(20)}),
    ],
)
def test_a_contact_is_found_by_words_of_three_characters(facts: dict[str, str], words: set[str]):
    assert words_of(person(**facts)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("  !  ", ()),
        ("John SMITH", ("smith", "john")),
        ("+1 (212) 555", ("1212555",)),
        ("dr. smith", ("smith", "dr")),
        ("john.smi", ("john.smi",)),
        ("@example.com", ("@example.com",)),
        ("O'Neil", ("neil", "o")),
        ("x" * 100, ("x" * MAX_WORD_CHARS,)),
        (" ".join(f"a{n:02d}" for n in range(30)), tuple(f"a{n:02d}" for n in range(MAX_WORDS))),
    ],
)
def test_a_text_searches_for_the_longest_word_first(text: str, words: tuple[str, ...]):
    assert searched_words(text) == words


@pytest.mark.parametrize(
    "text", ["J.R. Smith", "j.r", "J.R.", "smith j.r.", "jr@example.com", "JR@ex smith"]
)
def test_a_part_with_a_dot_is_one_of_a_name_or_of_an_address(text: str):
    contact = person(full_name="J.R. Smith", email="jr@example.com")
    assert has_words(contact, searched_words(text))


@pytest.mark.parametrize(
    ("text", "is_found"), [("smi al", True), ("al smi", True), ("alan", False), ("mith", False)]
)
def test_every_text_is_the_beginning_of_a_word_also_of_a_short_one(text: str, is_found: bool):
    assert has_words(person(full_name="Al Smith"), searched_words(text)) is is_found
