"""Send hostile bodies to the demo data, by the example event of each endpoint.

An example event names what exists in the demo data, so a body that is put into it gets past the
lookups of the path. `tests/contract/test_events.py` requires that for every endpoint.
"""

import asyncio
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.adapters import clear_adapters
from benchmarks.client import TEMPLATE, Client
from benchmarks.examples import ACCOUNT, Examples, complete_demo
from benchmarks.hostile import Endpoint
from benchmarks.snapshot import Snapshot
from benchmarks.stage import Stage
from local.functions import LoadedFunction, load_functions
from local.seed import load_file
from local.template import Template, read_template
from shared.table.definitions import DefinitionTable
from shared.table.dynamo import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

DEMO_SEED = Path(__file__).parent.parent / "local" / "demo-seed.json"
EVENTS = Path(__file__).parent.parent / "events"
NEAR_EQUAL_DEFINITIONS = 100

_NEW_DEFINITIONS = 10
_FUNCTION_LIMIT = 500


@dataclass(frozen=True)
class Target:
    """An endpoint as its example event calls it; a request has another body each time."""

    endpoint: Endpoint
    """The endpoint, with an example body whose ids exist."""

    _event: Mapping[str, Any]
    _function: LoadedFunction

    def send(self, body: bytes) -> dict[str, Any]:
        """Return the response to a body."""
        return self._answer(self._event_of(body))

    def seconds(self, body: bytes) -> float:
        """Return the CPU seconds of the response to a body.

        Raises:
            ValueError: The function fails.
        """
        event = self._event_of(body)
        start = time.process_time()
        answer = self._answer(event)
        seconds = time.process_time() - start
        if answer["statusCode"] >= _FUNCTION_LIMIT:
            name = self.endpoint.name
            raise ValueError(f"{name} answers {answer['statusCode']}: {body[:200]!r}")
        return seconds

    def _answer(self, event: dict[str, Any]) -> dict[str, Any]:
        answer: Any = asyncio.run(self._function.invoke(event))
        return dict(answer)

    def _event_of(self, body: bytes) -> dict[str, Any]:
        # Deadlines count from the time of the request.
        context = {**self._event["requestContext"], "timeEpoch": time.time_ns() // 1_000_000}
        return {**self._event, "requestContext": context, "body": body.decode()}


class Targets:
    """The endpoints of a template, called by their example events."""

    def __init__(self, template: Template, examples: Examples) -> None:
        self._examples = examples
        self._called = {(each.method, each.path): each.function for each in template.routes}
        self._folders = {name: each.code_folder for name, each in template.functions.items()}
        self._functions = load_functions(template.functions)

    def target(self, endpoint: Endpoint) -> Target:
        """Return the target of an endpoint."""
        function = self._called[endpoint.method.upper(), endpoint.path]
        folder = self._folders[function]
        text = (EVENTS / folder.parent.name / f"{folder.name}.json").read_text(encoding="utf-8")
        example = self._examples.event(folder.name, json.dumps(endpoint.example))
        return Target(
            replace(endpoint, example=example),
            self._examples.event(folder.name, text),
            self._functions[function],
        )


def load_demo(client: "DynamoDBClient", table_name: str) -> tuple[Targets, Snapshot]:
    """Load the demo data with variables of near-equal names into an empty table."""
    template = read_template(TEMPLATE)
    load_file(DEMO_SEED, client, table_name)
    targets = Targets(template, complete_demo(Client(template), client, table_name))
    stage = Stage(client, table_name, ACCOUNT)
    for number in range(NEAR_EQUAL_DEFINITIONS):
        name = f"annual_recurring_revenue_in_country_{number:03d}"
        stage.define_one(name, name)
    # New names then cost only their lookup.
    defined = len(DefinitionTable(Table(client, table_name)).list(ACCOUNT))
    os.environ["MAX_DEFINITIONS"] = str(defined + _NEW_DEFINITIONS)
    clear_adapters()
    return targets, Snapshot(client, table_name)
