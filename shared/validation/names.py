"""The names of variables, and the names people see."""

import re

MAX_NAME_CHARS = 100
"""The longest name of a variable."""

NAME_RULE = f"a name has 1 to {MAX_NAME_CHARS} letters, digits and underscores"
"""The rule of `is_variable_name`, in words for the one who broke it."""

_NAME = re.compile(rf"\w{{1,{MAX_NAME_CHARS}}}")


def is_variable_name(name: str) -> bool:
    """Whether a variable can have this name: letters of any script, digits and underscores."""
    return _NAME.fullmatch(name) is not None


def display_name(name: str) -> str:
    """The name people see for a variable: `last_payment_date` becomes "Last Payment Date".

    Source: the rules of auto-creation in `docs/variables.md`.
    """
    words = name.replace("_", " ").split()
    return " ".join(word[:1].upper() + word[1:] for word in words) or name
