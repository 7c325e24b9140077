"""A request that needs too many calls is answered before the timeout of its function."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.aws_calls import around_calls
from tests.fixtures import Fixtures

PATH = "/api/v1/contacts/123/context"
NAMES = [f"field_{number}" for number in range(200)]
REQUEST = {"variables": dict.fromkeys(NAMES, "a value"), "auto_create_variables": True}


class Clock:
    """A simulated clock on which every transaction takes a second."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def around(self, operation: str, call: Callable[[], Any]) -> Any:
        self.now += operation == "TransactWriteItems"
        return call()


def test_definitions_are_created_while_there_is_time(api: Api, fixtures: Fixtures):
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "LATEST_CALL_SECONDS", 3)
        patch.setattr("shared.table.seen_heads.monotonic", clock)
        around_calls(patch, clock.around)
        answer = api.call("POST", PATH, REQUEST)
    assert (answer.status, clock.now) == (500, 4)
    created = len(fixtures.definitions.list("acme"))
    assert len(NAMES) / 2 < created < len(NAMES)
    # Sent again, the request does what is left.
    assert api.call("POST", PATH, REQUEST).status == 200
    stored = api.call("GET", "/api/v1/contacts/123").document["custom_context"]
    assert stored == REQUEST["variables"]
