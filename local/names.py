"""Check names and make them safe to print on a console."""

import unicodedata

MAX_NAME_CHARS = 200


def name_fault(name: str) -> str | None:
    """Return why the name of an account or a key is not valid, or None if it is.

    Control characters could forge rows and colors on the console that lists the names.
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
    """Return a text with escapes in place of unprintable characters."""
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
