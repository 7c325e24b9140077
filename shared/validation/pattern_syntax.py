r"""Parse patterns of texts: the part of regular expressions that automata match.

Literals, `.`, classes such as `[a-z]`, `\d`, `\w` and `\s` with their negations, groups,
alternatives, and the quantifiers `*`, `+`, `?`, `{2}`, `{2,}` and `{2,4}`.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from shared.domain.records import dataclass
from shared.validation.definitions import MAX_PATTERN_CHARS

_MAX_GROUPS_DEEP = 20
_MAX_REPETITIONS = 200
_LAST = 0x10FFFF

_COUNT = re.compile(r"\{([0-9]{1,3})(,([0-9]{1,3})?)?\}")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}
_CLASSES: dict[str, tuple[tuple[int, int], ...]] = {
    "d": ((48, 57),),
    "w": ((48, 57), (65, 90), (95, 95), (97, 122)),
    "s": ((9, 13), (32, 32)),
}
_QUANTIFIERS = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class InvalidPattern(Exception):
    """A pattern is not accepted. The message is the reason."""


@dataclass(frozen=True, slots=True)
class Accepts:
    """The characters that one place of a pattern accepts, as ranges of code points."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool = False

    def distinct_ranges(self) -> list[tuple[int, int]]:
        """Return the ranges in order, those that overlap as one."""
        found: list[tuple[int, int]] = []
        for first, last in sorted(self.ranges):
            if found and first <= found[-1][1]:
                found[-1] = (found[-1][0], max(last, found[-1][1]))
            else:
                found.append((first, last))
        return found


@dataclass(frozen=True, slots=True)
class Group:
    """A sequence, a choice or a repetition.

    Attributes:
        kind: `sequence`, `choice` or `repetition`.
        nodes: What it consists of; of a repetition, what is repeated.
        least: The least repetitions.
        most: The most repetitions. None for any number.
    """

    kind: str
    nodes: tuple[Node, ...]
    least: int = 1
    most: int | None = 1


Node: TypeAlias = "Accepts | Group"

_ANY = Accepts(((10, 10),), negated=True)
_ANYTHING = Group("repetition", (Accepts((), negated=True),), 0, None)


def parse_pattern(pattern: str) -> Node:
    """Parse a pattern for whole texts; raises InvalidPattern.

    `^` at its start and `$` at its end are accepted, and mean nothing more.
    """
    if len(pattern) > MAX_PATTERN_CHARS:
        raise InvalidPattern(f"it has more than {MAX_PATTERN_CHARS} characters")
    parser = _Parser(pattern)
    node = parser.choice(0)
    if parser.rest:
        raise InvalidPattern("it has a ')' too many")
    return node


def parse_part_pattern(pattern: str) -> Node:
    """Parse a pattern that may match a part of a text, unless it has `^` and `$`.

    Returns:
        What matches the whole texts that have such a part.

    Raises:
        InvalidPattern: It is no pattern, or `^` or `$` belongs to one alternative alone.
    """
    node = parse_pattern(pattern)
    has_start, has_end = pattern.startswith("^"), _has_end(pattern)
    if (has_start or has_end) and isinstance(node, Group) and node.kind == "choice":
        raise InvalidPattern("alternatives beside ^ or $ need a group: ^(a|b)$")
    before = () if has_start else (_ANYTHING,)
    after = () if has_end else (_ANYTHING,)
    return Group("sequence", (*before, node, *after))


