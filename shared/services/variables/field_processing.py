"""Match the fields of another system to definitions, and convert their values."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from shared.domain.accounts import Accounts, Caller
from shared.domain.contacts import Contact
from shared.domain.definitions import ContextType, Definition, Definitions, Tombstone
from shared.domain.errors import InvalidField
from shared.domain.json_values import JsonObject, JsonValue
from shared.domain.records import dataclass
from shared.domain.sources import Source
from shared.domain.values import Extracted, Extractor, SentValue, SourcedValue, VariableLookup
from shared.services.variables.assignments import lookup_names
from shared.services.variables.definitions import list_definitions
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
    """The result of processing fields.

    Attributes:
        values: The values to set, by variable.
        reports: One report per value.
        known: The definitions and tombstones that were read, by name.

    """

    values: JsonObject
    reports: list[FieldReport]
    known: dict[str, Definition | Tombstone]

    def lookup_for(self, contact: Contact) -> VariableLookup:
        """Return a contact with the definitions that were read, so that they are not read again."""
        return VariableLookup(contact, self.known)

    @property
    def to_set(self) -> dict[str, SentValue]:
        """The values to set. Those that were read out of a text are guesses, whoever sent it."""
        extracted = {
            each.name: SourcedValue(self.values[each.name], Source.AI, each.confidence)
            for each in self.reports
            if each.rule is MatchRule.EXTRACTION
        }
        return {**self.values, **extracted}


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a request, and the variable that it sets."""

    key: str
    value: JsonValue
    name: str
    match: FieldMatch | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A value to set, and its report."""

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
    """Match fields to the definitions that the caller sees, and convert values to their types.

    Keys that are names, as sent or in snake case, need one lookup. All definitions are read once
    if there is another key or a free text. The account is read once if a text is converted to a
    number or a date. A value that cannot be converted stays as it was sent.

    Raises:
        TooManyVariables: There are too many fields.
        InvalidField: Two keys with different values have the same name.

    """
    found = definitions.find_by_names(caller.account_id, context_type, _possible_names(sent))
    matches = _match_names(found, caller, context_type, sent)
    texts = find_free_texts(sent)
    catalogue: list[Definition] = []
    if texts or len(matches) < len(sent):
        catalogue = list_definitions(definitions, caller, (context_type,))
        matches |= _match_rest(catalogue, [key for key in sent if key not in matches])
    fields = _assign_names(sent, matches)
    free = _unfilled(catalogue, fields)
    locale = _locale(accounts, caller, fields, may_read=bool(texts and free))
    budget = OptionBudget()
    outcomes = [_outcome(field, locale, budget) for field in fields]
    outcomes += _extract(extractor, texts, free, locale, budget)
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


def _assign_names(sent: Mapping[str, JsonValue], matches: Mapping[str, FieldMatch]) -> list[_Field]:
    """Assign each field to a variable, in the order of sending.

    If several keys match one definition, the most confident match gets it, then the first one. The
    other keys keep names of their own.
    """
    winners: dict[str, str] = {}
    matched = [key for key in sent if key in matches]
    for key in sorted(matched, key=lambda key: _RANKS[matches[key].rule]):
        winners.setdefault(matches[key].definition.name, key)
    assigned = {key: matches[key] for key in winners.values()}
    fields = [_field(key, value, assigned.get(key)) for key, value in sent.items()]
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
    # A field with a key takes precedence over the texts.
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


def _extract(
    extractor: Extractor,
    texts: Mapping[str, str],
    definitions: Sequence[Definition],
    locale: str,
    budget: OptionBudget,
) -> list[_Outcome]:
    """Extract fields from free texts, and convert their values.

    Drops a field that the texts state with different values, or with an invalid one.
    """
    if not definitions:
        return []
    by_name = {definition.name: definition for definition in definitions}
    extracted: defaultdict[str, list[_Outcome]] = defaultdict(list)
    for key, text in texts.items():
        for field in extractor.extract(text, definitions):
            outcome = _extracted_outcome(key, field, by_name.get(field.name), locale, budget)
            if outcome:
                extracted[field.name].append(outcome)
    return [each[0] for each in extracted.values() if _are_consistent(each)]


def _extracted_outcome(
    key: str, field: Extracted, definition: Definition | None, locale: str, budget: OptionBudget
) -> _Outcome | None:
    if definition is None or field.value in (None, ""):
        return None
    formatted = format_value(definition, field.value, locale, budget)
    report = FieldReport(key, field.name, MatchRule.EXTRACTION, field.confidence, formatted.form)
    return _Outcome(formatted.value, report)


def _are_consistent(outcomes: Sequence[_Outcome]) -> bool:
    return all(
        each.report.form is not Form.INVALID and each.value == outcomes[0].value
        for each in outcomes
    )
