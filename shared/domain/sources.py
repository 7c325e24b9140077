"""Sources of values, and which source may replace the value of another."""

from enum import StrEnum
from hashlib import sha256
from typing import TypeAlias


class Source(StrEnum):
    """Where a value comes from. The key and the channel of a write decide it, never the payload."""

    HUMAN = "human"
    API = "api"
    IMPORT = "import"
    AI = "ai"
    SYSTEM = "system"
    """Operators and migrations, which no precedence restricts."""


Precedence: TypeAlias = tuple[tuple[Source, ...], ...]
"""Groups of sources, strongest first. The sources of a group are equally strong."""

DEFAULT_PRECEDENCE: Precedence = ((Source.HUMAN,), (Source.API, Source.IMPORT), (Source.AI,))
"""The precedence of new definitions."""

LAST_WRITE_WINS: Precedence = ()
"""The precedence of definitions from before there was one: every source replaces every value."""


def weaker_source(one: Source, other: Source) -> Source:
    """Return the weaker of two sources by the default precedence."""
    return max(one, other, key=lambda source: rank(DEFAULT_PRECEDENCE, source))


def rank(precedence: Precedence, source: Source) -> int:
    """Return the rank of a source, 0 for the strongest. A source without a group is the weakest."""
    if source is Source.SYSTEM:
        return -1
    ranks = (number for number, group in enumerate(precedence) if source in group)
    return next(ranks, len(precedence))


def stronger_sources(precedence: Precedence, source: Source) -> tuple[Source, ...]:
    """Return the sources whose values a source may not replace."""
    own = rank(precedence, source)
    return tuple(each for group in precedence[: max(0, own)] for each in group)


def key_fingerprint(key_id: str) -> str:
    """Return the eight characters by which values name the API key that set them."""
    return sha256(key_id.encode()).hexdigest()[:8]
