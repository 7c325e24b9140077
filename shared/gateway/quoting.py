"""What of a request is quoted in an answer: a name, or a reason, but no more than can be read."""

from typing import Any

MAX_NAME_CHARS = 200
MAX_PLACE_CHARS = 300
"""Of a name in the place of a fault: longer than any that can be right, so that it leads there."""

MAX_WORDS_CHARS = 2000
"""Of a reason, and of all faults of a request in words."""

_WORDS = frozenset({"reason", "summary"})


def shown(given: Any, longest: int = MAX_NAME_CHARS) -> Any:
    """A text of a request, cut where it is longer than that; anything else as it is."""
    if isinstance(given, str) and len(given) > longest:
        return f"{given[: longest - 1]}…"
    return given


def shown_attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    """The attributes of an error as a message quotes them."""
    return {
        name: shown(value, MAX_WORDS_CHARS if name in _WORDS else MAX_NAME_CHARS)
        for name, value in attributes.items()
    }
