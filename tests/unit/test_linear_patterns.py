"""Patterns of texts: what they match, what is not accepted, and that matching is linear."""

import re
from random import Random
from time import process_time

import pytest

from shared.validation.linear_patterns import (
    MAX_MATCHED_CHARS,
    TooManySteps,
    matches,
    pattern_fault,
)

PATTERNS = [
    "abc",
    "a|b|",
    "(a|b)*c",
    "a{2}b{1,3}c{2,}",
    "(ab?){0,2}",
    "[a-c]+[^a]",
    "[^\\d-]*",
    "[\\w.-]+@[\\w-]+",
    "\\d{2,3}\\s?x",
    "(a*)*b",
    "(a|a)*",
    "(?:a.)+",
    "^a\\$$",
    "a\\\\$",
    "()*a",
    "(a?b?){2}",
    "(a?b?){2,3}",
    "(a?c){0,3}",
    "((a|b?){1,2}c?){2}",
    "((ab?){2,3}|c){1,2}",
    "[^a-cb\\w]{1,2}",
    "([a-cb-f]|[^b])*1",
    "[]",
    "[\\]]",
    "[a\\D]b",
    "a(\\n|\\r|[\\t\\f\\v])b",
]


@pytest.mark.parametrize("pattern", [each for each in PATTERNS if each != "[]"])
def test_it_matches_what_the_library_matches(pattern: str):
    random = Random(pattern)
    compiled = re.compile(pattern, re.ASCII)
    texts = ["", "aab", "abab", "aabbcc", "12 x", "a$", "a\\", "a.b@c-d", "c"]
    texts += [f"a{each}b" for each in "\n\r\t\f\vnrtfv"]
    texts += ["".join(random.choices("abc1 x$]\n", k=random.randint(0, 9))) for _ in range(300)]
    for text in texts:
        assert matches(pattern, text) is bool(compiled.fullmatch(text)), text


BAD = [
    *("(a)\\1", "(?=a)", "(?<!a)b", "(?P<x>a)", "(?i)a", "\\bword", "\\p{L}", "a\\"),
    *("a**", "a+?", "a{1}{2}", "*a", "(a", "a)", "[a", "[]", "[b-a]", "[\\d-z]", "[[a]"),
    *("a{3,2}", "a{201}", "a{2,999}", "(a{50}){50}", "(){200}" * 11, "((a{0,9}){0,9}){0,9}"),
    "a?" * 60,
    *("{1}", "a|^b", "a$b", "(" * 30 + "a" + ")" * 30, "a" * 201, "(" * 200),
]


@pytest.mark.parametrize("pattern", BAD)
def test_what_an_automaton_cannot_match_is_not_accepted(pattern: str):
    assert pattern_fault(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a*)*b", "(a|a|a)*b", "a*a*a*a*a*a*a*a*b", "(a?){199}b", "([a-z]+)*9"]
)
def test_no_text_takes_long(pattern: str):
    before = process_time()
    assert matches(pattern, "a" * MAX_MATCHED_CHARS) is False
    assert process_time() - before < 1


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (".*a.{196}", "".join(Random(1).choices("aab", k=MAX_MATCHED_CHARS))),
        ("(a?){90}a{90}b", "a" * MAX_MATCHED_CHARS),
        (".{0,100}a{0,99}", "a" * 190),
    ],
)
def test_a_match_of_too_many_sets_of_states_is_given_up(pattern: str, text: str):
    assert pattern_fault(pattern) is None
    with pytest.raises(TooManySteps):
        matches(pattern, text)


def test_a_stored_pattern_beyond_a_limit_of_today_is_given_up():
    with pytest.raises(TooManySteps):
        matches("a?" * 60, "a")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (".{0,200}", "a" * 200),
        ("[a-z ]{1,50}-?[a-z]{1,50}", "a" * 50),
        ("[\\w.+-]+@([\\w-]+\\.)+[a-z]{2,}", "a.b+c@" + "mail." * 390 + "com"),
        ("(\\d{3}[ -]?)+", "123 456-" * 250),
        ("[^a]*", "".join(map(chr, range(0x4E00, 0x4E00 + MAX_MATCHED_CHARS)))),
    ],
)
def test_the_steps_suffice_for_usual_patterns(pattern: str, text: str):
    assert matches(pattern, text)
