"""Truncate the texts that error responses quote from a request."""

from typing import Any

MAX_QUOTED_CHARS = 200
"""The most characters of a name or a value that an error quotes."""

MAX_PATH_PART_CHARS = 300
"""The most characters of a name in the path of a fault.

Longer than any valid name, so the path stays exact.
"""

MAX_WORDS_CHARS = 2000
"""The most characters of the reason of an error, and of the summary of all faults."""

_LONG_ATTRIBUTES = frozenset({"reason", "summary"})


def truncate(value: Any, max_chars: int = MAX_QUOTED_CHARS) -> Any:
    """Truncate a string with an ellipsis. Other values are returned unchanged."""
    if isinstance(value, str) and len(value) > max_chars:
        return f"{value[: max_chars - 1]}…"
    return value


def truncate_attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    """Truncate the attributes of an error for its message."""
    return {
        name: truncate(value, MAX_WORDS_CHARS if name in _LONG_ATTRIBUTES else MAX_QUOTED_CHARS)
        for name, value in attributes.items()
    }
