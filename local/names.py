"""Names that people give, and what a console may be shown of them."""

import unicodedata

MAX_NAME_CHARS = 200


def name_fault(name: str) -> str | None:
    """Tell what is wrong with the name of an account or a key, or return None.

    Control characters would forge rows and color the console of whoever lists the names.
    """
    if len(name) > MAX_NAME_CHARS:
        return f"it has at most {MAX_NAME_CHARS} characters"
    categories = set(map(unicodedata.category, name))
    if "Cs" in categories:
        return "it is no text"
    if "Cc" in categories:
        return "it holds a control character"
    return None


def printable(text: str) -> str:
    """Return a text with escapes in place of all that a console does not show as a character."""
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
