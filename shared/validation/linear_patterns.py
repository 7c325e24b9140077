"""Match texts against patterns in linear time, whatever the pattern.

A pattern is compiled to the automaton of Glushkov: one state for each character of the pattern.
A match keeps the set of states that are possible, as the bits of an integer, so it never goes
back. What needs to go back, such as references and lookaround, is not accepted.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from shared.validation.pattern_syntax import (
    Accepts,
    Group,
    InvalidPattern,
    Node,
    parse_part_pattern,
    parse_pattern,
)

MAX_STATES = 200
MAX_MATCHED_CHARS = 2000
"""The longest text that is matched. It bounds the work together with the number of states."""

_FRAME_STATES = 2
"""The states of what may be around a part of a text."""

_KNOWN_CHARACTERS = 128
"""The characters whose states an automaton keeps."""

_MAX_STEPS = 2000
"""The most nodes that are built. Repetitions of nothing have no states to count."""


def pattern_fault(pattern: str) -> str | None:
    """Return why a pattern is not accepted, or None."""
    try:
        _compiled(pattern)
    except InvalidPattern as invalid:
        return str(invalid)
    return None


def matches(pattern: str, text: str) -> bool:
    """Return whether a whole text of up to MAX_MATCHED_CHARS characters matches a pattern."""
    return _compiled(pattern).matches(text)


def part_pattern_fault(pattern: str) -> str | None:
    """Return why a pattern is not accepted for parts of texts, or None."""
    try:
        _compiled_part(pattern)
    except InvalidPattern as invalid:
        return str(invalid)
    return None


def matches_part(pattern: str, text: str) -> bool:
    """Return whether a part of a text of up to MAX_MATCHED_CHARS characters matches a pattern.

    `^` at the start of the pattern and `$` at its end stand for those of the text.
    """
    return _compiled_part(pattern).matches(text)


class _Part(NamedTuple):
    """A part of an automaton: whether it matches nothing, and its first and last states."""

    matches_nothing: bool
    first: int
    last: int


_NOTHING = _Part(matches_nothing=True, first=0, last=0)


class _Automaton:
    """The automaton of one pattern."""

    def __init__(self, node: Node, frame_states: int = 0) -> None:
        self._most_states = MAX_STATES + frame_states
        self._accepting = lru_cache(_KNOWN_CHARACTERS)(self._states_accepting)
        self._states_of: dict[Accepts, int] = {}
        self._follow: list[int] = []
        self._steps = 0
        self._whole = self._build(node)

    def matches(self, text: str) -> bool:
        """Return whether a whole text matches."""
        if not text:
            return self._whole.matches_nothing
        following: dict[int, int] = {}
        states = self._whole.first & self._accepting(text[0])
        for character in text[1:]:
            if not states:
                return False
            if states not in following:
                following[states] = self._after(states)
            states = following[states] & self._accepting(character)
        return bool(states & self._whole.last)

    def _states_accepting(self, character: str) -> int:
        code, found = ord(character), 0
        for accepts, states in self._states_of.items():
            if accepts.has(code):
                found |= states
        return found

    def _after(self, states: int) -> int:
        found = 0
        while states:
            lowest = states & -states
            found |= self._follow[lowest.bit_length() - 1]
            states ^= lowest
        return found

    def _build(self, node: Node) -> _Part:
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise InvalidPattern("it repeats too much")
        if isinstance(node, Accepts):
            return self._state(node)
        if node.kind == "choice":
            parts = [self._build(each) for each in node.nodes]
            return _Part(
                any(each.matches_nothing for each in parts),
                _union(each.first for each in parts),
                _union(each.last for each in parts),
            )
        if node.kind == "sequence":
            whole = _NOTHING
            for each in node.nodes:
                whole = self._joined(whole, self._build(each))
            return whole
        return self._repeated(node)

    def _state(self, accepts: Accepts) -> _Part:
        number = len(self._follow)
        if number >= self._most_states:
            raise InvalidPattern(f"it has more than {MAX_STATES} characters, counting repetitions")
        self._follow.append(0)
        state = 1 << number
        self._states_of[accepts] = self._states_of.get(accepts, 0) | state
        return _Part(matches_nothing=False, first=state, last=state)

    def _joined(self, before: _Part, after: _Part) -> _Part:
        self._link(before.last, after.first)
        return _Part(
            before.matches_nothing and after.matches_nothing,
            before.first | (after.first if before.matches_nothing else 0),
            after.last | (before.last if after.matches_nothing else 0),
        )

    def _repeated(self, node: Group) -> _Part:
        (repeated,) = node.nodes
        whole = _NOTHING
        alone = node.least if node.most is not None else max(node.least - 1, 0)
        for _ in range(alone):
            whole = self._joined(whole, self._build(repeated))
        if node.most is None:
            part = self._build(repeated)
            self._link(part.last, part.first)
            may_lack = part.matches_nothing or not node.least
            return self._joined(whole, part._replace(matches_nothing=may_lack))
        for _ in range(node.most - node.least):
            part = self._build(repeated)
            whole = self._joined(whole, part._replace(matches_nothing=True))
        return whole

    def _link(self, before: int, after: int) -> None:
        while before:
            lowest = before & -before
            self._follow[lowest.bit_length() - 1] |= after
            before ^= lowest


def _union(sets: Iterable[int]) -> int:
    found = 0
    for each in sets:
        found |= each
    return found


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> _Automaton:
    return _Automaton(parse_pattern(pattern))


@lru_cache(maxsize=256)
def _compiled_part(pattern: str) -> _Automaton:
    return _Automaton(parse_part_pattern(pattern), _FRAME_STATES)
