"""Values of all sorts, brought into the form that their definition asks for.

Source of the rules: "Field processing" in `docs/variables.md`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from shared.domain.errors import InvalidValue
from shared.domain.variables import DefinitionDraft, JsonValue, VariableType
from shared.validation.fields.matching import CLEAR_LEAD
from shared.validation.fields.similarity import (
    Words,
    blocking_key,
    likeness_of_words,
    spelling,
    words_of,
)
from shared.validation.value_text import to_text
from shared.validation.values import coerce_value

_YES = "true yes y on 1 si s sim oui ja verdadero verdadeiro vrai wahr vero"
_NO = "false no n off 0 nao non nein falso faux falsch"
"""Yes and no in English, Spanish, Portuguese, French, German and Italian, without accents."""

_BOOLEANS = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)

_MAX_WORD_CHARS = 200

MAX_COMPARED_OPTION_CHARS = 100_000
"""Where the values of one request would have to be compared with longer options than these in all,
the others are taken as an option only where they are spelled like it."""

_REMEMBERED_OPTIONS = 64
"""Of how many definitions the options stay parsed, so that rows of a file share them."""


class Form(StrEnum):
    """How the form of a value came about."""

    AS_SENT = "as_sent"
    FORMATTED = "formatted"
    INVALID = "unfit"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A value in the form of its definition; one that is unfit is as it was sent."""

    value: JsonValue
    form: Form


class OptionBudget:
    """How many characters of options one request may still have its values compared with."""

    def __init__(self) -> None:
        self._left = MAX_COMPARED_OPTION_CHARS
        self._parsed: set[tuple[str, ...]] = set()

    def allows(self, options: tuple[str, ...]) -> bool:
        """Whether these options may be compared; those that were before may be again."""
        if options in self._parsed:
            return True
        self._left -= sum(map(len, options))
        if self._left < 0:
            return False
        self._parsed.add(options)
        return True


def format_value(
    definition: DefinitionDraft, value: JsonValue, locale: str, budget: OptionBudget | None = None
) -> Formatted:
    """Bring a value into the form of its definition where there is one way to do it.

    `locale` is the account's, such as `es-CL`, or "" where it is not known. Values that share a
    budget are compared with so many options and no more.
    """
    if value is None:
        return Formatted(None, Form.AS_SENT)
    if definition.variable_type is VariableType.SELECT and not _may_be_compared(
        definition, value, budget
    ):
        return Formatted(value, Form.INVALID)
    found = _FORMATS[definition.variable_type](definition, value, locale)
    if found is None:
        return Formatted(value, Form.INVALID)
    try:
        kept = coerce_value(definition, found)
    except InvalidValue:
        return Formatted(value, Form.INVALID)
    is_as_sent = type(kept) is type(value) and kept == value
    return Formatted(kept, Form.AS_SENT if is_as_sent else Form.FORMATTED)


def depends_on_locale(definition: DefinitionDraft, value: JsonValue) -> bool:
    """Whether a locale may be needed to read a value."""
    written = isinstance(value, str)
    return written and definition.variable_type in (VariableType.NUMBER, VariableType.DATE)


def _text(_: DefinitionDraft, value: JsonValue, _locale: str) -> JsonValue:
    return to_text(value)


def _number(_: DefinitionDraft, value: JsonValue, locale: str) -> JsonValue:
    if not isinstance(value, str):
        return value
    # Loaded here, as dates are, since each knows much that only its own values need.
    from shared.validation.fields.localized_numbers import parse_number  # noqa: PLC0415

    return parse_number(value, locale)


def _date(_: DefinitionDraft, value: JsonValue, locale: str) -> JsonValue:
    if not isinstance(value, str):
        return None
    from shared.validation.fields.localized_dates import parse_date  # noqa: PLC0415

    return parse_date(value, locale)


def _boolean(_: DefinitionDraft, value: JsonValue, _locale: str) -> JsonValue:
    if isinstance(value, bool):
        return value
    if isinstance(value, list | dict):
        return None
    text = to_text(value)
    return _BOOLEANS.get(spelling(words_of(text))) if len(text) <= _MAX_WORD_CHARS else None


def _select(definition: DefinitionDraft, value: JsonValue, _locale: str) -> JsonValue:
    options = definition.select_options or ()
    if isinstance(value, list | dict):
        return None
    text = to_text(value)
    if text in options or len(text) > _MAX_WORD_CHARS:
        return text
    parsed = _parsed(options)
    words = words_of(text)
    spelled = spelling(words)
    meant = parsed.by_spelling.get(spelled) if spelled else None
    if meant:
        return meant[0] if len(meant) == 1 else None
    return _nearest(words, parsed.by_outline.get(blocking_key(words), ()))


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of a definition, by all that values are compared with."""

    by_spelling: Mapping[str, Sequence[str]]
    by_outline: Mapping[Words, Sequence[tuple[Words, str]]]


@lru_cache(_REMEMBERED_OPTIONS)
def _parsed(options: tuple[str, ...]) -> _Options:
    by_spelling: defaultdict[str, list[str]] = defaultdict(list)
    by_outline: defaultdict[Words, list[tuple[Words, str]]] = defaultdict(list)
    for option in options:
        words = words_of(option)
        by_spelling[spelling(words)].append(option)
        by_outline[blocking_key(words)].append((words, option))
    return _Options(dict(by_spelling), dict(by_outline))


def _may_be_compared(
    definition: DefinitionDraft, value: JsonValue, budget: OptionBudget | None
) -> bool:
    options = definition.select_options or ()
    return budget is None or value in options or budget.allows(options)


def _nearest(words: Words, options: Sequence[tuple[Words, str]]) -> str | None:
    ranked = sorted(
        ((likeness_of_words(words, each), option) for each, option in options), reverse=True
    )
    if not ranked or ranked[0][0] == 0:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < CLEAR_LEAD:
        return None
    return ranked[0][1]


_FORMATS: dict[VariableType, Callable[[DefinitionDraft, JsonValue, str], JsonValue]] = {
    VariableType.TEXT: _text,
    VariableType.NUMBER: _number,
    VariableType.DATE: _date,
    VariableType.BOOLEAN: _boolean,
    VariableType.SELECT: _select,
}
