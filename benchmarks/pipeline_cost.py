"""Measure the DynamoDB requests of one change, from its request to its webhook.

docs/benchmarks/flows.md shows them by step.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.adapters import clear_adapters
from benchmarks.client import TEMPLATE, Call, Client
from benchmarks.recorder import RecordedRequest, Recorder, recording
from benchmarks.scenario import cost_of
from benchmarks.stage import CONTACT_ID, TYPICAL, VALUE, Stage, changes, local_table, names
from local.template import read_template
from shared.dialects.native.webhook_payloads import PAYLOADS
from shared.domain.changes import EventReference, EventType, PageWrite, VariableChange
from shared.domain.definitions import VariableType
from shared.domain.deliveries import Attempt, DeliveryTask
from shared.domain.json_values import JsonObject
from shared.domain.webhooks import BusEvent, Webhook
from shared.services.webhooks.deliveries import (
    DeliveryContext,
    DeliveryQueues,
    process_task,
)
from shared.services.webhooks.fan_out import queue_deliveries
from shared.table.keys import VALUES_PER_PAGE
from shared.wiring import endpoints as wiring
from shared.wiring import webhooks as webhook_wiring

KEPT_FOR = timedelta(days=90)
_SET = 4
_ACCOUNT = "account-000"


@dataclass
class _Queue:
    """A `DeliveryQueue` that keeps the tasks."""

    orders: list[DeliveryTask] = field(default_factory=list)

    def send(self, orders: Sequence[DeliveryTask], _: int = 0) -> None:
        """Keep delivery tasks."""
        self.orders += orders


class _WebhookSender:
    """A `WebhookSender` that always succeeds."""

    def send(self, _: Webhook, __: DeliveryTask) -> Attempt:
        """Return a successful attempt."""
        return Attempt(datetime.now(UTC), 204, None, 1)


def cost_of_log(count: int) -> Sequence[RecordedRequest]:
    """Measure the log of a write with `count` changes, the second write of its page."""
    with _recorded() as (_, recorder):
        for number in (1, 2):
            recorder.requests.clear()
            _log(number, count)
        return list(recorder.requests)


def cost_of_pipeline() -> dict[str, Sequence[RecordedRequest]]:
    """Measure each step of setting 4 variables with one webhook."""
    with _recorded() as (stage, recorder):
        api_key = stage.open()
        stage.add_contact(stage.define(VALUES_PER_PAGE))
        stage.add_webhooks(1)
        body = {"variables": changes(names(_SET))}
        call = Call("POST", f"/api/v1/contacts/{CONTACT_ID}/context", body)
        client = Client(read_template(TEMPLATE))
        asked = {
            "the request, its key included": list(cost_of(call, api_key, client, recorder).requests)
        }

        def step(name: str) -> None:
            asked[name] = list(recorder.requests)
            recorder.requests.clear()

        recorder.requests.clear()
        _log(1, _SET)
        recorder.requests.clear()
        _log(2, _SET)
        step("`record_changes`")
        queue, now = _Queue(), datetime.now(UTC)
        webhooks, deliveries = webhook_wiring.webhooks(), webhook_wiring.deliveries()
        formats = {"native": PAYLOADS}
        definitions = wiring.definitions()
        rebuilder, queues = webhook_wiring.event_rebuilder(formats), DeliveryQueues(queue, queue)
        queue_deliveries(webhooks, deliveries, definitions, rebuilder, queue, _event(now), now)
        step("`queue_webhooks`")
        (order,) = queue.orders
        context = DeliveryContext(webhooks, deliveries, rebuilder, _WebhookSender(), queues)
        process_task(context, order, now)
        step("`deliver_webhook`")
    return {**asked, "together": [each for part in asked.values() for each in part]}


@contextmanager
def _recorded() -> Iterator[tuple[Stage, Recorder]]:
    with local_table() as (client, name), recording(client, name) as recorder:
        clear_adapters()
        yield Stage(client, name, _ACCOUNT), recorder


def _log(number: int, count: int) -> None:
    made = tuple(
        VariableChange(slot, f"variable_{slot:08d}", VariableType.TEXT, VALUE, f"{VALUE}{number}")
        for slot in range(count)
    )
    write = PageWrite(_ACCOUNT, CONTACT_ID, 0, number, TYPICAL, made)
    wiring.activity().record(_ACCOUNT, CONTACT_ID, [write], TYPICAL.at + KEPT_FOR)


def _event(now: datetime) -> BusEvent:
    reference = EventReference(contact_id=CONTACT_ID, by=TYPICAL)
    document: JsonObject = {"contact_id": f"contact_{CONTACT_ID}", "changes": []}
    return BusEvent("evt_0", EventType.CONTEXT_UPDATED, now, _ACCOUNT, document, reference)
