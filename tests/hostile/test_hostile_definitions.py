"""No request takes longer for the rules that the definitions of its account have."""

import json
import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from benchmarks.hostile import MAX_RATIO
from shared.domain.definitions import ContextType, DefinitionDraft, VariableType
from shared.services.variables.definitions import allocate_definitions
from shared.validation.linear_patterns import pattern_fault
from shared.validation.schema_syntax import schema_faults
from tests.api import Api
from tests.fixtures import Fixtures

DEFINITIONS = 200

AT_ONCE = 20
TRIES = 6

RANDOM = Random(11)
WINDOW = "".join(RANDOM.choices("aab", k=1600))
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WIDE = "".join(map(chr, range(0x4E00, 0x4E00 + 800)))

PATTERNS: dict[str, tuple[Callable[[int], str], str]] = {
    "a window": (lambda number: f".*a.{{190}}|{number}", WINDOW),
    "many alternatives": (lambda number: f"({'|'.join(LETTERS * 3)}|{number})*", WIDE),
    "classes": (lambda number: "".join(f"[^{each}]*" for each in LETTERS) + str(number), WIDE),
    "repetitions": (lambda number: f"(a?){{190}}|{number}", "a"),
    "repetitions of nothing": (lambda number: f"(a?){{99}}((){{199}}){{8}}|{number}", "a"),
    "what may be left out": (lambda number: f"{'a?' * 40}|{number}", "a" * 40),
    "loops in loops": (lambda number: f"{'(' * 19}a?b?c?{')*' * 19}|{number}", "abc" * 500),
}

SCHEMAS: dict[str, tuple[Callable[[int], Any], Any]] = {
    "steps": (lambda number: {"oneOf": [True, *[{"const": number}] * 240]}, -1),
    "an enum of numbers": (lambda number: {"enum": list(range(number, number + 1000))}, -1),
    "an enum of lists": (lambda number: {"enum": [[number, n] for n in range(500)]}, [1]),
    "many enums": (lambda number: {"allOf": [{"enum": [number, 1]}] * 200}, 1),
    "patterns": (lambda _: {"anyOf": [{"pattern": f"a?{n}"} for n in range(20)]}, "a"),
}


def seconds(
    fixtures: Fixtures, account: str, type_: str, value: Any, rule: Callable[[int], dict[str, Any]]
) -> float:
    """Return the CPU of a request that sets every variable of an account with many."""
    fixtures.account(account)
    fixtures.key(account * 4, account, permissions=("*",))
    fixtures.contact(7, account)
    drafts = [
        DefinitionDraft(
            name=f"n_{number}",
            display_name=f"n {number}",
            variable_type=VariableType(type_),
            context_type=ContextType.CONTACT,
            **rule(number),
        )
        for number in range(DEFINITIONS)
    ]
    for start in range(0, DEFINITIONS, AT_ONCE):
        some = drafts[start : start + AT_ONCE]
        made = allocate_definitions(fixtures.definitions, account, some, {})
        fixtures.definitions.add(account, made)
    document = {each.name: value for each in drafts}
    return min(sent(account * 4, document) for _ in range(TRIES))


def sent(key: str, document: dict[str, Any]) -> float:
    before = time.process_time()
    answer = Api(key).call("PATCH", "/v1/contacts/contact_7/variables", document)
    taken = time.process_time() - before
    assert answer.status in (200, 400)
    return taken


@pytest.mark.parametrize("family", PATTERNS)
def test_texts_with_patterns_cost_what_others_do(family: str, fixtures: Fixtures):
    pattern, text = PATTERNS[family]
    assert pattern_fault(pattern(1)) is None
    hostile = seconds(fixtures, "acme", "text", text, lambda number: {"pattern": pattern(number)})
    plain = seconds(fixtures, "globex", "text", text, lambda _: {})
    assert hostile / plain < MAX_RATIO


@pytest.mark.parametrize("family", SCHEMAS)
def test_values_with_schemas_cost_what_others_do(family: str, fixtures: Fixtures):
    schema, value = SCHEMAS[family]
    assert not list(schema_faults(schema(1)))

    def rule(number: int) -> dict[str, Any]:
        return {"json_schema": json.dumps(schema(number), separators=(",", ":"))}

    hostile = seconds(fixtures, "acme", "json", value, rule)
    plain = seconds(fixtures, "globex", "json", value, lambda _: {})
    assert hostile / plain < MAX_RATIO
