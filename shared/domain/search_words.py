"""Words that contacts are searched by: their beginnings, without accents and case."""

import re
import unicodedata

from shared.domain.contacts import ContactSummary, digits_in

MIN_WORD_CHARS = 3
"""The shortest beginning of a word that is searched for."""

MAX_WORD_CHARS = 64
"""A longer word is found by its first characters."""

MAX_WORDS = 20
"""The most words of the names of a contact that it is found by."""

MAX_TEXT_CHARS = 1000
"""Texts are cut to this length before they are normalized, which can take long."""

_WORD = re.compile(r"[^\W_]+")
_OF_ADDRESS = re.compile(r"\S*[@._]\S+")
_NUMBER = re.compile(r"\+?[0-9 ().\-/]+")


def words_of(contact: ContactSummary) -> frozenset[str]:
    """Return the words that a contact is found by, of at least three characters.

    They are the words of its names, parts of its names with a dot or an underscore between other
    characters as a whole, its e-mail address and the digits of its phone number.
    """
    return frozenset(each for each in _all_words(contact) if len(each) >= MIN_WORD_CHARS)


def searched_words(text: str) -> tuple[str, ...]:
    """Return the beginnings of words that a text searches for, the longest first.

    A phone number is one word, its digits; a part with an at sign, a dot or an underscore between
    other characters is one word, the beginning of an e-mail address or of such a part of a name.
    """
    normal = _normalize(text).strip()
    digits = digits_in(normal)
    if digits and _NUMBER.fullmatch(normal):
        return (digits[:MAX_WORD_CHARS],)
    words: list[str] = []
    for part in normal.split():
        found = [part] if _is_like_address(part) else _WORD.findall(part)
        words += (each[:MAX_WORD_CHARS] for each in found)
    return tuple(sorted(dict.fromkeys(words), key=lambda word: (-len(word), word)))[:MAX_WORDS]


def longest_word(text: str) -> str:
    """Return the longest beginning of a word of a text, empty if it is too short to search for."""
    word = next(iter(searched_words(text)), "")
    return word if len(word) >= MIN_WORD_CHARS else ""


def has_words(contact: ContactSummary, beginnings: tuple[str, ...]) -> bool:
    """Return whether each text is the beginning of a word of a contact."""
    words = _all_words(contact)
    return all(any(word.startswith(each) for word in words) for each in beginnings)


def _all_words(contact: ContactSummary) -> list[str]:
    names = _normalize(f"{contact.first_name} {contact.last_name} {contact.full_name}")
    # Such as `J.R.`, of which a search does not know whether it begins an address.
    undivided = (each for each in names.split() if _is_like_address(each))
    found = (each[:MAX_WORD_CHARS] for each in (*_WORD.findall(names), *undivided))
    words = [*dict.fromkeys(found)][:MAX_WORDS]
    address, number = _normalize(contact.email or ""), digits_in(contact.phone_number or "")
    return [each for each in (*words, address[:MAX_WORD_CHARS], number[:MAX_WORD_CHARS]) if each]


def _is_like_address(part: str) -> bool:
    """Return whether a part of a text can be the beginning of an e-mail address."""
    return _OF_ADDRESS.fullmatch(part.rstrip(".")) is not None


def _normalize(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text[:MAX_TEXT_CHARS])
    return "".join(each for each in decomposed if not unicodedata.combining(each)).casefold()
