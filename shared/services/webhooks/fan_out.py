"""Start deliveries: of an event to every webhook that receives it, or of a test to one webhook."""

from contextlib import suppress
from datetime import datetime
from os import urandom

from shared.domain.accounts import Caller
from shared.domain.definitions import Definitions
from shared.domain.deliveries import (
    CancellationReason,
    Deliveries,
    Delivery,
    DeliveryQueue,
    DeliveryStatus,
    delivery_id,
)
from shared.domain.errors import Unavailable, WebhookInactive, WriteConflict
from shared.domain.webhooks import (
    TEST_TOPIC,
    BusEvent,
    KeysAndContact,
    PayloadFormat,
    Webhook,
    Webhooks,
)
from shared.services.conflicts import retry_on_conflict
from shared.services.webhooks.delivery_records import cancel_delivery, new_delivery, task_for
from shared.services.webhooks.owners import key_hashes, owner_of
from shared.services.webhooks.payloads import (
    EventRebuilder,
    payload_for,
    read_log,
)
from shared.services.webhooks.subscriptions import find_webhook


def queue_deliveries(
    webhooks: Webhooks,
    deliveries: Deliveries,
    definitions: Definitions,
    rebuilder: EventRebuilder,
    queue: DeliveryQueue,
    event: BusEvent,
    now: datetime,
) -> int:
    """Start the delivery of an event to every webhook that receives it.

    A webhook of an API key receives what the key sees now. One batch reads the distinct keys and
    the contact. If the same event arrives again, only pending deliveries are queued again. Webhooks
    with a payload format of a later version are skipped, and so are webhooks that are disabled or
    suspended: no delivery is stored, so no redelivery can send the event later.

    Returns:
        How many deliveries were queued.

    Raises:
        Unavailable: Some deliveries may not have been queued.

    """
    formats = rebuilder.payload_formats
    subscribed = [
        each
        for each in webhooks.list(event.account_id)
        if each.matches(event.topic) and each.form in formats
    ]
    contact_id = event.reference.contact_id if event.reference else None
    hashes = key_hashes(subscribed)
    shows_contact = any(formats[each.form].shows_contact for each in subscribed)
    found = KeysAndContact({}, None)
    if hashes or shows_contact:
        found = webhooks.read_keys_and_contact(event.account_id, hashes, contact_id)
    logged = read_log(definitions, rebuilder.activity, event, now) if subscribed else None
    tasks = []
    for webhook in subscribed:
        owner = owner_of(event.account_id, webhook, found.keys, now)
        if owner.suspension:
            continue
        payload_format = formats[webhook.form]
        payload = payload_for(payload_format, webhook, owner, event, found.contact, logged, now)
        if payload and _start(deliveries, webhook, event, now):
            tasks.append(task_for(event, webhook, payload, contact_id, owner.viewer))
    if tasks:
        queue.send(tasks)
    return len(tasks)


def send_test(
    webhooks: Webhooks,
    deliveries: Deliveries,
    queue: DeliveryQueue,
    caller: Caller,
    webhook_id: str,
    payload_format: PayloadFormat,
) -> Delivery:
    """Start the delivery of a test event to a webhook, which may be disabled.

    Raises:
        WebhookNotFound: The caller sees no such webhook.
        WebhookInactive: The webhook is suspended.
        Unavailable: The test could not be queued; its delivery is canceled.

    """
    owned = find_webhook(webhooks, caller, webhook_id)
    webhook = owned.webhook
    if owned.suspension:
        raise WebhookInactive(owned.suspension.message)
    event = BusEvent(
        event_id=f"evt_{urandom(16).hex()}",
        topic=TEST_TOPIC,
        occurred_at=caller.requested_at,
        account_id=caller.account_id,
        document={"schema_version": 1, "account_id": caller.account_id, "webhook_id": webhook_id},
    )
    delivery = new_delivery(webhook, event, caller.requested_at)

    def attempt() -> None:
        try:
            deliveries.add(caller.account_id, delivery)
        except WriteConflict:
            # The id is random, so a stored delivery is the write of an attempt whose response was
            # lost.
            if not deliveries.find_by_id(caller.account_id, webhook_id, delivery.delivery_id):
                raise

    retry_on_conflict(attempt)
    task = task_for(event, webhook, payload_format.payload(event, None) or {})
    try:
        queue.send([task])
    except Unavailable:
        # Otherwise the list of deliveries shows a pending one for a month. If the task was queued
        # after all, its attempt may have changed the delivery already.
        with suppress(WriteConflict):
            cancel_delivery(deliveries, task.account_id, delivery, CancellationReason.NOT_QUEUED)
        raise
    return delivery


def _start(deliveries: Deliveries, webhook: Webhook, event: BusEvent, now: datetime) -> bool:
    """Store a new delivery; False if the delivery exists and is not pending."""
    try:
        deliveries.add(event.account_id, new_delivery(webhook, event, now))
    except WriteConflict:
        found_id = delivery_id(event.occurred_at, event.event_id)
        stored = deliveries.find_by_id(event.account_id, webhook.webhook_id, found_id)
        # The function may have stopped after storing a delivery and before queueing it.
        return stored is not None and stored.status is DeliveryStatus.PENDING
    return True
