"""The names of variables, and the names people see."""

import re
import unicodedata

MAX_NAME_CHARS = 100
"""The longest name of a variable."""

MAX_SPELLED_CHARS = 200
"""The longest text whose words are looked for; a longer one is no name of anything."""

NAME_RULE = f"a name has 1 to {MAX_NAME_CHARS} letters, digits and underscores, composed (NFC)"
"""The rule of `is_variable_name`, in words for the one who broke it."""

_UNDERSCORES = re.compile("_+")
_PLAIN_SNAKE_CASE = re.compile("[a-z0-9]+(?:_[a-z0-9]+)*")
_ASCII_BORDER = re.compile(
    "[^A-Za-z0-9_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", re.ASCII
)
_PLAIN_NAME = re.compile(rf"[A-Za-z0-9_]{{1,{MAX_NAME_CHARS}}}")


def is_variable_name(name: str) -> bool:
    """Whether a variable can have this name: letters of any script, digits and underscores.

    One spelling of a name is one name, so letters with marks are taken in their composed form.
    """
    if _PLAIN_NAME.fullmatch(name):
        return True
    return (
        1 <= len(name) <= MAX_NAME_CHARS
        and all(_is_letter_digit_or_mark(char) for char in name)
        and unicodedata.is_normalized("NFC", name)
    )


def display_name(name: str) -> str:
    """The name people see for a variable: `last_payment_date` becomes "Last Payment Date".

    Source: the rules of auto-creation in `docs/variables.md`.
    """
    words = name.replace("_", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words) or name


def snake_case(name: str) -> str:
    """A name in snake case: `companyName` and `Company Name` become `company_name`.

    Words part where a small letter or digit meets a capital, before the last capital of several,
    and at spaces and punctuation; digits part nothing. A text of more than `MAX_SPELLED_CHARS` is
    left as it is: normalization can take time by the square of the length.
    """
    # Most are in it already, and going through them letter by letter costs thirty times as much.
    if len(name) > MAX_SPELLED_CHARS or _PLAIN_SNAKE_CASE.fullmatch(name):
        return name
    if name.isascii():
        return _UNDERSCORES.sub("_", _ASCII_BORDER.sub("_", name)).strip("_").lower()
    spelled = unicodedata.normalize("NFC", name)
    around = zip(f" {spelled}", spelled, f"{spelled[1:]} ", strict=False)
    parted = "".join(_parted(before, char, after) for before, char, after in around)
    return unicodedata.normalize("NFC", _UNDERSCORES.sub("_", parted).strip("_").lower())


def _parted(before: str, char: str, after: str) -> str:
    if not _is_letter_digit_or_mark(char):
        return "_"
    after_a_word = before.islower() or before.isdigit()
    before_a_word = _is_capital(before) and after.islower()
    return f"_{char}" if _is_capital(char) and (after_a_word or before_a_word) else char


def _is_capital(char: str) -> bool:
    # Some letters count as upper case and have no lower one: those part no words.
    return char != char.lower()


def _is_letter_digit_or_mark(char: str) -> bool:
    return char == "_" or unicodedata.category(char)[0] in "LMN"
