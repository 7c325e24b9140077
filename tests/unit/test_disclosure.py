"""Orders of sensitivity and assurance, and the audience that nearly every definition has."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from shared.domain.accounts import WHOLE_ACCOUNT
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.domain.disclosure import EVERY_PURPOSE, Assurance, Purpose, Sensitivity

LEVEL = Definition(
    definition_id=1,
    slot=0,
    external_id="x",
    name="level",
    display_name="Level",
    variable_type=VariableType.TEXT,
    context_type=ContextType.CONTACT,
)


def test_a_clearance_allows_itself_and_what_is_less_sensitive():
    allowed = {pair for pair in product(Sensitivity, repeat=2) if pair[0].allows(pair[1])}
    public, personal, sensitive = Sensitivity
    assert allowed == {
        *((public, public), (personal, public), (personal, personal)),
        *((sensitive, public), (sensitive, personal), (sensitive, sensitive)),
    }


def test_assurance_rises_in_its_order():
    assert [each.rank for each in Assurance] == [0, 1, 2, 3, 4]


def test_a_definition_without_limits_is_for_the_whole_account():
    assert LEVEL.audience is WHOLE_ACCOUNT
    assert replace(LEVEL, purposes=frozenset(set(Purpose))).audience == WHOLE_ACCOUNT


@pytest.mark.parametrize(
    "limit",
    [
        {"owner": "ann"},
        {"team": 0},
        {"sensitivity": Sensitivity.PERSONAL},
        {"purposes": EVERY_PURPOSE - {Purpose.PROMPT}},
        {"archived": True},
        {"expires_after_seconds": 60},
    ],
    ids=lambda limit: next(iter(limit)),
)
def test_every_limit_of_a_definition_is_in_its_audience(limit: dict[str, Any]):
    audience = replace(LEVEL, **limit).audience
    assert audience != WHOLE_ACCOUNT
    assert {name: getattr(audience, name) for name in limit} == limit
