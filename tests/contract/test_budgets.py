"""Budgets of each endpoint: requests and capacity units of DynamoDB after the key lookup.

A cost above its budget fails. A cost below its budget passes, and the summary of the run prints
the new number for `BUDGETS`; `make bench` writes it to the docs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from benchmarks.catalogue import SCENARIOS
from benchmarks.client import TEMPLATE, Client
from benchmarks.recorder import Recorder, recording
from benchmarks.report.targets import (
    MAX_TARGET_READ_UNITS,
    MAX_TARGET_REQUESTS,
    MAX_TARGET_WRITE_UNITS,
)
from benchmarks.scenario import Cost, Scenario, measure
from benchmarks.scenarios.klen import TARGET_GROUP
from benchmarks.stage import Stage
from local.template import read_template
from shared.wiring import resolving
from tests.adapters import WiringMonkeyPatch
from tests.conftest import LOWER_COST
from tests.fixtures import Fixtures

Units = tuple[int, float, int]
"""Requests, read units and write units."""

NO_DIALECT = "docs"
"""The group of functions that send no request to DynamoDB."""

TRIGGERS = "triggers"
"""The group of functions without routes. `tests/triggers` tests their cost."""

BUDGETS: dict[str, dict[str, Units]] = {
    "klen": {
        "Set existing variables, of one page: 1 on a contact of 10": (2, 1, 1),
        "Set existing variables, of one page: 4 on a contact of 10": (2, 1, 1),
        "Set existing variables, of one page: 1 on a contact of 32": (2, 1, 2),
        "Set existing variables, of one page: 4 on a contact of 32": (2, 1, 2),
        "Set existing variables, of one page: 32 on a contact of 32": (2, 1, 2),
        "Set existing variables, of one page: 1 on a contact of 100": (2, 1, 2),
        "Set existing variables, of one page: 4 on a contact of 100": (2, 1, 2),
        "Set existing variables, of one page: 32 on a contact of 100": (2, 1, 2),
        "Set existing variables, of one page: 1 on a contact of 400": (2, 1, 2),
        "Set existing variables, of one page: 4 on a contact of 400": (2, 1, 2),
        "Set existing variables, of one page: 32 on a contact of 400": (2, 1, 2),
        "Set existing variables, spread over pages: 4 on a contact of 100": (2, 1, 16),
        "Set existing variables, spread over pages: 4 on a contact of 400": (2, 1, 18),
        "Set existing variables, spread over pages: 32 on a contact of 100": (2, 1, 14),
        "Set existing variables, spread over pages: 32 on a contact of 400": (2, 1, 50),
        "Set 4 existing variables on a contact of 32: 10 definitions": (2, 1, 2),
        "Set 4 existing variables on a contact of 32: 1,000 definitions": (2, 1, 2),
        "Set 4 existing variables on a contact of 32: a key with a limit": (2, 1, 2),
        "Set variables for the first time: 4 on the contact's page": (2, 1, 1),
        "Set variables for the first time: 4 on a new page": (3, 1, 5),
        "Set undefined variables on a contact of 32: 1": (3, 2, 13),
        "Set undefined variables on a contact of 32: 4": (3, 5, 31),
        "Set undefined variables on a contact of 32: 32": (3, 33, 201),
        "Set variables of the business: 4 existing of 32": (1, 0, 6),
        "List definitions: 10": (1, 1, 0),
        "List definitions: 1,000": (1, 73, 0),
        "Create a definition: one": (3, 1, 9),
        "Change a definition: one": (1, 0, 4),
        "Delete a definition: one": (1, 0, 8),
        "Get a contact: of 10 variables": (1, 1, 0),
        "Get a contact: of 32 variables": (1, 1, 0),
        "Get a contact: of 100 variables": (1, 2, 0),
        "Get a contact: of 400 variables": (1, 7, 0),
        "List contacts, the first page: of 10": (2, 1.5, 0),
        "List contacts, the first page: of 1,000": (2, 57, 0),
        "Create a contact: without variables": (2, 0, 14),
        "Create a contact: with 4 variables": (2, 0, 14),
        "Change a contact of 32: its stage": (2, 1, 2),
        "Change a contact of 32: its website": (2, 1, 2),
        "Change a contact of 32: its email": (2, 1, 7),
        "Change a contact of 32: 4 variables": (2, 1, 7),
    },
    "chatcaptain": {
        "List the variables of a contact: of 10": (4, 4, 0),
        "List the variables of a contact: of 32": (4, 4, 0),
        "List the variables of a contact: of 100": (4, 5, 0),
        "List the variables of a contact: of 400": (4, 10, 0),
        "Get a variable of a contact: of 10": (4, 4, 0),
        "Get a variable of a contact: of 32": (4, 4, 0),
        "Get a variable of a contact: of 100": (4, 4, 0),
        "Get a variable of a contact: of 400": (4, 4, 0),
        "Get a variable of a contact: 9 KB, of 32": (5, 5, 0),
        "Get a variable of a contact: 100 KB, of 32": (5, 13, 0),
        "Get a variable of a contact: 900 KB, of 32": (5, 82, 0),
        "Set a variable of a contact: existing, of 10": (4, 3, 1),
        "Set a variable of a contact: existing, of 32": (4, 3, 2),
        "Set a variable of a contact: existing, of 100": (4, 3, 2),
        "Set a variable of a contact: existing, of 400": (4, 3, 2),
        "Set a variable of a contact: first value on a page": (5, 3, 5),
        "Set a variable of a contact: 9 KB, first": (7, 4, 7),
        "Set a variable of a contact: 9 KB, again": (7, 4, 7),
        "Set a variable of a contact: 100 KB, first": (7, 4, 38),
        "Set a variable of a contact: 100 KB, again": (7, 4, 38),
        "Set a variable of a contact: 900 KB, first": (9, 4, 306),
        "Set a variable of a contact: 900 KB, again": (9, 4, 306),
        "Set a variable of a contact: small, over 100 KB": (4, 3, 2),
        "Remove all variables of a contact: of 10": (6, 5, 1),
        "Remove all variables of a contact: of 32": (6, 5, 2),
        "Remove all variables of a contact: of 100": (6, 6, 14),
        "Remove all variables of a contact: of 400": (6, 11, 52),
        "Remove all variables of a contact: of 32, one of 100 KB": (6, 5, 2),
        "List the variables of a conversation: of 4": (4, 4, 0),
        "List the variables of a conversation: of 32": (4, 4, 0),
        "List the variables of a conversation: of 100": (4, 5, 0),
        "Get a variable of a conversation: of 4": (4, 4, 0),
        "Get a variable of a conversation: of 32": (4, 4, 0),
        "Get a variable of a conversation: of 100": (4, 4, 0),
        "Set a variable of a conversation: existing, of 4": (4, 3, 1),
        "Set a variable of a conversation: existing, of 32": (4, 3, 2),
        "Set a variable of a conversation: existing, of 100": (4, 3, 2),
        "Set a variable of a conversation: first value": (5, 3, 5),
        "Remove all variables of a conversation: of 4": (6, 5, 1),
        "Remove all variables of a conversation: of 32": (6, 5, 2),
        "Remove all variables of a conversation: of 100": (6, 6, 14),
        "List variables: 10": (2, 2, 0),
        "List variables: 1,000": (2, 74, 0),
        "Create a variable: one": (4, 2, 9),
        "Change a variable: its label": (2, 1, 4),
        "Change a variable: its name": (3, 2, 12),
        "Delete a variable: one": (2, 1, 8),
        "Get a contact: of 10 variables": (4, 4, 0),
        "Get a contact: of 32 variables": (4, 4, 0),
        "Get a contact: of 100 variables": (4, 5, 0),
        "Get a contact: of 400 variables": (4, 10, 0),
        "List contacts: of 10": (4, 12.5, 0),
        "List contacts: of 1,000, a page of 250": (6, 308, 0),
        "List contacts: of 1,000, a page of 10": (4, 68, 0),
        "Search contacts: 10 of 10 found": (4, 12.5, 0),
        "Search contacts: 1,000 of 1,000 found, a page of 250": (6, 308, 0),
        "Search contacts: 1 of 1,000 found": (4, 59, 0),
        "Search contacts: 10 of 11 found, one hidden": (6, 14.5, 0),
        "List public apps: none": (0, 0, 0),
        "Create a contact: one": (3, 1, 14),
        "Change a contact of 32: its avatar": (5, 4, 2),
        "Change a contact of 32: its email": (5, 4, 7),
        "Change a contact of 32: 4 variables": (5, 4, 7),
        "Change a contact of 32: 4 undefined variables": (8, 9, 32),
        "Delete a contact: of 32 variables": (10, 9, 15),
        "Delete a contact: of 400 variables": (10, 15, 63),
        "Delete a contact: of 32 variables, with a conversation of 4": (16, 13, 20),
        "Delete a contact: of 32 variables, with 10 conversations of 4": (70, 49, 65),
    },
    "setter": {
        "Change a contact of 32: its last name, found by id": (3, 2, 2),
        "Change a contact of 32: its last name, found by WhatsApp id": (4, 3, 2),
        "Change a contact of 32: its last name, found by SMS number": (4, 3, 2),
        "Change a contact of 32: its email": (4, 3, 7),
        "Change a contact of 32: its phone number": (4, 3, 7),
        "Change a contact of 32: 1 variable": (4, 3, 7),
        "Change a contact of 32: 4 variables": (4, 3, 7),
        "Change a contact of 32: 32 variables": (4, 3, 7),
        "Change a contact of 32: 4 undefined variables": (7, 8, 32),
        "Change 4 variables of a contact: of 100": (4, 4, 7),
        "Change 4 variables of a contact: of 400": (4, 9, 7),
        "Take a message to a number that nobody has: without variables": (6, 4, 24),
        "Take a message to a number that nobody has: with 4 variables": (6, 4, 24),
        "Take a message to a number that nobody has: with 4 undefined variables": (8, 8, 53),
        "Take a message to a contact of 32: found by WhatsApp id": (4, 3, 5),
        "Take a message to a contact of 32: found by phone number": (6, 5, 9),
        "Take a message to a contact of 32: with 4 variables": (4, 3, 9),
    },
    "vambe": {
        "Set custom fields by the names of existing ones: 1 on a contact of 10": (3, 2, 1),
        "Set custom fields by the names of existing ones: 4 on a contact of 10": (3, 2, 1),
        "Set custom fields by the names of existing ones: 1 on a contact of 32": (3, 2, 2),
        "Set custom fields by the names of existing ones: 4 on a contact of 32": (3, 2, 2),
        "Set custom fields by the names of existing ones: 32 on a contact of 32": (3, 2, 2),
        "Set custom fields by the names of existing ones: 1 on a contact of 100": (3, 2, 2),
        "Set custom fields by the names of existing ones: 4 on a contact of 100": (3, 2, 2),
        "Set custom fields by the names of existing ones: 32 on a contact of 100": (3, 2, 2),
        "Set custom fields by the names of existing ones: 1 on a contact of 400": (3, 2, 2),
        "Set custom fields by the names of existing ones: 4 on a contact of 400": (3, 2, 2),
        "Set custom fields by the names of existing ones: 32 on a contact of 400": (3, 2, 2),
        "Set 4 custom fields of a contact of 32: by name, 32 definitions": (3, 2, 2),
        "Set 4 custom fields of a contact of 32: by name, 1,000 definitions": (3, 2, 2),
        "Set 4 custom fields of a contact of 32: by name, in another case": (3, 2, 2),
        "Set a custom field that has to be looked for: by display name, 32 definitions": (5, 6, 2),
        "Set a custom field that has to be looked for: misspelled, 32 definitions": (5, 6, 2),
        "Set a custom field that has to be looked for: by display name, 1,000 definitions": (
            5,
            76,
            2,
        ),
        "Set a custom field that has to be looked for: misspelled, 1,000 definitions": (5, 76, 2),
        "Set a custom field to a written number: by name": (4, 3, 2),
        "Set a free text: that fills a field, 32 definitions": (7, 7, 17),
        "Set a free text: that fills a field, 1,000 definitions": (7, 77, 17),
        "Set new custom fields of a contact of 32: 4, 32 definitions": (6, 9, 31),
        "Set new custom fields of a contact of 32: 4, 1,000 definitions": (6, 79, 31),
        "Set new custom fields of a contact of 32: 32": (6, 37, 201),
        "Set new custom fields of a contact of 32: 100": (10, 105, 625),
        "Set new custom fields of a contact of 32: 1,000": (47, 1005, 6193),
        "Set a large custom field of a contact of 32: 9 KB, first": (6, 3, 7),
        "Set a large custom field of a contact of 32: 9 KB, again": (6, 3, 7),
        "Set a large custom field of a contact of 32: 100 KB, first": (6, 3, 38),
        "Set a large custom field of a contact of 32: 100 KB, again": (6, 3, 38),
        "Set a large custom field of a contact of 32: 900 KB, first": (8, 3, 306),
        "Set a large custom field of a contact of 32: 900 KB, again": (8, 3, 306),
        "Set custom fields of a webchat contact: 4 of 32": (3, 2, 2),
        "Set 4 of 32 custom fields of a ticket: by its id": (3, 2, 2),
        "Set 4 of 32 custom fields of a ticket: by its contact's id": (4, 3, 2),
        "Set 4 of 32 custom fields of a ticket: by its contact's number": (4, 3, 2),
        "Get a contact: of 10 fields": (4, 4, 0),
        "Get a contact: of 32 fields": (4, 4, 0),
        "Get a contact: of 100 fields": (4, 5, 0),
        "Get a contact: of 400 fields": (4, 10, 0),
        "Get a contact: of 32 fields, with 10 conversations": (4, 4, 0),
        "List conversations of a contact: of 1": (3, 3, 0),
        "List conversations of a contact: of 100": (3, 6, 0),
        "List contacts: of 10": (2, 1.5, 0),
        "List contacts: of 10, by a custom field": (3, 11.5, 0),
        "List contacts: of 1,000": (2, 57, 0),
        "List contacts: of 1,000, by a custom field": (12, 1057, 0),
        "Search contacts: of 10": (2, 1.5, 0),
        "Search contacts: of 1,000": (2, 57, 0),
        "List tags: 10": (1, 1, 0),
        "List tags: 1,000": (1, 28, 0),
        "Replace the tags of a contact: by 2": (5, 5, 2),
        "Replace the tags of a contact: by 50": (5, 53, 4),
        "Add tags to a contact: 2 existing": (6, 7, 2),
        "Add tags to a contact: 2 new": (8, 7, 11),
        "Add tags to a contact: 10 new": (8, 23, 43),
        "Create a customer: by number": (4, 2, 18),
        "Create a customer: by user id": (3, 1, 14),
        "Create a customer: by number, with 4 fields": (4, 2, 18),
        "Change a customer: by number": (3, 2, 2),
        "Change a customer: by user id": (3, 2, 2),
        "Change a customer: by number, with 4 of 32 fields": (3, 2, 7),
        "List messages of a contact: none": (2, 2, 0),
        "Create a webhook: the eleventh": (2, 2, 1),
        "List webhooks: 10": (1, 2, 0),
        "List the topics of webhooks: all": (0, 0, 0),
        "Get a webhook: one": (1, 1, 0),
        "Change a webhook: one": (2, 1, 1),
        "Delete a webhook: one": (2, 1, 1),
    },
    "native": {
        "List contacts: 50 of 100": (1, 3, 0),
        "List contacts: 50 of 10,000": (1, 3, 0),
        "Create a contact: without variables": (2, 0, 12),
        "Create a contact: with 4 variables": (2, 0, 12),
        "Create a contact: once": (3, 1, 14),
        "Find a contact: by phone": (2, 2, 0),
        "Upsert a contact: new": (3, 1, 16),
        "Upsert a contact: known, 4 variables of 32": (3, 2, 2),
        "Upsert a contact: known, a field and 4 variables of 32": (3, 2, 7),
        "Upsert a batch of new contacts: 1, 1 variables each": (3, 1, 14),
        "Upsert a batch of new contacts: 1, 32 variables each": (3, 1, 16),
        "Upsert a batch of new contacts: 10, 1 variables each": (30, 10, 140),
        "Upsert a batch of new contacts: 10, 32 variables each": (30, 10, 160),
        "Change a contact: a field": (2, 1, 2),
        "Change a contact: a field, once": (3, 2, 5),
        "Change a contact: its e-mail address": (2, 1, 7),
        "Merge two contacts: 32 variables each": (6, 5, 34),
        "Delete a contact: of 32 variables": (8, 7, 15),
        "List tags: 50 of 100": (1, 2, 0),
        "Add a tag to a contact: one of the account": (6, 5, 2),
        "Add a tag to a contact: new": (8, 5, 7),
        "Remove a tag from a contact: one": (2, 1, 2),
        "Create a conversation: one": (2, 1, 6),
        "Get a conversation: of 32 variables": (2, 2, 0),
        "List conversations of a contact: 1": (2, 2, 0),
        "List variables of a conversation: 32": (4, 4, 0),
        "Set variables of a conversation: 4 of 32": (3, 2, 2),
        "Delete a conversation: of 32 variables": (8, 6, 6),
        "Get a contact: its fields": (1, 1, 0),
        "List variables of a contact: 32": (2, 2, 0),
        "List variables of a contact: 32, and unset ones": (3, 5, 0),
        "Get a variable of a contact: of 32": (3, 3, 0),
        "Set a variable of a contact: of 32": (2, 1, 2),
        "Set a variable of a contact: of 32, by its entity tag": (3, 2, 4),
        "Remove a value of a contact: of 32": (3, 2, 2),
        "Set variables of a contact: 4 of 32": (2, 1, 2),
        "Set variables of a contact: 4 of 32, once": (3, 2, 8),
        "Set variables of a contact: 4 of 32, by the entity tag of the set": (3, 2, 4),
        "Apply an operation to a contact: 1 of 32": (3, 2, 4),
        "Apply an operation to a contact: 1 of 32, once": (4, 3, 6),
        "Set a variable of the business: of 32": (1, 0, 6),
        "Remove a value of the business: of 32": (2, 1, 6),
        "Set variables of the business: 4 of 32": (1, 0, 6),
        "Apply an operation to the business: 1 of 32": (2, 1, 6),
        "List suggestions: 1": (4, 3.5, 0),
        "Accept a suggestion: one": (5, 4, 8),
        "Reject a suggestion: one": (4, 3, 1),
        "List variables of the business: 32": (2, 2, 0),
        "Get a variable of the business: of 32": (2, 2, 0),
        "List the activity of a contact: 50 of 100 changes": (3, 9, 0),
        "Create a webhook: the first": (2, 1, 1),
        "Create a webhook: the last of 50": (2, 7, 1),
        "List webhooks: 50": (1, 7, 0),
        "Get a webhook: one": (1, 1, 0),
        "Change a webhook: one": (2, 1, 1),
        "Delete a webhook: one": (2, 1, 1),
        "Give a webhook a new secret: one": (2, 1, 1),
        "Try a webhook: one": (2, 1, 1),
        "Send a delivery again: one": (3, 2, 1),
        "Send all failed deliveries again: 1 of 100": (3, 12, 1),
        "Create an import: one": (2, 1, 4),
        "List imports: 10": (1, 2, 0),
        "Get an import: one": (1, 1, 0),
        "Get row errors of an import: one": (1, 1, 0),
        "Get a template for imports: 100 definitions": (1, 8, 0),
        "Cancel an import: one": (4, 3, 1),
        "List deliveries to a webhook: 50 of 100": (2, 7, 0),
        "Create an API key: beside 21": (4, 23, 8),
        "Create an API key: beside 21, once": (5, 24, 10),
        "List API keys: 21": (3, 43, 0),
        "Get an API key: of 21": (3, 3, 0),
        "Rotate an API key: of 21": (6, 25, 10),
        "Revoke an API key: of 21": (3, 2, 1),
        "Get the account: 21 keys, 10 webhooks": (6, 31, 0),
        "Create an agent: of 20 variables": (2, 6, 8),
        "Create an agent: of a purpose of 20 variables": (3, 8, 6),
        "List agents: 10 of 20 variables": (1, 6, 0),
        "Get an agent: of 20 variables": (1, 1, 0),
        "Change an agent: its voice": (2, 1, 8),
        "Delete an agent: one": (3, 2, 8),
        "Resolve variables: 20 by phone": (2, 2, 0),
        "Resolve variables: 200 by phone": (2, 5, 0),
        "Resolve variables: 200 by phone, 20 of the business": (3, 6, 0),
        "Resolve variables: 200 of a purpose by phone": (2, 5, 0),
        "Resolve variables: 20 of a call": (3, 2, 1),
        "Resolve variables: 200 of a call": (3, 5, 2),
        "Resolve variables: 20 of a call by an unknown caller": (5, 2, 15),
        "Resolve variables without a body: 200 by id": (1, 4, 0),
        "Resolve variables of several callers: 20 of 10 callers": (20, 20, 0),
        "Create a hook: one": (3, 2, 8),
        "List hooks: one": (1, 1, 0),
        "Get a hook: one": (1, 1, 0),
        "Give a hook a new token: one": (3, 2, 1),
        "Test a hook: of 20 variables": (3, 3, 0),
        "Delete a hook: one": (2, 1, 1),
        "Get a call: of 20 variables": (2, 2, 0),
        "Raise the assurance of a call: of 20 variables": (5, 4, 1),
        "Say why a call had a value: of 100 changes": (5, 11, 0),
        "Create a definition: one": (3, 1, 9),
        "List definitions: 10": (1, 1, 0),
        "List definitions: 50 of 1,000": (1, 4, 0),
        "List unknown names: 50, 100 definitions": (2, 10, 0),
        "Get a definition: one": (0, 0, 0),
        "Change a definition: one": (1, 0, 4),
        "Change a definition: its name": (2, 1, 12),
        "Delete a definition: one": (1, 0, 8),
        "Archive a definition: one": (1, 0, 6),
        "Restore a definition: one": (1, 0, 6),
    },
    "hooks": {
        "Answer a call: 20 variables": (3, 4, 0),
        "Answer a call: 200 variables": (3, 7, 0),
        "Answer a call: 200 variables, with an id": (4, 7, 2),
        "Run a tool: look 20 variables up": (4, 5, 0),
        "Run a tool: set a variable": (6, 6, 8),
    },
}
"""Dialect and scenario to requests, read units and write units."""


@pytest.fixture
def recorder(
    engine_world: Fixtures, everything: Fixtures, monkeypatch: WiringMonkeyPatch
) -> Iterator[Recorder]:
    """Record the calls of all new clients, which are those of the handlers."""
    # A busy machine would send reads a second time.
    monkeypatch.setattr(resolving, "SECOND_AFTER_SECONDS", 60)
    with recording(engine_world.client, engine_world.table_name) as recorder:
        yield recorder


@pytest.mark.slow
@pytest.mark.parametrize("dialect", BUDGETS)
def test_no_endpoint_leaves_its_budget(
    dialect: str,
    engine_world: Fixtures,
    recorder: Recorder,
    record_property: Callable[[str, object], None],
) -> None:
    client = Client(read_template(TEMPLATE))
    scenarios = [scenario for scenario in SCENARIOS if scenario.dialect == dialect]

    costs = _measure(scenarios, client, engine_world, recorder)

    measured = {scenario.name: _units(cost.after_key) for scenario, cost in costs.items()}
    for line in lower_costs(measured, BUDGETS[dialect]):
        record_property(LOWER_COST, f"{dialect}: {line}")
    assert measured.keys() == BUDGETS[dialect].keys()
    assert not higher_costs(measured, BUDGETS[dialect])
    assert client.called == {name for name, known in dialects().items() if known == dialect}


@pytest.mark.parametrize("cost", [(3, 5, 2), (2, 5.5, 2), (2, 5, 3), (1, 1, 3)])
def test_a_cost_with_one_number_above_its_budget_is_higher(cost: Units) -> None:
    found = higher_costs({"Set": cost}, {"Set": (2, 5, 2)})
    assert found == [f"'Set': (2, 5, 2) allowed, {cost} measured"]
    assert lower_costs({"Set": cost}, {"Set": (2, 5, 2)}) == []


@pytest.mark.parametrize("cost", [(1, 5, 2), (2, 4.5, 2), (2, 5, 1)])
def test_a_cost_below_its_budget_is_printed_as_the_new_number(cost: Units) -> None:
    found = lower_costs({"Set": cost}, {"Set": (2, 5, 2)})
    assert found == [f"'Set': {cost}, instead of (2, 5, 2)"]
    assert higher_costs({"Set": cost}, {"Set": (2, 5, 2)}) == []


def test_a_cost_of_its_budget_is_neither() -> None:
    assert lower_costs({"Set": (2, 5, 2)}, {"Set": (2, 5, 2)}) == []
    assert higher_costs({"Set": (2, 5, 2)}, {"Set": (2, 5, 2)}) == []


def test_every_dialect_has_budgets() -> None:
    assert BUDGETS.keys() == {*dialects().values()} - {NO_DIALECT, TRIGGERS}


def test_set_of_four_meets_the_target_however_many_definitions_there_are() -> None:
    budgets = BUDGETS["klen"]
    found = {budget for name, budget in budgets.items() if name.startswith(f"{TARGET_GROUP}:")}

    assert len(found) == 1
    ((requests, read_units, write_units),) = found
    assert requests <= MAX_TARGET_REQUESTS
    assert read_units <= MAX_TARGET_READ_UNITS
    assert write_units <= MAX_TARGET_WRITE_UNITS


def test_key_and_head_cost_two_reads_and_the_limit_one_write(
    engine_world: Fixtures, recorder: Recorder
) -> None:
    has_limit = next(each for each in SCENARIOS if each.requests_per_minute)
    has_none = next(each for each in SCENARIOS if each.requests_per_minute is None)

    client = Client(read_template(TEMPLATE))

    costs = _measure([has_limit, has_none], client, engine_world, recorder)

    limited, unlimited = costs[has_limit].for_key, costs[has_none].for_key
    assert unlimited.operations == ("BatchGetItem",)
    assert _units(unlimited) == (1, 2, 0)
    assert limited.operations == ("BatchGetItem", "UpdateItem")
    assert _units(limited) == (2, 2, 1)


def higher_costs(measured: Mapping[str, Units], budgets: Mapping[str, Units]) -> list[str]:
    """Describe the scenarios that exceed their budget in at least one number."""
    return [
        f"{name!r}: {budgets[name]} allowed, {cost} measured"
        for name, cost in measured.items()
        if name in budgets and _is_above(cost, budgets[name])
    ]


def lower_costs(measured: Mapping[str, Units], budgets: Mapping[str, Units]) -> list[str]:
    """Describe the scenarios whose budget can be lowered to what they cost now."""
    return [
        f"{name!r}: {cost}, instead of {budgets[name]}"
        for name, cost in measured.items()
        if name in budgets and cost != budgets[name] and not _is_above(cost, budgets[name])
    ]


def _is_above(cost: Units, budget: Units) -> bool:
    return any(part > limit for part, limit in zip(cost, budget, strict=True))


def dialects() -> dict[str, str]:
    """Return the dialects of all functions."""
    functions = read_template(TEMPLATE).functions
    return {name: each.code_folder.parent.name for name, each in functions.items()}


def _measure(
    scenarios: Sequence[Scenario], client: Client, fixtures: Fixtures, recorder: Recorder
) -> dict[Scenario, Cost]:
    return {
        scenario: measure(scenario, _stage(fixtures, SCENARIOS.index(scenario)), client, recorder)
        for scenario in scenarios
    }


def _stage(fixtures: Fixtures, number: int) -> Stage:
    return Stage(fixtures.client, fixtures.table_name, f"account-{number:03d}")


def _units(cost: Cost) -> Units:
    return len(cost.requests), cost.read_units, cost.write_units
