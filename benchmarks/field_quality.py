"""Measure field processing on a set of labeled keys, values and texts.

`tests/unit/test_field_quality.py` is the gate, docs/benchmarks.md shows the scores.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from shared.domain.accounts import Account, Caller
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.domain.json_values import JsonValue
from shared.services.variables.field_processing import process_fields
from shared.services.variables.label_extractor import LabelExtractor
from shared.validation.fields.formatting import Form, format_value
from shared.validation.fields.matching import FieldIndex, MatchRule
from shared.validation.names import display_name

_LABELED_SET = Path(__file__).parent / "labeled-fields.json"

OTHER_WORDS, NO_FIELD = "other_words", "none"
"""Kinds of keys without a rule: synonyms that are not aliases, and keys without a field."""


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a rule: expected, found and correct results."""

    name: str
    labeled: int
    recalled: int
    found: int
    right: int

    @property
    def precision(self) -> float | None:
        """The precision, or None if nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The recall, or None if nothing was expected."""
        return self.recalled / self.labeled if self.labeled else None


@cache
def labeled_set() -> Mapping[str, Any]:
    """Load the labeled set: definitions, keys, values and texts."""
    labeled: Mapping[str, Any] = json.loads(_LABELED_SET.read_text(encoding="utf-8"))
    return labeled


def definitions() -> list[Definition]:
    """Return the definitions of the set."""
    return [_definition(number, each) for number, each in enumerate(labeled_set()["definitions"])]


def score_keys() -> list[Score]:
    """Score each matching rule, then the kinds of keys without a rule."""
    index = FieldIndex(definitions())
    rows = [(row, index.match(row["key"])) for row in labeled_set()["keys"]]
    kinds = [rule.value for rule in MatchRule if rule is not MatchRule.EXTRACTION]
    return [
        _score(
            kind,
            should=[
                match and match.definition.name == row["means"]
                for row, match in rows
                if row["kind"] == kind and row["means"]
            ],
            did=[
                match.definition.name == row["means"]
                for row, match in rows
                if match and match.rule == kind
            ],
        )
        for kind in (*kinds, OTHER_WORDS)
    ]


def keys_left_alone() -> tuple[int, int]:
    """Count the keys without a field that matched nothing, and all keys without a field."""
    index = FieldIndex(definitions())
    rows = [row for row in labeled_set()["keys"] if row["kind"] == NO_FIELD]
    return sum(index.match(row["key"]) is None for row in rows), len(rows)


def score_values() -> list[Score]:
    """Score the parsing of values for each type with several formats."""
    types = (VariableType.NUMBER, VariableType.BOOLEAN, VariableType.DATE, VariableType.SELECT)
    return [_score_type(variable_type) for variable_type in types]


def score_texts() -> Score:
    """Score the label extraction from free texts by field."""
    should, did = [], []
    for row in labeled_set()["texts"]:
        found, says = _read(row["text"], row["locale"]), row["says"]
        should += [name in found and _same(found[name], value) for name, value in says.items()]
        did += [name in says and _same(value, says[name]) for name, value in found.items()]
    return _score(MatchRule.EXTRACTION, should, did)


def _score(name: str, should: Sequence[object], did: Sequence[bool]) -> Score:
    return Score(name, len(should), sum(map(bool, should)), len(did), sum(did))


def _score_type(variable_type: VariableType) -> Score:
    named = {each.name: each for each in definitions()}
    of_type = {each.variable_type: each for each in named.values()}
    should, did = [], []
    for row in labeled_set()["values"]:
        kind, _, name = row["type"].partition(":")
        if kind != variable_type:
            continue
        definition = named[name] if name else of_type[variable_type]
        formatted = format_value(definition, row["value"], row["locale"])
        is_right = formatted.form is not Form.INVALID and _same(formatted.value, row["means"])
        if row["means"] is not None:
            should.append(is_right)
        if formatted.form is not Form.INVALID:
            did.append(is_right)
    return _score(variable_type, should, did)


def _read(text: str, locale: str) -> dict[str, JsonValue]:
    catalogue: Any = _Catalogue()
    accounts: Any = _OneAccount(locale)
    caller = Caller("acme", "a-key", datetime.now(UTC))
    sent = {"notes": text}
    processed = process_fields(
        catalogue, accounts, LabelExtractor(), caller, ContextType.CONTACT, sent
    )
    return {name: value for name, value in processed.values.items() if name not in sent}


def _same(one: JsonValue, other: JsonValue) -> bool:
    return type(one) is type(other) and one == other


def _definition(number: int, given: Mapping[str, Any]) -> Definition:
    return Definition(
        definition_id=number,
        slot=number,
        external_id=str(number),
        name=given["name"],
        display_name=given.get("display_name") or display_name(given["name"]),
        variable_type=VariableType(given["type"]),
        context_type=ContextType.CONTACT,
        select_options=tuple(given.get("options", ())) or None,
        aliases=tuple(given.get("aliases", ())),
    )


class _Catalogue:
    """The part of the port `Definitions` that `process_fields` uses."""

    def list(self, _account_id: str) -> list[Definition]:
        return definitions()

    def find_by_names(
        self, _account_id: str, _context_type: ContextType, names: Iterable[str]
    ) -> dict[str, Definition]:
        wanted = set(names)
        return {each.name: each for each in definitions() if each.name in wanted}


class _OneAccount:
    """The part of the port `Accounts` that `process_fields` uses."""

    def __init__(self, locale: str) -> None:
        self._locale = locale

    def find(self, account_id: str) -> Account:
        return Account(account_id, locale=self._locale)
