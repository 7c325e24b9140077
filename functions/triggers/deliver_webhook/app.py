"""Deliveries, from their queue: each is tried, and ordered anew for its next try if that fails."""

from shared.messages.queue import order_of
from shared.queue_wiring import queue_trigger
from shared.services.webhook_deliveries import deliver
from shared.triggers.queue import Facts, Message
from shared.webhook_wiring import (
    courier,
    deliveries,
    delivery_dead_letters,
    delivery_queue,
    webhooks,
)


@queue_trigger("deliver_webhook")
def lambda_handler(message: Message) -> Facts:
    """Make the attempt that the order of a message is for."""
    order, queue, dead_letters = order_of(message.body), delivery_queue(), delivery_dead_letters()
    log, now = deliveries(), message.received_at
    done = deliver(webhooks(), log, courier(), queue, dead_letters, order, now)
    return {"account_id": order.account_id, "event_id": order.event_id, "done": done}
