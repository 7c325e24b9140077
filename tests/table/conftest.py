"""Run the tests of the table with the lean client and with botocore's client."""

from typing import Any

import pytest

from shared.runtime.config import BOTOCORE, LEAN
from shared.wiring import endpoints as wiring
from tests.fixtures import Fixtures


@pytest.fixture(params=[LEAN, BOTOCORE])
def engine_world(
    request: pytest.FixtureRequest, engine_world: Fixtures, monkeypatch: pytest.MonkeyPatch
) -> Fixtures:
    """Provide an empty table that one of the clients reads and writes."""
    monkeypatch.setenv("DYNAMODB_CLIENT", request.param)
    table_client: Any = wiring.table()._client
    assert type(table_client).__name__ == {LEAN: "LeanClient", BOTOCORE: "DynamoDB"}[request.param]
    return Fixtures(engine_world.client, engine_world.table_name, table_client)


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    return engine_world
