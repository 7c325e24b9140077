"""Formatting of loosely written values for the type of their definition.

Source of the rules: "Field processing" in `docs/variables.md`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from shared.domain.definitions import DefinitionDraft, VariableType
from shared.domain.errors import InvalidValue
from shared.domain.json_values import JsonValue
from shared.domain.records import dataclass
from shared.validation.fields.matching import CLEAR_LEAD
from shared.validation.fields.similarity import (
    Words,
    blocking_key,
    min_word_similarity,
    spelling,
    split_words,
)
from shared.validation.value_forms import json_form
from shared.validation.value_text import to_text
from shared.validation.values import coerce_value

_YES = "true yes y on 1 si s sim oui ja verdadero verdadeiro vrai wahr vero"
_NO = "false no n off 0 nao non nein falso faux falsch"
"""Words for yes and no in English, Spanish, Portuguese, French, German and Italian, unaccented."""

_BOOLEANS = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)

_MAX_WORD_CHARS = 200

MAX_COMPARED_OPTION_CHARS = 100_000
"""The most characters of options that the values of one request are compared with."""

_CACHED_OPTIONS = 64
"""The number of definitions whose parsed options are cached for the next rows of a file."""


class Form(StrEnum):
    """How a value was formatted."""

    AS_SENT = "as_sent"
    FORMATTED = "formatted"
    INVALID = "unfit"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A formatted value. An invalid value is as it was sent."""

    value: JsonValue
    form: Form


class OptionBudget:
    """Limits the options that the values of one request are compared with."""

    def __init__(self) -> None:
        self._left = MAX_COMPARED_OPTION_CHARS
        self._parsed: set[tuple[str, ...]] = set()

    def allows(self, options: tuple[str, ...]) -> bool:
        """Return whether options may be compared. Options count once."""
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
    """Format a value for the type of its definition if the result is unambiguous.

    Args:
        definition: The definition of the variable.
        value: The value as sent.
        locale: The locale of the account, such as `es-CL`, or "" if unknown.
        budget: Limits comparisons with options. Values of one request share it. Over the limit,
            only a value that equals an option is valid.
    """
    if value is None:
        return Formatted(None, Form.AS_SENT)
    if definition.variable_type is VariableType.SELECT and not _may_be_compared(
        definition, value, budget
    ):
        return Formatted(value, Form.INVALID)
    if definition.variable_type in _FORMATS:
        found = _FORMATS[definition.variable_type](definition, value, locale)
    else:
        found = value
    if found is None:
        return Formatted(value, Form.INVALID)
    try:
        # Not the stored form, as the value is coerced again when it is set.
        coerced = json_form(definition.variable_type, coerce_value(definition, found))
    except InvalidValue:
        return Formatted(value, Form.INVALID)
    is_as_sent = type(coerced) is type(value) and coerced == value
    return Formatted(coerced, Form.AS_SENT if is_as_sent else Form.FORMATTED)


def depends_on_locale(definition: DefinitionDraft, value: JsonValue) -> bool:
    """Return whether parsing a value may need the locale."""
    is_text = isinstance(value, str)
    return is_text and definition.variable_type in (VariableType.NUMBER, VariableType.DATE)


def _text(_: DefinitionDraft, value: JsonValue, _locale: str) -> JsonValue:
    return to_text(value)


def _number(_: DefinitionDraft, value: JsonValue, locale: str) -> JsonValue:
    if not isinstance(value, str):
        return value
    # Imported here, as for dates, because the tables are needed only by such values.
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
    return _BOOLEANS.get(spelling(split_words(text))) if len(text) <= _MAX_WORD_CHARS else None


def _select(definition: DefinitionDraft, value: JsonValue, _locale: str) -> JsonValue:
    options = definition.select_options or ()
    if isinstance(value, list | dict):
        return None
    text = to_text(value)
    if text in options or len(text) > _MAX_WORD_CHARS:
        return text
    parsed = _parse_options(options)
    words = split_words(text)
    spelled = spelling(words)
    matches = parsed.by_spelling.get(spelled) if spelled else None
    if matches:
        return matches[0] if len(matches) == 1 else None
    return _find_most_similar(words, parsed.by_blocking_key.get(blocking_key(words), ()))


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of a definition, indexed for comparisons."""

    by_spelling: Mapping[str, Sequence[str]]
    by_blocking_key: Mapping[Words, Sequence[tuple[Words, str]]]


@lru_cache(_CACHED_OPTIONS)
def _parse_options(options: tuple[str, ...]) -> _Options:
    by_spelling: defaultdict[str, list[str]] = defaultdict(list)
    by_blocking_key: defaultdict[Words, list[tuple[Words, str]]] = defaultdict(list)
    for option in options:
        words = split_words(option)
        by_spelling[spelling(words)].append(option)
        by_blocking_key[blocking_key(words)].append((words, option))
    return _Options(dict(by_spelling), dict(by_blocking_key))


def _may_be_compared(
    definition: DefinitionDraft, value: JsonValue, budget: OptionBudget | None
) -> bool:
    options = definition.select_options or ()
    return budget is None or value in options or budget.allows(options)


def _find_most_similar(words: Words, options: Sequence[tuple[Words, str]]) -> str | None:
    ranked = sorted(
        ((min_word_similarity(words, each), option) for each, option in options), reverse=True
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
