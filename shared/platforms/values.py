"""Turn the values of variables into what a voice platform takes.

A value is data that somebody else may have written, and it ends up in the prompt of an agent. So
a text has one line, nothing invisible, no mark of a template, and a bounded length.
"""

import json
import math
import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import accumulate, takewhile

from shared.domain.calls import ResolvedVariable
from shared.domain.json_values import JsonValue
from shared.domain.records import dataclass
from shared.validation.value_text import to_text

CALL_VARIABLE = "context_call"
"""The name under which an agent gets our id of the call, for its tools."""

ASK_VARIABLE = "context_ask"
"""The name under which an agent gets what it is to ask its caller."""

SERVICE_VARIABLES = (ASK_VARIABLE, CALL_VARIABLE)
"""The names that no agent can declare, because the service sets them."""

MAX_TEXT_CHARS = 2000
"""The longest text that a platform gets, unless the platform has a limit of its own."""

MAX_VALUES_BYTES = 64_000
"""The largest set of values in bytes of JSON, unless the platform has a limit of its own."""

MAX_DEPTH = 8
"""The most levels of arrays and objects in a value."""

_LARGEST_NUMBER = 1e38
_SPACES = re.compile("[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0 and C1 controls
    # Unicode's Default_Ignorable_Code_Point:
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    # Other format characters:
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001345f"
    "\ufff0-\ufffb"  # specials, with interlinear annotations
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # surrogates and noncharacters
    "]+"
)
_UNUSUAL = re.compile("^ | $|  |[^ -z|~\xa1-\xac\xae-\u02ff]")
"""What a text has that may need work. Most texts have none of it, and take one search."""

_TEMPLATE_MARK = re.compile(r"\{(?=[{%])|[}%](?=\})")


class ValueTypes(StrEnum):
    """The JSON types that a platform takes as values."""

    TEXT = "text"
    """Strings only."""
    SCALARS = "scalars"
    """Strings, finite numbers and booleans."""
    JSON = "json"
    """Arrays and objects too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRules:
    """What a platform takes as variables.

    Attributes:
        types: The JSON types of values.
        nulls: Whether a value may be null. If not, a missing value is an empty text.
        max_chars: The longest text.
        max_count: The most variables. None if the platform states no limit.
        max_bytes: The largest set of values in bytes of JSON. Further values are empty.
        name_pattern: A regular expression of the names that the platform takes.
        reserved_names: Names that the platform sets itself.
        reserved_prefixes: Beginnings of names that the platform sets itself.
    """

    types: ValueTypes = ValueTypes.TEXT
    nulls: bool = False
    max_chars: int = MAX_TEXT_CHARS
    max_count: int | None = None
    max_bytes: int = MAX_VALUES_BYTES
    name_pattern: str = "[A-Za-z_][A-Za-z0-9_]{0,99}"
    reserved_names: frozenset[str] = frozenset()
    reserved_prefixes: tuple[str, ...] = ()

    def name_fault(self, name: str) -> str | None:
        """Return why an agent cannot declare a name for this platform, or None."""
        if name in SERVICE_VARIABLES:
            return "the service sets it itself"
        return self._platform_fault(name)

    def takes_name(self, name: str) -> bool:
        """Return whether the platform takes a variable of this name."""
        return self._platform_fault(name) is None

    def _platform_fault(self, name: str) -> str | None:
        if not re.fullmatch(self.name_pattern, name):
            return f"the platform takes names of the form {self.name_pattern}"
        if name in self.reserved_names or name.startswith(self.reserved_prefixes):
            return "the platform sets it itself"
        return None


def platform_values(
    rules: ValueRules, variables: Sequence[ResolvedVariable], call: str | None
) -> dict[str, JsonValue]:
    """Return the values that a platform takes, by name, with the id of the call.

    A value that the platform cannot take becomes empty, so that every declared name is there. Only
    names that the platform does not take and those beyond its limit of variables are left out.
    """
    values: dict[str, JsonValue] = {}
    handed_out = [(each.name, each.value) for each in variables]
    if call is not None and all(each.name != CALL_VARIABLE for each in variables):
        handed_out.append((CALL_VARIABLE, call))
    for name, value in handed_out:
        if len(values) == rules.max_count:
            break
        if rules.takes_name(name):
            values[name] = _platform_value(rules, value)
    return values if _size(values) <= rules.max_bytes else _within_size(rules, values)


def _within_size(rules: ValueRules, values: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the values with empty ones from where they exceed the size that a platform takes."""
    empty = _empty(rules)
    kept: dict[str, JsonValue] = dict.fromkeys(values, empty)
    room = rules.max_bytes - _size(kept)
    growth = accumulate(_size(value) - _size(empty) for value in values.values())
    fitting = zip(values.items(), takewhile(room.__ge__, growth), strict=False)
    return kept | {name: value for (name, value), _ in fitting}


