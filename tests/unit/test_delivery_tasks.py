"""Delivery tasks in messages: for whom their payloads were built."""

import json

import pytest

from shared.domain.deliveries import DeliveryTask, Viewer
from shared.domain.disclosure import Sensitivity
from shared.validation.delivery_tasks import decode_task, encode_task
from tests.fixtures import LONG_AGO


@pytest.mark.parametrize("viewer", [None, *(Viewer("ann", frozenset({7}), s) for s in Sensitivity)])
def test_a_message_keeps_the_viewer(viewer: Viewer | None):
    task = DeliveryTask("acme", "wh_1", "evt_1", LONG_AGO, {}, viewer=viewer)
    assert decode_task(encode_task(task)) == task


def test_a_message_of_an_earlier_version_has_no_clearance():
    task = DeliveryTask("acme", "wh_1", "evt_1", LONG_AGO, {}, viewer=Viewer("ann", frozenset()))
    message = json.loads(encode_task(task)) | {"viewer": ["ann", []]}
    assert decode_task(json.dumps(message)) == task