def _has_end(pattern: str) -> bool:
    is_escaped = (len(pattern) - len(pattern[:-1].rstrip("\\")) - 1) % 2
    return pattern.endswith("$") and not is_escaped


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 1 if pattern.startswith("^") else 0
        self._end = len(pattern) - _has_end(pattern)

    @property
    def rest(self) -> str:
        """What is not parsed yet."""
        return self._pattern[self._at : self._end]

    def choice(self, depth: int) -> Node:
        """Parse alternatives up to the end or a ')'."""
        if depth > _MAX_GROUPS_DEEP:
            raise InvalidPattern(f"its groups are nested deeper than {_MAX_GROUPS_DEEP}")
        found = [self._sequence(depth)]
        while self.rest.startswith("|"):
            self._at += 1
            found.append(self._sequence(depth))
        return found[0] if len(found) == 1 else Group("choice", tuple(found))

    def _sequence(self, depth: int) -> Node:
        found: list[Node] = []
        while self.rest and self.rest[0] not in "|)":
            found.append(self._repetition(self._atom(depth)))
        return Group("sequence", tuple(found))

    def _repetition(self, node: Node) -> Node:
        rest = self.rest
        counted = _COUNT.match(rest)
        if rest[:1] in _QUANTIFIERS:
            least, most = _QUANTIFIERS[rest[0]]
            self._at += 1
        elif counted:
            least = int(counted[1])
            most = int(counted[3]) if counted[3] else None if counted[2] else least
            self._at += counted.end()
        else:
            return node
        if self.rest[:1] in _QUANTIFIERS or _COUNT.match(self.rest):
            raise InvalidPattern("a quantifier follows another")
        if most is not None and not least <= most <= _MAX_REPETITIONS:
            raise InvalidPattern(f"it repeats up to {_MAX_REPETITIONS} times, and not {rest[:9]}")
        return Group("repetition", (node,), least, most)

    def _atom(self, depth: int) -> Node:
        first = self.rest[0]
        self._at += 1
        if first == "(":
            return self._group(depth)
        if first == "[":
            return self._class()
        if first == "\\":
            return self._escape()
        if first == ".":
            return _ANY
        if first in "*+?{}]^$":
            raise InvalidPattern(f"a '{first}' needs a backslash here")
        return _one(first)

    def _group(self, depth: int) -> Node:
        if self.rest.startswith("?:"):
            self._at += 2
        elif self.rest.startswith("?"):
            raise InvalidPattern("not linear: it has lookaround, flags or a named group")
        node = self.choice(depth + 1)
        if not self.rest.startswith(")"):
            raise InvalidPattern("a group has no end")
        self._at += 1
        return node

    def _escape(self) -> Accepts:
        escaped = self.rest[:1]
        self._at += 1
        if escaped.lower() in _CLASSES and escaped:
            return Accepts(_CLASSES[escaped.lower()], negated=escaped.isupper())
        if escaped in _CONTROLS and escaped:
            return _one(_CONTROLS[escaped])
        if not escaped or escaped.isalnum():
            raise InvalidPattern(f"not linear or not known: \\{escaped}")
        return _one(escaped)

    def _class(self) -> Accepts:
        negated = self.rest.startswith("^")
        self._at += negated
        ranges: list[tuple[int, int]] = []
        while not self.rest.startswith("]"):
            if not self.rest:
                raise InvalidPattern("a class has no end")
            ranges += self._range()
        self._at += 1
        if not ranges:
            raise InvalidPattern("a class is empty")
        return Accepts(tuple(ranges), negated)

    def _range(self) -> tuple[tuple[int, int], ...]:
        first = self._member()
        is_range = self.rest.startswith("-") and self.rest[1:2] not in ("]", "")
        if not is_range:
            return _complement(first.ranges) if first.negated else first.ranges
        self._at += 1
        last = self._member()
        bounds = (*first.ranges, *last.ranges)
        if first.negated or last.negated or any(one != other for one, other in bounds):
            raise InvalidPattern("a range is between two characters")
        if bounds[0][0] > bounds[-1][0]:
            raise InvalidPattern("a range ends before it begins")
        return ((bounds[0][0], bounds[-1][0]),)

    def _member(self) -> Accepts:
        first = self.rest[:1]
        self._at += 1
        if first == "\\":
            return self._escape()
        if not first or first == "[":
            raise InvalidPattern("a '[' in a class needs a backslash, and a class needs an end")
        return _one(first)


def _one(character: str) -> Accepts:
    return Accepts(((ord(character), ord(character)),))


def _complement(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    ends = [-1, *(last for _, last in ranges)]
    starts = [*(first for first, _ in ranges), _LAST + 1]
    return tuple(
        (end + 1, start - 1) for end, start in zip(ends, starts, strict=True) if end + 1 < start
    )
