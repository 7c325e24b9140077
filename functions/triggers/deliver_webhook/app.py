"""Send webhook deliveries from the delivery queue and schedule their retries."""

from shared.dialects.native.dialect import NATIVE
from shared.dialects.native.webhook_payloads import PAYLOADS as NATIVE_PAYLOADS
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_payloads import PAYLOADS as VAMBE_PAYLOADS
from shared.services.webhooks.deliveries import process_task
from shared.triggers.queue import Facts, Message
from shared.validation.delivery_tasks import decode_task
from shared.wiring import webhooks as wiring
from shared.wiring.queues import queue_trigger

PAYLOAD_FORMATS = {NATIVE.name: NATIVE_PAYLOADS, VAMBE.name: VAMBE_PAYLOADS}


@queue_trigger("deliver_webhook", wiring.bounded_calls)
def lambda_handler(message: Message) -> Facts:
    """Make the delivery attempt of one message."""
    task, now = decode_task(message.body), message.received_at
    status = process_task(wiring.delivery_context(PAYLOAD_FORMATS), task, now)
    ids = {"account_id": task.account_id, "webhook_id": task.webhook_id, "event_id": task.event_id}
    return {**ids, "status": status}
