"""The example events on moto, where users of the handlers test their own code in one process."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from local.seed import load_file
from tests.api import handler, template
from tests.conftest import TABLE_NAME
from tests.contract.test_events import (
    EVENTS,
    OF_TRIGGERS,
    ROOT,
    answer_a_call,
    logical_id_of,
    name,
)
from tests.fixtures import Fixtures

ELSEWHERE = (
    *("webhook", "import", "accept_suggestion", "reject_suggestion"),
    *("get_key", "rotate_key", "revoke_key"),
    # The agent has the hook of the event that creates one, and that hook's id is drawn.
    "delete_agent",
)
"""What needs a queue, a bucket, or an id that is drawn is held on the embedded engine alone."""


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
def seed(moto: Any) -> Callable[[], None]:
    """Make the table with the demo data."""

    def make() -> None:
        definition = dict(template().table.arguments)
        # A transaction in moto copies the table with its whole stream, which nobody reads here.
        del definition["StreamSpecification"]
        moto.create_table(TableName=TABLE_NAME, **definition)
        load_file(ROOT / "local" / "demo-seed.json", moto, TABLE_NAME)
        answer_a_call(Fixtures(moto, TABLE_NAME))

    make()
    return make


@pytest.fixture
def seeded(request: pytest.FixtureRequest, moto: Any, seed: Callable[[], None]) -> Iterator[None]:
    """A table in the process with the demo data. What removes or renames something is undone."""
    yield
    if request.node.callspec.params["path"].stem.startswith(("delete", "update_definition")):
        moto.delete_table(TableName=TABLE_NAME)
        seed()


@pytest.mark.slow
@pytest.mark.parametrize("path", OF_THE_TABLE, ids=name)
def test_an_example_event_succeeds_on_moto_too(
    path: Path, seeded: None, monkeypatch: pytest.MonkeyPatch, socket_disabled: None
):
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    answer = handler(logical_id_of(path))(json.loads(path.read_text()), None)
    assert answer["statusCode"] in (200, 201), answer["body"]
