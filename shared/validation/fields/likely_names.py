"""Rank the definitions that an unknown name may mean, for people to choose from.

It is more tolerant than the matching of keys, which decides without a person: names that share a
word are alike.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from shared.domain.definitions import Definition
from shared.validation.fields.similarity import Words, spelling, split_words

MAX_RANKED = 3
"""The most definitions of a name."""

MIN_LIKENESS = 0.5
"""The least similarity of a definition that is offered."""

_MIN_WORD_LIKENESS = 0.85
"""The least Jaro-Winkler similarity of two words that count as alike."""

_BEGINNING_CHARS = 3
_MAX_WORDS = 5
_MAX_OF_A_BEGINNING = 50
_MAX_COMPARED = 20
"""Bounds of the comparisons for one name."""


class DefinedNames:
    """The names and aliases of the definitions of one context type."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self._names = {each.name for each in definitions}
        self._aliases = {
            spelling(split_words(alias)) for each in definitions for alias in each.aliases
        }

    def has(self, name: str) -> bool:
        """Return whether a definition has this name, or an alias that is spelled like it."""
        return name in self._names or spelling(split_words(name)) in self._aliases


class LikelyNames:
    """The names of the definitions of one context type, by the beginnings of their words."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self._spelled = [
            (split_words(text), each)
            for each in definitions
            for text in dict.fromkeys((each.name, each.display_name, *each.aliases))
        ]
        self._by_beginning: defaultdict[str, list[int]] = defaultdict(list)
        for number, (words, _) in enumerate(self._spelled):
            for beginning in _beginnings(words):
                self._by_beginning[beginning].append(number)

    def rank(self, name: str) -> list[tuple[Definition, float]]:
        """Return up to three definitions with similar names, the most similar first."""
        words = split_words(name)
        shared: Counter[int] = Counter()
        for beginning in _beginnings(words):
            shared.update(self._by_beginning.get(beginning, ())[:_MAX_OF_A_BEGINNING])
        scores: dict[str, tuple[Definition, float]] = {}
        for number, _ in shared.most_common(_MAX_COMPARED):
            others, definition = self._spelled[number]
            score = likeness(words, others)
            if score >= MIN_LIKENESS and score > scores.get(definition.name, (None, 0.0))[1]:
                scores[definition.name] = definition, score
        return sorted(scores.values(), key=lambda each: (-each[1], each[0].name))[:MAX_RANKED]


def likeness(first: Words, second: Words) -> float:
    """Return the similarity of two names from 0 to 1: twice the alike words by all words."""
    if spelling(first) == spelling(second):
        return 1.0
    first, second = first[:_MAX_WORDS], second[:_MAX_WORDS]
    fewer, more = sorted((first, second), key=len)
    alike = sum(max((_likeness_of_words(each, one) for one in more), default=0) for each in fewer)
    return round(2 * alike / max(len(first) + len(second), 1), 2)


def _likeness_of_words(first: str, second: str) -> float:
    if first == second:
        return 1.0
    # Imported here because only a list of unknown names needs it.
    from jellyfish import jaro_winkler_similarity  # noqa: PLC0415

    similarity = jaro_winkler_similarity(first, second)
    return similarity if similarity >= _MIN_WORD_LIKENESS else 0.0


def _beginnings(words: Words) -> set[str]:
    # Words that are joined in one name and apart in the other begin alike as a whole.
    texts = (*words[:_MAX_WORDS], spelling(words))
    return {text[:_BEGINNING_CHARS] for text in texts if text}
