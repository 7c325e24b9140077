"""Similarity of names, ignoring case, accents, punctuation and some typos.

A typo is one inserted, missing, replaced or transposed letter. Names with different meanings often
differ by that little, so typos are tolerated only inside words of five letters or more, and not in
their first or last letter.
"""

import re
import unicodedata
from typing import TypeAlias

MAX_MARKS_IN_A_ROW = 30
"""The most combining marks on one letter. No script needs more.

Normalization sorts these marks in quadratic time. Source: UAX #15, Stream-Safe Text Format.
"""

MIN_SIMILARITY = 0.94
"""The Jaro-Winkler similarity that each word must have with its counterpart.

It tolerates a missing, doubled or transposed letter in words of five letters, and a replaced letter
only in words of eight: `stage` does not match `state`, nor `message` `massage`.
"""

Words: TypeAlias = tuple[str, ...]
"""The words of a name, in lowercase without accents."""

_MIN_TYPO_CHARS = 5
_MAX_TYPO_CHARS = 40
"""Words outside these lengths must be equal.

The upper limit bounds the time of a comparison.
"""

_WORD_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PUNCTUATION = re.compile("[^A-Za-z0-9]+")
_ACCENTS = re.compile("(?<=[A-Za-z])[\u0300-\u036f]+")

_PAIRS = (
    "addition/addiction board/broad casual/causal contact/contract contato/contrato "
    "contatto/contratto country/county dairy/diary direccion/direction hostel/hotel "
    "internal/interval kontakt/kontrakt marital/martial payer/player pedido/perdido "
    "signer/singer staring/starting through/thorough trail/trial united/untied"
)
"""Words in names of fields that are one typo apart but have different meanings."""

_LOOKALIKES = frozenset(frozenset(pair.split("/")) for pair in _PAIRS.split())


def split_words(text: str) -> Words:
    """Split a name into lowercase words without accents.

    For example, `companyName` and `Company-Name` become `("company", "name")`. Removes accents from
    Latin letters only. In other scripts, marks make different letters.
    """
    separated = _WORD_BOUNDARY.sub(" ", text if text.isascii() else strip_accents(text))
    return tuple(_replace_punctuation(separated).casefold().split())


def strip_accents(text: str) -> str:
    """Remove accents from Latin letters, and replace compatibility characters.

    Full-width digits and ligatures become plain characters (Unicode's NFKC).
    """
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))


def is_stream_safe(text: str) -> bool:
    """Return whether no letter has more combining marks than any script needs."""
    if text.isascii():
        return True
    marks = 0
    for char in text:
        # Marks within composed letters are not counted. They add a few to each run.
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > MAX_MARKS_IN_A_ROW:
            return False
    return True


def spelling(words: Words) -> str:
    """Join words without spaces, except between digits."""
    return re.sub("(?<![0-9]) | (?![0-9])", "", " ".join(words))


def blocking_key(words: Words) -> Words:
    """Return the key that all names similar to a name share.

    It has the first and last letter of each long word, and short words in full.
    """
    return tuple(f"{word[0]}~{_stem(word)[-1]}" if _is_long(word) else word for word in words)


def similarity(first: Words, second: Words) -> float:
    """Return the similarity of two names, from `MIN_SIMILARITY` to 1, or 0."""
    if blocking_key(first) != blocking_key(second):
        return 0.0
    return min_word_similarity(first, second)


def min_word_similarity(first: Words, second: Words) -> float:
    """Return the similarity of two names that have the same blocking key."""
    least = 1.0 if first else 0.0
    for one, other in zip(first, second, strict=True):
        least = min(least, _word_similarity(one, other))
        if least == 0:
            return 0.0
    return least


def _word_similarity(first: str, second: str) -> float:
    if first == second:
        return 1.0
    stems = _stem(first), _stem(second)
    if frozenset(stems) in _LOOKALIKES or abs(len(stems[0]) - len(stems[1])) > 1:
        return 0.0
    if not is_within_one_typo(*stems):
        return 0.0
    # Imported here because most requests compare no words.
    from jellyfish import jaro_winkler_similarity  # noqa: PLC0415

    similarity = jaro_winkler_similarity(first, second)
    return similarity if similarity >= MIN_SIMILARITY else 0.0


def is_within_one_typo(first: str, second: str) -> bool:
    """Return whether the Damerau-Levenshtein distance of two words is at most 1.

    Takes linear time.
    """
    pairs = enumerate(zip(first, second, strict=False))
    start = next((at for at, (one, other) in pairs if one != other), min(len(first), len(second)))
    one, other = first[start:], second[start:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )


def _stem(word: str) -> str:
    # Singular and plural match: `interests` and `interest`.
    return word[:-1] if len(word) > _MIN_TYPO_CHARS and word[-1] == "s" else word


def _is_long(word: str) -> bool:
    is_of_length = _MIN_TYPO_CHARS <= len(word) <= _MAX_TYPO_CHARS
    return is_of_length and word.isascii() and word.isalpha()


def _replace_punctuation(text: str) -> str:
    if text.isascii():
        return _PUNCTUATION.sub(" ", text)
    return "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in text)
