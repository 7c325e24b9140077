"""Render texts with placeholders such as `{{first_name}}`.

A value is text and nothing else: placeholders in it are not replaced, and line breaks and control
characters become spaces.
"""

import re
from collections.abc import Callable, Sequence

from shared.domain.json_values import JsonValue

MAX_VALUE_CHARS = 500
"""The longest value in a rendered text."""

_MAX_READ_CHARS = 20 * MAX_VALUE_CHARS
"""How much of a value is read. What follows that much white space is left out."""

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s]{1,100})\s*\}\}")
_SPACING = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def placeholders_of(template: str) -> Sequence[str]:
    """Return the names of the placeholders of a template, in order, repeated ones included."""
    return _PLACEHOLDER.findall(template)


def render(template: str, value_of: Callable[[str], JsonValue]) -> str:
    """Replace each placeholder by its value.

    Args:
        template: The text.
        value_of: Returns the value of a name. None becomes an empty text.
    """
    shown = {name: to_single_line(value_of(name)) for name in set(placeholders_of(template))}
    return _PLACEHOLDER.sub(lambda found: shown[found[1]], template)


def to_single_line(value: JsonValue) -> str:
    """Return a value as text of one line, truncated to `MAX_VALUE_CHARS`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _SPACING.sub(" ", str(value)[:_MAX_READ_CHARS]).strip()[:MAX_VALUE_CHARS]
