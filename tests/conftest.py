"""What all tests stand on: an environment without AWS, a table, a world, an API client."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

TABLE_NAME = "contact-context"

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    POWERTOOLS_SERVICE_NAME="contact-context",
    POWERTOOLS_LOG_LEVEL="INFO",
    TABLE_NAME=TABLE_NAME,
)

import botocore.session
from moto import mock_aws
from moto.core.model_instances import reset_model_data

from local.engines.engine import running_engine
from local.template import table_definition
from shared import wiring
from tests.api import TEMPLATE, Api
from tests.ports import free_port
from tests.world import KEY, World

_TABLES = count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        default="ministack",
        help="what the tests of table and concurrency run on: ministack or dynamodb-local",
    )
    parser.addoption(
        "--rounds",
        type=int,
        default=1,
        help="how many times as much the random programs of tests/concurrency do, beyond the gate",
    )
    parser.addoption(
        "--faults",
        choices=("drawn", "all"),
        default="drawn",
        help="at each request of each endpoint some of the faults on the wire, or all of them",
    )


@pytest.fixture(scope="session")
def moto_client() -> Iterator[Any]:
    """A DynamoDB in the process: fast, and good for one thread at a time."""
    with mock_aws():
        yield botocore.session.get_session().create_client("dynamodb")


@pytest.fixture
def world(moto_client: Any, socket_disabled: None) -> Iterator[World]:
    """A table in the process, which the handlers use; nothing may open a socket."""
    definition = table_definition(TEMPLATE)
    # A transaction in moto copies the table with its whole stream, which nobody reads here.
    del definition["StreamSpecification"]
    moto_client.create_table(TableName=TABLE_NAME, **definition)
    yield World(moto_client, TABLE_NAME)
    moto_client.delete_table(TableName=TABLE_NAME)
    # moto keeps every copy of every table it ever made.
    reset_model_data()


@pytest.fixture
def api(world: World) -> Api:
    """A client with the key of acme, who has contact 123 and three definitions."""
    world.key()
    world.contact()
    world.definition("last_payment_date", "date")
    world.definition(
        "membership_level", "select", select_options=("Bronze", "Silver", "Gold", "Platinum")
    )
    world.definition("support_hours", context_type="business", is_default=True)
    return Api(KEY)


@pytest.fixture(scope="session")
def engine_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The endpoint of a DynamoDB engine of its own process, one for each test worker."""
    name = request.config.getoption("--engine")
    with running_engine(name, port=free_port(), data_folder=None) as url:
        yield url


@pytest.fixture
def engine_world(engine_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A table of its own on the engine, which the handlers use."""
    name = f"contact-context-{os.getpid()}-{next(_TABLES)}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", engine_url)
    monkeypatch.setenv("TABLE_NAME", name)
    client: Any = botocore.session.get_session().create_client("dynamodb")
    client.create_table(TableName=name, **table_definition(TEMPLATE))
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    forget_adapters()
    yield World(client, name)
    forget_adapters()


def forget_adapters() -> None:
    """Make the next use of an adapter read the environment again."""
    for adapter in (
        wiring.table,
        wiring.accounts,
        wiring.tags,
        wiring.contacts,
        wiring.definitions,
        wiring.variables,
        wiring.credentials,
        wiring.accounts,
        wiring.extractor,
        wiring.webhooks,
        wiring.deliveries,
    ):
        adapter.cache_clear()
