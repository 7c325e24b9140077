"""What each endpoint may ask of DynamoDB after the key is known: neither more nor less than this.

A change that costs more fails here; one that costs less earns a new number, also by `make bench`.
"""

from collections.abc import Iterator, Sequence

import pytest

from benchmarks.client import TEMPLATE, Client
from benchmarks.recorder import Recorder, recording
from benchmarks.report import (
    MAX_TARGET_READ_UNITS,
    MAX_TARGET_REQUESTS,
    MAX_TARGET_WRITE_UNITS,
)
from benchmarks.scenarios import SCENARIOS, TARGET_GROUP, Cost, Scenario, measure
from benchmarks.stage import Stage
from local.template import read_template
from tests.world import World

BUDGETS = {
    "Set existing variables, of one page: 1 on a contact of 10": (2, 2, 1),
    "Set existing variables, of one page: 4 on a contact of 10": (2, 5, 1),
    "Set existing variables, of one page: 1 on a contact of 32": (2, 2, 2),
    "Set existing variables, of one page: 4 on a contact of 32": (2, 5, 2),
    "Set existing variables, of one page: 32 on a contact of 32": (2, 33, 2),
    "Set existing variables, of one page: 1 on a contact of 100": (2, 2, 2),
    "Set existing variables, of one page: 4 on a contact of 100": (2, 5, 2),
    "Set existing variables, of one page: 32 on a contact of 100": (2, 33, 2),
    "Set existing variables, of one page: 1 on a contact of 400": (2, 2, 2),
    "Set existing variables, of one page: 4 on a contact of 400": (2, 5, 2),
    "Set existing variables, of one page: 32 on a contact of 400": (2, 33, 2),
    "Set existing variables, spread over pages: 4 on a contact of 100": (2, 5, 16),
    "Set existing variables, spread over pages: 4 on a contact of 400": (2, 5, 18),
    "Set existing variables, spread over pages: 32 on a contact of 100": (2, 33, 14),
    "Set existing variables, spread over pages: 32 on a contact of 400": (2, 33, 50),
    "Set 4 existing variables on a contact of 32: 10 definitions": (2, 5, 2),
    "Set 4 existing variables on a contact of 32: 1,000 definitions": (2, 5, 2),
    "Set 4 existing variables on a contact of 32: a key with a limit": (2, 5, 2),
    "Set variables for the first time: 4 on the contact's page": (2, 5, 1),
    "Set variables for the first time: 4 on a new page": (3, 5, 5),
    "Set undefined variables on a contact of 32: 1": (3, 2, 11),
    "Set undefined variables on a contact of 32: 4": (3, 5, 29),
    "Set undefined variables on a contact of 32: 32": (3, 33, 199),
    "Set variables of the business: 4 existing of 32": (2, 4, 2),
    "List definitions: 10": (1, 1, 0),
    "List definitions: 1,000": (1, 71, 0),
    "Create a definition: one": (3, 1, 7),
    "Change a definition: one": (3, 2, 1),
    "Delete a definition: one": (3, 2, 6),
    "Get a contact: of 10 variables": (2, 2, 0),
    "Get a contact: of 32 variables": (2, 2, 0),
    "Get a contact: of 100 variables": (2, 3, 0),
    "Get a contact: of 400 variables": (2, 7, 0),
    "List contacts, the first page: of 10": (1, 1, 0),
    "List contacts, the first page: of 1,000": (1, 56.5, 0),
    "Create a contact: without variables": (2, 0, 14),
    "Create a contact: with 4 variables": (3, 4, 14),
    "Change a contact of 32: its stage": (2, 1, 2),
    "Change a contact of 32: its website": (2, 1, 2),
    "Change a contact of 32: its email": (2, 1, 7),
    "Change a contact of 32: 4 variables": (3, 5, 7),
}
"""Scenario to requests, read units and write units."""


@pytest.fixture
def recorder(engine_world: World) -> Iterator[Recorder]:
    """Hears every client that is made from now on, which are those of the handlers."""
    with recording(engine_world.client, engine_world.table_name) as recorder:
        yield recorder


def test_no_endpoint_leaves_its_budget(engine_world: World, recorder: Recorder) -> None:
    costs = _measure(SCENARIOS, engine_world, recorder)

    measured = {scenario.name: _units(cost.after_key) for scenario, cost in costs.items()}
    assert measured == BUDGETS


def test_set_of_four_meets_the_target_however_many_definitions_there_are() -> None:
    found = {budget for name, budget in BUDGETS.items() if name.startswith(f"{TARGET_GROUP}:")}

    assert len(found) == 1
    ((requests, read_units, write_units),) = found
    assert requests <= MAX_TARGET_REQUESTS
    assert read_units <= MAX_TARGET_READ_UNITS
    assert write_units <= MAX_TARGET_WRITE_UNITS


def test_key_costs_one_read_and_its_limit_one_write(
    engine_world: World, recorder: Recorder
) -> None:
    has_limit = next(each for each in SCENARIOS if each.requests_per_minute)
    has_none = next(each for each in SCENARIOS if each.requests_per_minute is None)

    costs = _measure([has_limit, has_none], engine_world, recorder)

    limited, unlimited = costs[has_limit].for_key, costs[has_none].for_key
    assert unlimited.operations == ("GetItem",)
    assert _units(unlimited) == (1, 1, 0)
    assert limited.operations == ("GetItem", "UpdateItem")
    assert _units(limited) == (2, 1, 1)


def _measure(
    scenarios: Sequence[Scenario], world: World, recorder: Recorder
) -> dict[Scenario, Cost]:
    client = Client(read_template(TEMPLATE))
    return {
        scenario: measure(scenario, _stage(world, SCENARIOS.index(scenario)), client, recorder)
        for scenario in scenarios
    }


def _stage(world: World, number: int) -> Stage:
    return Stage(world.client, world.table_name, f"account-{number:03d}")


def _units(cost: Cost) -> tuple[int, float, int]:
    return len(cost.requests), cost.read_units, cost.write_units
