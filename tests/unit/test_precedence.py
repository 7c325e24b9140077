"""The condition of a write on the sources of the values that it replaces."""

import re

import pytest

from shared.domain.accounts import Attribution
from shared.domain.definitions import VariableType
from shared.domain.sources import DEFAULT_PRECEDENCE, LAST_WRITE_WINS, Precedence, Source
from shared.domain.values import Assignment, Subject
from shared.table.page_writes import single_page_update
from shared.table.precedence import MAX_BYTES, MAX_OPERATORS, PrecedenceCondition
from tests.fixtures import LONG_AGO

SCATTERED = ((Source.HUMAN,), (Source.IMPORT,), (Source.API,), (Source.AI,))
"""The ranges of the sources above `api` are not beside each other."""

OPERATOR = re.compile(r"\b(?:NOT|AND|OR|BETWEEN)\b|[=<>]+|\w+\(")


def assignment(slot: int, precedence: Precedence, stale_after: int | None = None) -> Assignment:
    return Assignment(
        *(slot, f"variable_{slot}", VariableType.TEXT, "x"),
        precedence=precedence,
        stale_after_seconds=stale_after,
    )


def by(source: Source) -> Attribution:
    return Attribution(LONG_AGO, value_source=source)


@pytest.mark.parametrize(
    ("precedence", "source"),
    [
        (LAST_WRITE_WINS, Source.AI),
        (DEFAULT_PRECEDENCE, Source.HUMAN),
        (DEFAULT_PRECEDENCE, Source.SYSTEM),
    ],
)
def test_a_write_that_replaces_everything_has_no_condition(precedence, source: Source):
    condition = PrecedenceCondition.of([assignment(0, precedence)], by(source))
    assert (condition.text, condition.values) == ("", {})


def test_neighboring_sources_are_one_range():
    condition = PrecedenceCondition.of([assignment(0, DEFAULT_PRECEDENCE)], by(Source.AI))
    assert condition.text == " AND NOT #s0[2] BETWEEN :from_a AND :to_u"


def test_a_weaker_source_of_one_value_has_its_own_condition():
    weaker = Assignment(
        *(0, "mood", VariableType.TEXT, "x"), precedence=DEFAULT_PRECEDENCE, source=Source.AI
    )
    condition = PrecedenceCondition.of([weaker], by(Source.HUMAN))
    assert condition.text == " AND NOT #s0[2] BETWEEN :from_a AND :to_u"


@pytest.mark.parametrize("first_slot", [0, 99_968])
@pytest.mark.parametrize("stale_after", [None, 3600])
@pytest.mark.parametrize("precedence", [DEFAULT_PRECEDENCE, SCATTERED])
@pytest.mark.parametrize("source", Source)
def test_an_expression_never_exceeds_its_limits(
    first_slot: int, stale_after: int | None, precedence: Precedence, source: Source
):
    assignments = [
        assignment(slot, precedence, stale_after) for slot in range(first_slot, first_slot + 32)
    ]
    write = single_page_update("acme", Subject.contact(1), assignments, by(source))
    if write is None:
        assert PrecedenceCondition.of(assignments, by(source)).is_too_large
        return
    condition = write["Update"]["ConditionExpression"]
    assert len(condition.encode()) <= MAX_BYTES
    assert len(OPERATOR.findall(condition)) <= MAX_OPERATORS
