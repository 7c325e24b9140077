"""Match texts against patterns in linear time, whatever the pattern.

A pattern is compiled to the automaton of Glushkov: one state for each character of the pattern.
A match keeps the set of states that are possible, as the bits of an integer, so it never goes
back. What needs to go back, such as references and lookaround, is not accepted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
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
"""The number of characters whose states an automaton keeps."""

_KEPT = 1024
"""The automata that are kept. One has up to 20 KB."""

_MAX_STEPS = 2000
"""The most nodes that are built. Repetitions of nothing have no states to count."""

_MAX_LINKS = 1000
"""The most links from one state to those that may follow. They bound the work of a preparation."""

MAX_MATCH_STEPS = 1500
"""The most steps of a match: the possible states of each set of them, counted once.

Most patterns have few sets. One such as `.*a.{196}` has another set after each character.
"""


class TooManySteps(Exception):
    """The check of a text, or of a value, takes too many steps."""


def pattern_fault(pattern: str) -> str | None:
    """Return why a pattern is not accepted, or None."""
    try:
        _compiled(pattern)
    except InvalidPattern as invalid:
        return str(invalid)
    return None


def matches(pattern: str, text: str) -> bool:
    """Return whether a whole text of up to MAX_MATCHED_CHARS characters matches a pattern.

    Raises:
        TooManySteps: The match takes more than MAX_MATCH_STEPS.
    """
    return _matches(_compiled, pattern, text)


def _matches(compiled: Callable[[str], _Automaton], pattern: str, text: str) -> bool:
    try:
        return compiled(pattern).matches(text)
    except InvalidPattern as invalid:
        # It was stored before there was the limit that it breaks.
        raise TooManySteps from invalid


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

    Raises:
        TooManySteps: The match takes more than MAX_MATCH_STEPS.
    """
    return _matches(_compiled_part, pattern, text)


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
        self._accepts: list[Accepts] = []
        self._follow: list[int] = []
        self._steps = 0
        self._linked = 0
        self._whole = self._build(node)
        self._bounds, self._masks = _intervals(self._accepts)
        self._accepting: dict[str, int] = {}

    def matches(self, text: str) -> bool:
        """Return whether a whole text matches; raises TooManySteps."""
        if not text:
            return self._whole.matches_nothing
        left = MAX_MATCH_STEPS
        following: dict[int, int] = {}
        accepting = self._accepting
        states = self._whole.first
        for character in text:
            mask = accepting.get(character)
            states &= self._states_accepting(character) if mask is None else mask
            if not states:
                return False
            reached, after = states, following.get(states)
            if after is None:
                left -= states.bit_count()
                if left < 0:
                    raise TooManySteps
                after = following[states] = self._after(states)
            states = after
        return bool(reached & self._whole.last)

    def _states_accepting(self, character: str) -> int:
        mask = self._masks[bisect_right(self._bounds, ord(character))]
        if len(self._accepting) < _KNOWN_CHARACTERS:
            self._accepting[character] = mask
        return mask

    def _after(self, states: int) -> int:
        found = 0
        while states:
            lowest = states & -states
            found |= self._follow[lowest.bit_length() - 1]
            states ^= lowest
        return found

    def _build(self, node: Node) -> _Part:
        self._count(1)
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
        self._require_room(1)
        self._follow.append(0)
        self._accepts.append(accepts)
        return _Part(matches_nothing=False, first=1 << number, last=1 << number)

    def _require_room(self, states: int) -> None:
        if len(self._follow) + states > self._most_states:
            raise InvalidPattern(f"it has more than {MAX_STATES} characters, counting repetitions")

    def _joined(self, before: _Part, after: _Part) -> _Part:
        self._link(before.last, after.first)
        return _Part(
            before.matches_nothing and after.matches_nothing,
            before.first | (after.first if before.matches_nothing else 0),
            after.last | (before.last if after.matches_nothing else 0),
        )

    def _repeated(self, node: Group) -> _Part:
        (repeated,) = node.nodes
        most = node.most
        parts = self._copies(repeated, max(node.least, 1) if most is None else most)
        if not parts or not parts[0].first:
            return _NOTHING
        if most is None:
            self._link(parts[-1].last, parts[-1].first)
        # Where it matches nothing, any number of repetitions may be left out.
        least = 0 if parts[0].matches_nothing else node.least
        # x{0,2} is (x(x)?)?, of which fewer states are possible at once than of x?x?.
        whole = _NOTHING
        for number in reversed(range(len(parts))):
            whole = self._joined(parts[number]._replace(matches_nothing=False), whole)
            if number >= least:
                whole = whole._replace(matches_nothing=True)
        return whole

    def _copies(self, node: Node, count: int) -> list[_Part]:
        """Build a node several times. All but the first are copies, which costs less."""
        start = len(self._follow)
        part = self._build(node) if count else _NOTHING
        end, size = len(self._follow), len(self._follow) - start
        self._count(count)
        self._require_room(size * (count - 1))
        for number in range(1, count):
            self._follow += [each << size * number for each in self._follow[start:end]]
            self._accepts += self._accepts[start:end]
        return [
            _Part(part.matches_nothing, part.first << size * number, part.last << size * number)
            for number in range(count)
        ]

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > _MAX_STEPS:
            raise InvalidPattern("it repeats too much")

    def _link(self, before: int, after: int) -> None:
        if not after:
            return
        self._linked += before.bit_count()
        if self._linked > _MAX_LINKS:
            raise InvalidPattern("too many parts beside each other may be left out")
        while before:
            lowest = before & -before
            self._follow[lowest.bit_length() - 1] |= after
            before ^= lowest


def _intervals(accepts: Sequence[Accepts]) -> tuple[list[int], list[int]]:
    """Return where the accepting states change, in order of code points, and the states of each.

    There is one more set of states than bounds: the first is of what is below all of them.
    """
    states_of, ranges_of = dict[int, int](), dict[int, Accepts]()
    for number, each in enumerate(accepts):
        # By identity, as equal ones are few and take long to compare.
        states_of[id(each)] = states_of.get(id(each), 0) | 1 << number
        ranges_of[id(each)] = each
    mask, changes = 0, defaultdict[int, int](int)
    for key, each in ranges_of.items():
        mask ^= states_of[key] if each.negated else 0
        for first, last in each.distinct_ranges():
            changes[first] ^= states_of[key]
            changes[last + 1] ^= states_of[key]
    bounds, masks = sorted(changes), [mask]
    for bound in bounds:
        mask ^= changes[bound]
        masks.append(mask)
    return bounds, masks


def _union(sets: Iterable[int]) -> int:
    found = 0
    for each in sets:
        found |= each
    return found


@lru_cache(maxsize=_KEPT)
def _compiled(pattern: str) -> _Automaton:
    return _Automaton(parse_pattern(pattern))


@lru_cache(maxsize=_KEPT)
def _compiled_part(pattern: str) -> _Automaton:
    return _Automaton(parse_part_pattern(pattern), _FRAME_STATES)
