"""Which definition a key means that is sent in words of another system.

Source of the rules: "Field processing" in `docs/variables.md`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.variables import Definition
from shared.validation.definitions import MAX_DISPLAY_NAME_CHARS
from shared.validation.fields.similarity import (
    Words,
    blocking_key,
    likeness_of_words,
    spelling,
    words_of,
)
from shared.validation.names import snake_case

CLEAR_LEAD = 0.03
"""By how much the likest definition must be ahead of the next one, or neither is meant."""


MAX_CANDIDATES = 100
"""Where more names than these begin and end alike, none is compared, so that no request waits."""


MAX_COMPARED_WORDS = 20_000
"""Where one request needs more comparisons of words than these, its other keys are not compared."""


_AMBIGUOUS = 2
"""How many definitions of one spelling are enough to know that it means none of them."""


class MatchRule(StrEnum):
    """Why a value was taken for a field, the surest rule first."""

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
"""How sure each rule is, from 0 to 1; similarity is at most that sure, the likeness counted in."""


@dataclass(frozen=True, slots=True)
class FieldMatch:
    """The definition that a key means, by which rule, and how sure that is from 0 to 1."""

    definition: Definition
    rule: MatchRule
    confidence: float


@dataclass(frozen=True, slots=True)
class _Spelled:
    """One of the names of a definition, as its words."""

    words: Words
    definition: Definition


class FieldIndex:
    """The definitions of one context type, prepared to match many keys."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self._by_name = {each.name: each for each in definitions}
        own = [_Spelled(words_of(text), each) for each in definitions for text in _own_names(each)]
        aliases = [_Spelled(words_of(text), each) for each in definitions for text in each.aliases]
        self._by_own_name = _by_spelling(own)
        self._by_alias = _by_spelling(aliases)
        self._by_outline: defaultdict[Words, list[_Spelled]] = defaultdict(list)
        for spelled in (*own, *aliases):
            self._by_outline[blocking_key(spelled.words)].append(spelled)
        self._comparisons_left = MAX_COMPARED_WORDS

    def renew(self) -> None:
        """Allow as many comparisons as at first: what follows is another request, or row."""
        self._comparisons_left = MAX_COMPARED_WORDS

    def match(self, key: str) -> FieldMatch | None:
        """The definition that a key means, or None: where two could be meant, neither is."""
        meant = self._meant(key)
        if meant or len(key) > MAX_DISPLAY_NAME_CHARS:
            return _only(meant)
        return self._most_similar(words_of(key))

    def match_spelled(self, key: str) -> FieldMatch | None:
        """The definition that a key means without a slip in it, or None."""
        return _only(self._meant(key))

    def _meant(self, key: str) -> list[FieldMatch]:
        """All that the first rule finds which finds any."""
        named = match_name(key, self._by_name)
        if named:
            return [named]
        if len(key) > MAX_DISPLAY_NAME_CHARS:
            return []
        spelled = spelling(words_of(key))
        for rule, known in (
            (MatchRule.DISPLAY_NAME, self._by_own_name),
            (MatchRule.ALIAS, self._by_alias),
        ):
            if spelled in known:
                return [FieldMatch(each, rule, CONFIDENCE[rule]) for each in known[spelled]]
        return []

    def _most_similar(self, words: Words) -> FieldMatch | None:
        candidates = self._by_outline.get(blocking_key(words), ())
        comparisons = len(candidates) * len(words)
        if len(candidates) > MAX_CANDIDATES or comparisons > self._comparisons_left:
            return None
        self._comparisons_left -= comparisons
        scores: dict[str, float] = {}
        for spelled in candidates:
            name = spelled.definition.name
            scores[name] = max(scores.get(name, 0.0), likeness_of_words(words, spelled.words))
        ranked = sorted(scores.items(), key=lambda scored: -scored[1])
        if not ranked or ranked[0][1] == 0 or _is_close(ranked):
            return None
        name, score = ranked[0]
        confidence = round(score * CONFIDENCE[MatchRule.SIMILARITY], 2)
        return FieldMatch(self._by_name[name], MatchRule.SIMILARITY, confidence)


def match_name(key: str, known: Mapping[str, Definition]) -> FieldMatch | None:
    """The definition whose name a key is, as it is or in snake case, or None.

    It needs no other definitions than those of the two names.
    """
    for rule, name in ((MatchRule.EXACT, key), (MatchRule.SNAKE_CASE, snake_case(key))):
        if name in known:
            return FieldMatch(known[name], rule, CONFIDENCE[rule])
    return None


def _only(meant: Sequence[FieldMatch]) -> FieldMatch | None:
    return meant[0] if len(meant) == 1 else None


def _own_names(definition: Definition) -> tuple[str, str]:
    return definition.name, definition.display_name


def _by_spelling(names: Iterable[_Spelled]) -> dict[str, list[Definition]]:
    """Return the definitions of each spelling; no more than two, since two are ambiguous."""
    found: defaultdict[str, list[Definition]] = defaultdict(list)
    for each in names:
        known = found[spelling(each.words)]
        if len(known) < _AMBIGUOUS and each.definition not in known:
            known.append(each.definition)
    # What has neither letters nor digits names nothing.
    found.pop("", None)
    return dict(found)


def _is_close(ranked: Sequence[tuple[str, float]]) -> bool:
    return len(ranked) > 1 and ranked[0][1] - ranked[1][1] < CLEAR_LEAD
