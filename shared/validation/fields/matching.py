"""Matching of incoming keys with variable definitions.

Source of the rules: "Field processing" in `docs/variables.md`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from shared.domain.definitions import Definition
from shared.domain.records import dataclass
from shared.validation.definitions import MAX_DISPLAY_NAME_CHARS
from shared.validation.fields.similarity import (
    Words,
    blocking_key,
    min_word_similarity,
    spelling,
    split_words,
)
from shared.validation.names import snake_case

CLEAR_LEAD = 0.03
"""The least lead of the most similar definition over the next one.

Below it, neither matches.
"""

MAX_CANDIDATES = 100
"""The most names with one blocking key that are compared.

If there are more, none is compared.
"""

MAX_COMPARED_WORDS = 20_000
"""The most comparisons of words in one request.

Further keys match only by spelling.
"""

_AMBIGUOUS = 2
"""The number of definitions that make a spelling ambiguous."""


class MatchRule(StrEnum):
    """The rule by which a key was matched, in order of precedence."""

    EXACT = "exact"
    SNAKE_CASE = "snake_case"
    DISPLAY_NAME = "display_name"
    ALIAS = "alias"
    SIMILARITY = "similarity"
    EXTRACTION = "extraction"


CONFIDENCE = {
    MatchRule.EXACT: 1.0,
    MatchRule.SNAKE_CASE: 1.0,
    MatchRule.DISPLAY_NAME: 0.98,
    MatchRule.ALIAS: 0.95,
    MatchRule.SIMILARITY: 0.9,
}
"""The confidence of each rule from 0 to 1.

That of similarity is multiplied by the score.
"""


@dataclass(frozen=True, slots=True)
class FieldMatch:
    """The definition that a key matches, with the rule and the confidence from 0 to 1."""

    definition: Definition
    rule: MatchRule
    confidence: float


@dataclass(frozen=True, slots=True)
class _Name:
    """A name, display name or alias of a definition, split into words."""

    words: Words
    definition: Definition


class FieldIndex:
    """An index of the definitions of one context type, for matching many keys."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self._by_name = {each.name: each for each in definitions}
        own = [_Name(split_words(text), each) for each in definitions for text in _own_names(each)]
        aliases = [_Name(split_words(text), each) for each in definitions for text in each.aliases]
        self._by_own_name = _by_spelling(own)
        self._by_alias = _by_spelling(aliases)
        self._by_blocking_key: defaultdict[Words, list[_Name]] = defaultdict(list)
        for name in (*own, *aliases):
            self._by_blocking_key[blocking_key(name.words)].append(name)
        self._comparisons_left = MAX_COMPARED_WORDS

    def renew(self) -> None:
        """Reset the limit of comparisons before the next request or row."""
        self._comparisons_left = MAX_COMPARED_WORDS

    def match(self, key: str) -> FieldMatch | None:
        """Return the definition that a key matches, or None if there is none or several."""
        matches = self._match_spelling(key)
        if matches or len(key) > MAX_DISPLAY_NAME_CHARS:
            return _only(matches)
        return self._match_similarity(split_words(key))

    def match_spelled(self, key: str) -> FieldMatch | None:
        """Return the definition that a key matches without typos, or None."""
        return _only(self._match_spelling(key))

    def _match_spelling(self, key: str) -> list[FieldMatch]:
        """Return the matches of the first rule that has any."""
        exact = match_name(key, self._by_name)
        if exact:
            return [exact]
        if len(key) > MAX_DISPLAY_NAME_CHARS:
            return []
        spelled = spelling(split_words(key))
        for rule, known in (
            (MatchRule.DISPLAY_NAME, self._by_own_name),
            (MatchRule.ALIAS, self._by_alias),
        ):
            if spelled in known:
                return [FieldMatch(each, rule, CONFIDENCE[rule]) for each in known[spelled]]
        return []

    def _match_similarity(self, words: Words) -> FieldMatch | None:
        candidates = self._by_blocking_key.get(blocking_key(words), ())
        comparisons = len(candidates) * len(words)
        if len(candidates) > MAX_CANDIDATES or comparisons > self._comparisons_left:
            return None
        self._comparisons_left -= comparisons
        scores: dict[str, float] = {}
        for candidate in candidates:
            name = candidate.definition.name
            scores[name] = max(scores.get(name, 0.0), min_word_similarity(words, candidate.words))
        ranked = sorted(scores.items(), key=lambda scored: -scored[1])
        if not ranked or ranked[0][1] == 0 or _is_close(ranked):
            return None
        name, score = ranked[0]
        confidence = round(score * CONFIDENCE[MatchRule.SIMILARITY], 2)
        return FieldMatch(self._by_name[name], MatchRule.SIMILARITY, confidence)


def match_name(key: str, known: Mapping[str, Definition]) -> FieldMatch | None:
    """Return the definition whose name is a key, as sent or in snake case.

    Args:
        key: The key as sent.
        known: Definitions by name. Only those of the two names are needed.
    """
    for rule, name in ((MatchRule.EXACT, key), (MatchRule.SNAKE_CASE, snake_case(key))):
        if name in known:
            return FieldMatch(known[name], rule, CONFIDENCE[rule])
    return None


def _only(matches: Sequence[FieldMatch]) -> FieldMatch | None:
    return matches[0] if len(matches) == 1 else None


def _own_names(definition: Definition) -> tuple[str, str]:
    return definition.name, definition.display_name


def _by_spelling(names: Iterable[_Name]) -> dict[str, list[Definition]]:
    """Return up to two definitions of each spelling.

    Two are enough to make it ambiguous.
    """
    found: defaultdict[str, list[Definition]] = defaultdict(list)
    for each in names:
        known = found[spelling(each.words)]
        if len(known) < _AMBIGUOUS and each.definition not in known:
            known.append(each.definition)
    # A name without letters and digits matches nothing.
    found.pop("", None)
    return dict(found)


def _is_close(ranked: Sequence[tuple[str, float]]) -> bool:
    return len(ranked) > 1 and ranked[0][1] - ranked[1][1] < CLEAR_LEAD
