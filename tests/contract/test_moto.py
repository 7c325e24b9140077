"""Run the example events on moto, with which users test their code in one process."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from moto import mock_aws
from pytest_socket import disable_socket, enable_socket

from benchmarks.adapters import clear_adapters
from benchmarks.client import Client
from benchmarks.examples import Examples, complete_demo
from local.seed import load_file
from tests.api import handler, template
from tests.conftest import DEMO_SEED, TABLE_NAME
from tests.contract.test_events import EVENTS, OF_TRIGGERS, logical_id_of, name
from tests.fixtures import Items, new_table

ELSEWHERE = ("webhook", "import")
"""Functions that need a queue or a bucket, which only the embedded engine tests."""

CHANGES = (
    "delete",
    "update_definition",
    "archive",
    "merge",
    "accept",
    "reject",
    "revoke",
    "rotate",
)
"""Prefixes of the events after which others would fail."""


OF_THE_TABLE = [
    path
    for path in EVENTS
    if path not in OF_TRIGGERS and not any(word in path.stem for word in ELSEWHERE)
]


@pytest.fixture(scope="module")
def moto() -> Iterator[Any]:
    """Return a client of moto."""
    with mock_aws():
        yield botocore.session.get_session().create_client("dynamodb")


@pytest.fixture(scope="module")
def seeded(moto: Any) -> tuple[Examples, Items]:
    """Create the demo data with everything that example events name, and return its items."""
    # An event loop has a pair of sockets.
    enable_socket()
    with new_table(moto, TABLE_NAME, has_stream=False) as fixtures:
        load_file(DEMO_SEED, moto, TABLE_NAME)
        with pytest.MonkeyPatch.context() as environment:
            environment.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
            examples = complete_demo(Client(template()), moto, TABLE_NAME)
        items = fixtures.items()
    disable_socket()
    return examples, items


@pytest.fixture(scope="module")
def table(moto: Any) -> Iterator[ExitStack]:
    """Provide the current table until it is replaced."""
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def examples(
    request: pytest.FixtureRequest,
    moto: Any,
    seeded: tuple[Examples, Items],
    table: ExitStack,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Examples]:
    """Provide a table in the process with the demo data. Destructive events get a new one."""
    found, items = seeded
    if TABLE_NAME not in moto.list_tables()["TableNames"]:
        # A transaction in moto copies the table with its whole stream, which no test here reads.
        table.enter_context(new_table(moto, TABLE_NAME, has_stream=False)).put_back(items)
    clear_adapters()
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    yield found
    if request.node.callspec.params["path"].stem.startswith(CHANGES):
        table.close()


@pytest.mark.slow
@pytest.mark.parametrize("path", OF_THE_TABLE, ids=name)
def test_an_example_event_succeeds_on_moto_too(
    path: Path, examples: Examples, socket_disabled: None
):
    event = examples.event(path.stem, path.read_text())
    answer = handler(logical_id_of(path))(event, None)
    assert answer["statusCode"] in (200, 201), answer["body"]
