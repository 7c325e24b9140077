"""Fixtures of both clients of DynamoDB with a server whose responses the test chooses."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config

from shared.runtime.config import BOTOCORE, LEAN
from shared.table.lean.client import LeanClient
from shared.wiring import endpoints as wiring
from tests.dynamodb_server import DynamoServer, dynamodb_server

CLIENTS = (LEAN, BOTOCORE)
CONFIG = wiring.CLIENT_CONFIG.merge(Config(connect_timeout=2, read_timeout=0.5))

MakeClient = Callable[..., Any]


@pytest.fixture
def server() -> Iterator[DynamoServer]:
    with dynamodb_server() as each:
        yield each


@pytest.fixture
def make_client(server: DynamoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeClient]:
    """Return a function that makes clients of either kind by the wiring."""
    made: list[Any] = []
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{server.port}")

    def make(kind: str = LEAN, config: Config = CONFIG) -> Any:
        monkeypatch.setenv("DYNAMODB_CLIENT", kind)
        client = wiring.dynamodb_client(config)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def lean(make_client: MakeClient) -> LeanClient:
    client = make_client()
    assert isinstance(client, LeanClient)
    return client
