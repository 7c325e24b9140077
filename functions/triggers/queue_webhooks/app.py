"""For each bus event, queue a delivery to every webhook that receives it."""

from shared.dialects.native.dialect import NATIVE
from shared.dialects.native.webhook_payloads import PAYLOADS as NATIVE_PAYLOADS
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_payloads import PAYLOADS as VAMBE_PAYLOADS
from shared.services.webhooks.fan_out import queue_deliveries
from shared.triggers.bus_events import event_of
from shared.triggers.queue import Facts, Message
from shared.wiring import webhooks as wiring
from shared.wiring.endpoints import definitions
from shared.wiring.queues import queue_trigger

PAYLOAD_FORMATS = {NATIVE.name: NATIVE_PAYLOADS, VAMBE.name: VAMBE_PAYLOADS}


@queue_trigger("queue_webhooks", wiring.caching_webhooks)
def lambda_handler(message: Message) -> Facts:
    """Queue the deliveries of the event in one message."""
    event, now = event_of(message), message.received_at
    queued = queue_deliveries(
        webhooks=wiring.webhooks_of_batch(),
        deliveries=wiring.deliveries(),
        definitions=definitions(),
        rebuilder=wiring.event_rebuilder(PAYLOAD_FORMATS),
        queue=wiring.delivery_queue(),
        event=event,
        now=now,
    )
    return {"account_id": event.account_id, "event_id": event.event_id, "queued": queued}
