"""How alike two names are: case, accents and punctuation aside, and one slip in a long word.

A slip is a letter too many, a letter missing, another letter, or two neighbors in each other's
place. Names that differ in meaning often differ by no more than that, so that a slip is forgiven
only where people make slips: in the middle of words of five letters and more.
"""

import re
import unicodedata
from typing import TypeAlias

MAX_MARKS_IN_A_ROW = 30
"""Of one letter, for which no script needs more.

Source: UAX #15, Stream-Safe Text Format. Normalization sorts such marks, in time by the square of
their number.
"""

MIN_LIKENESS = 0.94
"""The Jaro-Winkler similarity that each word must have with its counterpart.

It lets a missing, doubled or misplaced letter pass in a word of five letters, and another letter
only in one of eight: `stage` is no `state`, and `message` no `massage`.
"""

Words: TypeAlias = tuple[str, ...]
"""A name as its words, in small letters without accents."""

_SHORTEST_FORGIVEN = 5
MAX_FORGIVEN_CHARS = 40
"""Of a word that may have a slip: longer ones are compared as they are, which takes no time."""

_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile("[^A-Za-z0-9]+")
_ACCENTS = re.compile("(?<=[A-Za-z])[\u0300-\u036f]+")

_PAIRS = (
    "addition/addiction board/broad casual/causal contact/contract contato/contrato "
    "contatto/contratto country/county dairy/diary direccion/direction hostel/hotel "
    "internal/interval kontakt/kontrakt marital/martial payer/player pedido/perdido "
    "signer/singer staring/starting through/thorough trail/trial united/untied"
)
"""Words that fields are called by, and that are no more than a slip apart."""

_LOOKALIKES = frozenset(frozenset(pair.split("/")) for pair in _PAIRS.split())


def words_of(text: str) -> Words:
    """The words of a name: `companyName` and `Company-Name` are `("company", "name")`.

    Accents are left off Latin letters only: in other scripts such marks make other letters.
    """
    parted = _WORD_BORDER.sub(" ", text if text.isascii() else without_accents(text))
    return tuple(_spaced(parted).casefold().split())


def without_accents(text: str) -> str:
    """A text without the accents on its Latin letters, and with the plain form of odd characters.

    Full-width digits and ligatures become what they stand for (Unicode's NFKC).
    """
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))


def is_stream_safe(text: str) -> bool:
    """Whether a text has no letter with more marks than any script needs."""
    if text.isascii():
        return True
    marks = 0
    for char in text:
        # What a composed letter is composed of is not counted: that adds a few to each run.
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > MAX_MARKS_IN_A_ROW:
            return False
    return True


def spelling(words: Words) -> str:
    """Words as one, so that `company name` is `companyname`; digits of two words stay apart."""
    return re.sub("(?<![0-9]) | (?![0-9])", "", " ".join(words))


def blocking_key(words: Words) -> Words:
    """What two names have in common that are alike: of a long word, its first and last letter."""
    return tuple(f"{word[0]}~{_stem(word)[-1]}" if _is_long(word) else word for word in words)


def similarity(first: Words, second: Words) -> float:
    """How alike two names of the same outline are, from `MIN_LIKENESS` to 1, else 0."""
    return likeness_of_words(first, second) if blocking_key(first) == blocking_key(second) else 0.0


def likeness_of_words(first: Words, second: Words) -> float:
    """The same of two names that are known to have the same outline."""
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
    if not is_within_a_slip(*stems):
        return 0.0
    # Loaded here, since most requests have nothing to compare.
    from jellyfish import jaro_winkler_similarity  # noqa: PLC0415

    similarity = jaro_winkler_similarity(first, second)
    return similarity if similarity >= MIN_LIKENESS else 0.0


def is_within_a_slip(first: str, second: str) -> bool:
    """Return whether the Damerau-Levenshtein distance of two words is at most 1, in linear time."""
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
    # A plural is no other word: `interests` is about the same as `interest`.
    return word[:-1] if len(word) > _SHORTEST_FORGIVEN and word[-1] == "s" else word


def _is_long(word: str) -> bool:
    is_of_length = _SHORTEST_FORGIVEN <= len(word) <= MAX_FORGIVEN_CHARS
    return is_of_length and word.isascii() and word.isalpha()


def _spaced(text: str) -> str:
    if text.isascii():
        return _NO_WORD.sub(" ", text)
    return "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in text)
