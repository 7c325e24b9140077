"""Deliveries, from their queue: each is tried, and ordered anew for its next try if that fails."""

from shared.adapters.delivery_queue import task_of
from shared.dialects.native.dialect import NATIVE
from shared.dialects.native.webhook_payloads import PAYLOADS as NATIVE_PAYLOADS
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_payloads import PAYLOADS as VAMBE_PAYLOADS
from shared.services.webhooks.deliveries import deliver
from shared.triggers.queue import Facts, Message
from shared.wiring.queues import queue_trigger
from shared.wiring.webhooks import (
    deliveries,
    delivery_queues,
    event_archive,
    webhook_sender,
    webhooks,
)

FORMS = {NATIVE.name: NATIVE_PAYLOADS, VAMBE.name: VAMBE_PAYLOADS}


@queue_trigger("deliver_webhook")
def lambda_handler(message: Message) -> Facts:
    """Make the attempt that the order of a message is for."""
    order, now, archive = task_of(message.body), message.received_at, event_archive(FORMS)
    ports = (webhooks(), deliveries(), archive, webhook_sender())
    done = deliver(*ports, delivery_queues(), order, now)
    return {"account_id": order.account_id, "event_id": order.event_id, "done": done}
