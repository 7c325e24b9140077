"""Fields as another system sends them, brought to the definitions of an account."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.domain.accounts import Accounts, Caller
from shared.domain.errors import InvalidField
from shared.domain.variables import (
    ContextType,
    Definition,
    Definitions,
    Extracted,
    Extractor,
    JsonObject,
    JsonValue,
    Tombstone,
)
from shared.services.variables.definitions import list_definitions
from shared.services.variables.values import lookup_names
from shared.services.variables.visibility import visible_definitions
from shared.validation.fields.formatting import (
    Form,
    OptionBudget,
    depends_on_locale,
    format_value,
)
from shared.validation.fields.free_text import find_free_texts
from shared.validation.fields.matching import FieldIndex, FieldMatch, MatchRule, match_name
from shared.validation.fields.reports import FieldReport
from shared.validation.names import is_variable_name, snake_case

_RANKS = {rule: rank for rank, rule in enumerate(MatchRule)}


@dataclass(frozen=True, slots=True)
class ProcessedFields:
    """Values to set, by the names of variables, and a report on each of them, as they were sent.

    `known` is what was found of these names on the way.
    """

    values: JsonObject
    reports: list[FieldReport]
    known: dict[str, Definition | Tombstone]


@dataclass(frozen=True, slots=True)
class _Field:
    """A field that was sent, and where it goes."""

    key: str
    value: JsonValue
    name: str
    match: FieldMatch | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A value to set, and what is reported of it."""

    value: JsonValue
    report: FieldReport


def process_fields(
    definitions: Definitions,
    accounts: Accounts,
    extractor: Extractor,
    caller: Caller,
    context_type: ContextType,
    sent: Mapping[str, JsonValue],
) -> ProcessedFields:
    """Match what was sent to the definitions that the caller sees, and format it to their types.

    Keys that are names, as they are or in snake case, cost one look-up of these names. The
    catalogue is read once if another key was sent or a free text; the account is read once if a
    text is to become a number or a date. A value that does not fit is left as it was sent.

    Raises TooManyVariables, or InvalidField when two keys with different values can have no name
    but the same.
    """
    found = definitions.find_by_names(caller.account_id, context_type, _possible_names(sent))
    matches = _match_names(found, caller, context_type, sent)
    texts = find_free_texts(sent)
    catalogue: list[Definition] = []
    if texts or len(matches) < len(sent):
        catalogue = list_definitions(definitions, caller, (context_type,))
        matches |= _match_rest(catalogue, [key for key in sent if key not in matches])
    fields = _place(sent, matches)
    free = _unfilled(catalogue, fields)
    locale = _locale(accounts, caller, fields, may_read=bool(texts and free))
    budget = OptionBudget()
    outcomes = [_outcome(field, locale, budget) for field in fields]
    outcomes += _read(extractor, texts, free, locale, budget)
    return ProcessedFields(
        {each.report.name: each.value for each in outcomes},
        [each.report for each in outcomes],
        {**{each.name: each for each in catalogue}, **found},
    )


def _possible_names(keys: Collection[str]) -> list[str]:
    return sorted({*lookup_names(keys), *filter(is_variable_name, map(snake_case, keys))})


def _match_names(
    found: Mapping[str, Definition | Tombstone],
    caller: Caller,
    context_type: ContextType,
    keys: Iterable[str],
) -> dict[str, FieldMatch]:
    live = [each for each in found.values() if isinstance(each, Definition)]
    known = {each.name: each for each in visible_definitions(caller, (context_type,), live)}
    return {key: match for key in keys if (match := match_name(key, known))}


def _match_rest(catalogue: Sequence[Definition], keys: Iterable[str]) -> dict[str, FieldMatch]:
    index = FieldIndex(catalogue)
    return {key: match for key in keys if (match := index.match(key))}


def _place(sent: Mapping[str, JsonValue], matches: Mapping[str, FieldMatch]) -> list[_Field]:
    """Where each field goes, in the order of sending.

    A definition that several keys mean goes to the surest one, then to the first; the others
    keep names of their own.
    """
    takers: dict[str, str] = {}
    matched = [key for key in sent if key in matches]
    for key in sorted(matched, key=lambda key: _RANKS[matches[key].rule]):
        takers.setdefault(matches[key].definition.name, key)
    placed = {key: matches[key] for key in takers.values()}
    fields = [_field(key, value, placed.get(key)) for key, value in sent.items()]
    _reject_duplicate_names(fields)
    return fields


def _field(key: str, value: JsonValue, match: FieldMatch | None) -> _Field:
    name = snake_case(key)
    own_name = name if is_variable_name(name) else key
    return _Field(key, value, match.definition.name if match else own_name, match)


def _reject_duplicate_names(fields: Sequence[_Field]) -> None:
    first: dict[str, _Field] = {}
    for field in fields:
        other = first.setdefault(field.name, field)
        if (type(other.value), other.value) != (type(field.value), field.value):
            raise InvalidField(field.key, f"it has the same name as '{other.key}', '{field.name}'")


def _unfilled(catalogue: Sequence[Definition], fields: Sequence[_Field]) -> list[Definition]:
    # What is sent under a key of its own stands, whatever a text says.
    filled = {field.name for field in fields}
    return [definition for definition in catalogue if definition.name not in filled]


def _locale(accounts: Accounts, caller: Caller, fields: Sequence[_Field], *, may_read: bool) -> str:
    if not may_read and not any(
        field.match and depends_on_locale(field.match.definition, field.value) for field in fields
    ):
        return ""
    account = accounts.find(caller.account_id)
    return account.locale if account else ""


def _outcome(field: _Field, locale: str, budget: OptionBudget) -> _Outcome:
    if field.match is None:
        report = FieldReport(field.key, field.name, None, None, Form.AS_SENT)
        return _Outcome(field.value, report)
    match = field.match
    formatted = format_value(match.definition, field.value, locale, budget)
    report = FieldReport(field.key, field.name, match.rule, match.confidence, formatted.form)
    return _Outcome(formatted.value, report)


def _read(
    extractor: Extractor,
    texts: Mapping[str, str],
    definitions: Sequence[Definition],
    locale: str,
    budget: OptionBudget,
) -> list[_Outcome]:
    """What the texts say, held to the definitions as anything that is sent.

    Of a field that is said to be one thing and another, or what it cannot be, nothing is known.
    """
    if not definitions:
        return []
    named = {definition.name: definition for definition in definitions}
    read: defaultdict[str, list[_Outcome]] = defaultdict(list)
    for key, text in texts.items():
        for said in extractor.extract(text, definitions):
            outcome = _extracted(key, said, named.get(said.name), locale, budget)
            if outcome:
                read[said.name].append(outcome)
    return [each[0] for each in read.values() if _agree_and_fit(each)]


def _extracted(
    key: str, said: Extracted, definition: Definition | None, locale: str, budget: OptionBudget
) -> _Outcome | None:
    if definition is None or said.value in (None, ""):
        return None
    formatted = format_value(definition, said.value, locale, budget)
    report = FieldReport(key, said.name, MatchRule.EXTRACTION, said.confidence, formatted.form)
    return _Outcome(formatted.value, report)


def _agree_and_fit(outcomes: Sequence[_Outcome]) -> bool:
    return all(
        each.report.form is not Form.INVALID and each.value == outcomes[0].value
        for each in outcomes
    )