def _size(value: JsonValue) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def single_line(
    text: str, max_chars: int = MAX_TEXT_CHARS, *, keeps_templates: bool = False
) -> str:
    """Return a text as one line without invisible characters.

    Line breaks, tabs and runs of spaces become one space. Controls, bidirectional and zero-width
    characters are removed. Doubled braces, by which templates mark their expressions, are set
    apart. A longer text is cut.

    Args:
        text: The text.
        max_chars: The longest line.
        keeps_templates: Whether doubled braces stay, because the author may use templates.
    """
    if len(text) <= max_chars and not _UNUSUAL.search(text):
        return text
    # What is removed is at most four times what is kept, so that the work is bounded.
    line = _SPACES.sub(" ", text[: 4 * max_chars])
    line = _INVISIBLE.sub("", line)
    # A removed character can leave two spaces, or two braces, side by side.
    line = _SPACES.sub(" ", line)[:max_chars].strip()
    if keeps_templates:
        return line
    return _TEMPLATE_MARK.sub(r"\g<0> ", line)[:max_chars].rstrip()


def own_line(text: str | None) -> str | None:
    """Return a text of an agent's author as one line, None if nothing is left of it."""
    return single_line(text, keeps_templates=True) or None if text else None


def clean_json(value: JsonValue, max_chars: int = MAX_TEXT_CHARS) -> JsonValue:
    """Return a JSON value whose texts are single lines. What is too deep or no number is null."""
    return _cleaned(value, max_chars, MAX_DEPTH)


def fenced(text: str) -> str:
    """Return a text between fences that are longer than any run of backticks inside of it."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _platform_value(rules: ValueRules, value: JsonValue) -> JsonValue:
    if isinstance(value, bool | str | int | float):
        return _scalar(rules, value)
    if value is None:
        return _empty(rules)
    cleaned = clean_json(value, rules.max_chars)
    if rules.types is ValueTypes.JSON:
        return cleaned
    return single_line(to_text(cleaned), rules.max_chars)


def _scalar(rules: ValueRules, value: str | float) -> JsonValue:
    if isinstance(value, str):
        return single_line(value, rules.max_chars)
    if not isinstance(value, bool) and not _is_representable(value):
        return _empty(rules)
    return to_text(value) if rules.types is ValueTypes.TEXT else value


def _is_representable(number: float) -> bool:
    # An integer of thousands of digits can be neither a float nor a text.
    return -_LARGEST_NUMBER < number < _LARGEST_NUMBER and math.isfinite(number)


def _empty(rules: ValueRules) -> JsonValue:
    return None if rules.nulls else ""


def _cleaned(value: JsonValue, max_chars: int, levels: int) -> JsonValue:
    match value:
        case str():
            return single_line(value, max_chars)
        case bool():
            return value
        case int() | float():
            return value if _is_representable(value) else None
        case list() if levels:
            return [_cleaned(each, max_chars, levels - 1) for each in value]
        case dict() if levels:
            return {
                single_line(name, max_chars): _cleaned(each, max_chars, levels - 1)
                for name, each in value.items()
            }
    return None
