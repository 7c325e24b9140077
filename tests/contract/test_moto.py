"""The example events on moto, where users of the handlers test their own code in one process."""

import json
from collections.abc import Iterator
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


def removed(path: Path) -> int:
    """How much is gone after an event: nothing, one value, or a contact or definition."""
    if "delete" not in path.stem:
        return 0
    return 1 if path.parent.name == "native" else 2


OF_THE_TABLE = sorted(
    (
        path
        for path in EVENTS
        if path not in OF_TRIGGERS and not any(word in path.stem for word in ELSEWHERE)
    ),
    key=removed,
)
"""Deletions come last, since all of them share one table, and those of one value first of them."""


@pytest.fixture(scope="module")
def seeded() -> Iterator[None]:
    """A table in the process with the demo data, which every event finds as the last left it."""
    with mock_aws():
        client: Any = botocore.session.get_session().create_client("dynamodb")
        definition = dict(template().table.arguments)
        # A transaction in moto copies the table with its whole stream, which nobody reads here.
        del definition["StreamSpecification"]
        client.create_table(TableName=TABLE_NAME, **definition)
        load_file(ROOT / "local" / "demo-seed.json", client, TABLE_NAME)
        answer_a_call(Fixtures(client, TABLE_NAME))
        yield


@pytest.mark.slow
@pytest.mark.parametrize("path", OF_THE_TABLE, ids=name)
def test_an_example_event_succeeds_on_moto_too(
    path: Path, seeded: None, monkeypatch: pytest.MonkeyPatch, socket_disabled: None
):
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    answer = handler(logical_id_of(path))(json.loads(path.read_text()), None)
    assert answer["statusCode"] in (200, 201), answer["body"]
