"""Patterns of texts: what they match, what is not accepted, and that matching is linear."""

import re
from random import Random
from time import process_time

import pytest

from shared.validation.linear_patterns import MAX_MATCHED_CHARS, matches, pattern_fault

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
    *("{1}", "a|^b", "a$b", "(" * 30 + "a" + ")" * 30, "a" * 201, "(" * 200),
]


@pytest.mark.parametrize("pattern", BAD)
def test_what_an_automaton_cannot_match_is_not_accepted(pattern: str):
    assert pattern_fault(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a*)*b", "(a|a|a)*b", "a*a*a*a*a*a*a*a*b", "(a?){90}a{90}b", "([a-z]+)*9"]
)
def test_no_text_takes_long(pattern: str):
    before = process_time()
    assert matches(pattern, "a" * MAX_MATCHED_CHARS) is False
    assert process_time() - before < 1
