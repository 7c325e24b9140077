"""Deliveries, from their queue: each is tried, and put off until its next try if that fails."""

from shared.messages.queue import order_of
from shared.queue_wiring import queue_trigger
from shared.services.webhook_deliveries import deliver
from shared.triggers.queue import Facts, Message
from shared.webhook_wiring import courier, deliveries, delivery_queue, webhooks


@queue_trigger("deliver_webhook", delivery_queue)
def lambda_handler(message: Message) -> Facts:
    """Make the next try of the delivery of a message."""
    order, receipts, now = order_of(message.body), message.receipts, message.received_at
    done = deliver(webhooks(), deliveries(), courier(), order, receipts, now)
    return {"account_id": order.account_id, "event_id": order.event_id, "done": done}
