"""Values of all sorts, brought into the form that their definition asks for.

Source of the rules: "Field processing" in `docs/variables.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.errors import InvalidValue
from shared.domain.model import DefinitionDraft, JsonValue, VariableType
from shared.validation.field_matching import CLEAR_LEAD
from shared.validation.likeness import likeness, spelling, words_of
from shared.validation.text_form import text_form
from shared.validation.values import coerce_value

_YES = "true yes y on 1 si s sim oui ja verdadero verdadeiro vrai wahr vero"
_NO = "false no n off 0 nao non nein falso faux falsch"
"""Yes and no in English, Spanish, Portuguese, French, German and Italian, without accents."""

_BOOLEANS = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)

_MAX_WORD_CHARS = 200


class Form(StrEnum):
    """How the form of a value came about."""

    AS_SENT = "as_sent"
    FORMATTED = "formatted"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A value in the form of its definition; one that is unfit is as it was sent."""

    value: JsonValue
    form: Form


def format_value(definition: DefinitionDraft, value: JsonValue, locale: str) -> Formatted:
    """Bring a value into the form of its definition where there is one way to do it.

    `locale` is the account's, such as `es-CL`, or "" where it is not known.
    """
    if value is None:
        return Formatted(None, Form.AS_SENT)
    found = _FORMATS[definition.variable_type](definition, value, locale)
    if found is None:
        return Formatted(value, Form.UNFIT)
    try:
        kept = coerce_value(definition, found)
    except InvalidValue:
        return Formatted(value, Form.UNFIT)
    is_as_sent = type(kept) is type(value) and kept == value
    return Formatted(kept, Form.AS_SENT if is_as_sent else Form.FORMATTED)


def depends_on_locale(definition: DefinitionDraft, value: JsonValue) -> bool:
    """Whether a locale may be needed to read a value."""
    written = isinstance(value, str)
    return written and definition.variable_type in (VariableType.NUMBER, VariableType.DATE)


def _text(_: DefinitionDraft, value: JsonValue, _locale: str) -> JsonValue:
    return text_form(value)


def _number(_: DefinitionDraft, value: JsonValue, locale: str) -> JsonValue:
    if not isinstance(value, str):
        return value
    # Loaded here, as dates are, since each knows much that only its own values need.
    from shared.validation.written_numbers import parse_number  # noqa: PLC0415

    return parse_number(value, locale)


def _date(_: DefinitionDraft, value: JsonValue, locale: str) -> JsonValue:
    if not isinstance(value, str):
        return None
    from shared.validation.written_dates import parse_date  # noqa: PLC0415

    return parse_date(value, locale)


def _boolean(_: DefinitionDraft, value: JsonValue, _locale: str) -> JsonValue:
    if isinstance(value, bool):
        return value
    if isinstance(value, list | dict):
        return None
    return _BOOLEANS.get(_spelled(text_form(value)))


def _select(definition: DefinitionDraft, value: JsonValue, _locale: str) -> JsonValue:
    options = definition.select_options or ()
    if isinstance(value, list | dict):
        return None
    text = text_form(value)
    if text in options or len(text) > _MAX_WORD_CHARS:
        return text
    spelled = _spelled(text)
    meant = [option for option in options if spelled and _spelled(option) == spelled]
    if meant:
        return meant[0] if len(meant) == 1 else None
    return _nearest(text, options)


def _nearest(text: str, options: tuple[str, ...]) -> str | None:
    words = words_of(text)
    ranked = sorted(((likeness(words, words_of(each)), each) for each in options), reverse=True)
    if not ranked or ranked[0][0] == 0:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < CLEAR_LEAD:
        return None
    return ranked[0][1]


def _spelled(text: str) -> str:
    return spelling(words_of(text))


_FORMATS: dict[VariableType, Callable[[DefinitionDraft, JsonValue, str], JsonValue]] = {
    VariableType.TEXT: _text,
    VariableType.NUMBER: _number,
    VariableType.DATE: _date,
    VariableType.BOOLEAN: _boolean,
    VariableType.SELECT: _select,
}
