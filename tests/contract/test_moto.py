"""The example events on moto, where users of the handlers test their own code in one process."""

from collections.abc import Callable, Iterator
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
from tests.conftest import TABLE_NAME
from tests.contract.test_events import EVENTS, OF_TRIGGERS, ROOT, logical_id_of, name

ELSEWHERE = ("webhook", "import")
"""What needs a queue or a bucket is held on the embedded engine alone."""

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
"""Beginnings of the events after which others would not succeed."""


OF_THE_TABLE = [
    path
    for path in EVENTS
    if path not in OF_TRIGGERS and not any(word in path.stem for word in ELSEWHERE)
]


@pytest.fixture(scope="module")
def moto() -> Iterator[Any]:
    """A client of moto."""
    with mock_aws():
        yield botocore.session.get_session().create_client("dynamodb")


@pytest.fixture(scope="module")
def seed(moto: Any) -> Callable[[], Examples]:
    """Make the table with the demo data and all that the example events name."""

    def make() -> Examples:
        definition = dict(template().table.arguments)
        # A transaction in moto copies the table with its whole stream, which nobody reads here.
        del definition["StreamSpecification"]
        moto.create_table(TableName=TABLE_NAME, **definition)
        load_file(ROOT / "local" / "demo-seed.json", moto, TABLE_NAME)
        with pytest.MonkeyPatch.context() as environment:
            environment.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
            return complete_demo(Client(template()), moto, TABLE_NAME)

    return make


@pytest.fixture(scope="module")
def made() -> list[Examples]:
    """What is in the table now: the last element."""
    return []


@pytest.fixture
def examples(
    request: pytest.FixtureRequest,
    moto: Any,
    seed: Callable[[], Examples],
    made: list[Examples],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Examples]:
    """A table in the process with the demo data. What others could not follow is undone."""
    if not made:
        # An event loop has a pair of sockets.
        enable_socket()
        made.append(seed())
        disable_socket()
    clear_adapters()
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    yield made[-1]
    if request.node.callspec.params["path"].stem.startswith(CHANGES):
        moto.delete_table(TableName=TABLE_NAME)
        made.clear()


@pytest.mark.slow
@pytest.mark.parametrize("path", OF_THE_TABLE, ids=name)
def test_an_example_event_succeeds_on_moto_too(
    path: Path, examples: Examples, socket_disabled: None
):
    event = examples.event(path.stem, path.read_text())
    answer = handler(logical_id_of(path))(event, None)
    assert answer["statusCode"] in (200, 201), answer["body"]
