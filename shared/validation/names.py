"""Names of variables, display names and snake case."""

import re
import unicodedata
from functools import lru_cache

MAX_NAME_CHARS = 100
"""The longest name of a variable."""

MAX_SPELLED_CHARS = 200
"""The longest text that is converted to snake case."""

NAME_RULE = f"a name has 1 to {MAX_NAME_CHARS} letters, digits and underscores, composed (NFC)"
"""The rule of `is_variable_name`, for error messages."""

_UNDERSCORES = re.compile("_+")
_PLAIN_SNAKE_CASE = re.compile("[a-z0-9]+(?:_[a-z0-9]+)*")
_ASCII_WORD_BOUNDARY = re.compile(
    "[^A-Za-z0-9_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", re.ASCII
)
_PLAIN_NAME = re.compile(rf"[A-Za-z0-9_]{{1,{MAX_NAME_CHARS}}}")

_MAX_NOTED_DIGITS = 6
"""A name with more digits may be a phone number or an id."""

_CACHED_NAMES = 1024
"""Each name of a request is checked a few times, letter by letter."""


def is_variable_name(name: str) -> bool:
    """Return whether a name has only letters of any script, digits and underscores.

    Names must be in composed form (NFC), so that a name has only one spelling.
    """
    if _PLAIN_NAME.fullmatch(name):
        return True
    # The length first: what is kept for the next check is short.
    return 1 <= len(name) <= MAX_NAME_CHARS and _is_composed_of_letters(name)


@lru_cache(_CACHED_NAMES)
def _is_composed_of_letters(name: str) -> bool:
    only_letters = all(_is_letter_digit_or_mark(char) for char in name)
    return only_letters and unicodedata.is_normalized("NFC", name)


def display_name(name: str) -> str:
    """Return the display name of a variable.

    For example, `last_payment_date` becomes "Last Payment Date".

    Source: the rules of auto-creation in `docs/variables.md`.
    """
    words = name.replace("_", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words) or name


def snake_case(name: str) -> str:
    """Convert a name to snake case.

    For example, `companyName` and `Company Name` become `company_name`. A word ends before a
    capital that follows a lowercase letter or a digit, before the last of several capitals, and at
    spaces and punctuation. A text longer than `MAX_SPELLED_CHARS` is returned unchanged, because
    normalization can take quadratic time.
    """
    # Most names are in snake case already. The loop below would take thirty times as long.
    if len(name) > MAX_SPELLED_CHARS or _PLAIN_SNAKE_CASE.fullmatch(name):
        return name
    if name.isascii():
        return _UNDERSCORES.sub("_", _ASCII_WORD_BOUNDARY.sub("_", name)).strip("_").lower()
    composed = unicodedata.normalize("NFC", name)
    neighbors = zip(f" {composed}", composed, f"{composed[1:]} ", strict=False)
    separated = "".join(_with_separator(*characters) for characters in neighbors)
    return unicodedata.normalize("NFC", _UNDERSCORES.sub("_", separated).strip("_").lower())


def _with_separator(before: str, char: str, after: str) -> str:
    if not _is_letter_digit_or_mark(char):
        return "_"
    if not _is_capital(char):
        return char
    after_a_word = before.islower() or before.isdigit()
    before_a_word = _is_capital(before) and after.islower()
    return f"_{char}" if after_a_word or before_a_word else char


def _is_capital(char: str) -> bool:
    # Some uppercase letters have no lowercase form. They do not start words.
    return char != char.lower()


def _is_letter_digit_or_mark(char: str) -> bool:
    return char == "_" or unicodedata.category(char)[0] in "LMN"


def is_name_to_note(name: str) -> bool:
    """Return whether an unknown name can be recorded: it may be an alias, and is no one's data.

    A client that confuses names and values sends e-mail addresses and phone numbers as names.
    """
    if not 1 <= len(name) <= MAX_NAME_CHARS or not name.isprintable() or "@" in name:
        return False
    digits = sum(char.isdigit() for char in name)
    return digits <= _MAX_NOTED_DIGITS and any(char.isalpha() for char in name)
