"""Store webhooks and their deliveries."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from shared.domain.changes import UNKNOWN_IDS, ContactIds, EventReference
from shared.domain.deliveries import (
    Attempt,
    CancellationReason,
    Delivery,
    DeliveryPage,
    DeliveryStatus,
)
from shared.domain.values import Subject
from shared.domain.webhooks import (
    KeysAndContact,
    OldSecret,
    Webhook,
    WebhookPage,
    WebhookStatus,
)
from shared.table import codec, keys
from shared.table.account_items import to_api_key
from shared.table.contact_items import to_contact
from shared.table.dynamo import Table
from shared.table.operations import IS_NEW, Item, delete, put

_WEBHOOK_TIMES = ("created_at", "updated_at", "disabled_at", "failing_since")

_FAILED_DELIVERIES = "lost"
"""The attribute with the number of failed deliveries."""

_DELETED_IDS = "deleted_ids"
"""The external id and the UUID of a deleted contact.

An attribute of its own, because earlier versions read the reference of an event by position.
"""


class WebhookTable:
    """The adapter of the port `Webhooks`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, account_id: str, webhook: Webhook) -> None:
        """Store a new webhook."""
        self._table.write([put(_webhook_item(account_id, webhook), IS_NEW)])

    def find(self, account_id: str, webhook_id: str) -> Webhook | None:
        """Return a webhook, or None if it does not exist."""
        item = self._table.get(keys.webhook(account_id, webhook_id))
        return _to_webhook(item) if item else None

    def list(self, account_id: str) -> list[Webhook]:
        """Return all webhooks of an account, oldest first."""
        found = self._table.query(keys.webhooks_partition(account_id), keys.WEBHOOKS)
        return [_to_webhook(item) for item in found]

    def page(self, account_id: str, after: str | None, limit: int) -> WebhookPage:
        """Return a page of webhooks, oldest first."""
        start = None if after is None else keys.webhook(account_id, after)
        partition = keys.webhooks_partition(account_id)
        found, is_more = self._table.query_page(partition, keys.WEBHOOKS, start, limit)
        webhooks = [_to_webhook(item) for item in found]
        return WebhookPage(webhooks, webhooks[-1].webhook_id if is_more else None)

    def replace(self, account_id: str, webhook: Webhook) -> None:
        """Store a changed webhook."""
        before = {":before": codec.encode(webhook.version - 1)}
        self._table.write([put(_webhook_item(account_id, webhook), "version = :before", before)])

    def delete(self, account_id: str, webhook_id: str) -> None:
        """Delete a webhook, if it exists."""
        self._table.write([delete(keys.webhook(account_id, webhook_id))])

    def read_keys_and_contact(
        self, account_id: str, key_hashes: Collection[str], contact_id: int | None = None
    ) -> KeysAndContact:
        """Return API keys by hash and a contact, read in one strongly consistent batch."""
        wanted = [keys.api_key(key_hash) for key_hash in sorted({*key_hashes})]
        if contact_id is not None:
            wanted.append(keys.subject(account_id, Subject.contact(contact_id)))
        found = self._table.get_many(wanted)
        api_keys = [to_api_key(each) for each in found if _is_entity(each, "api_key")]
        contacts = [to_contact(each) for each in found if _is_entity(each, "contact")]
        return KeysAndContact({key.key_hash: key for key in api_keys}, next(iter(contacts), None))


def _is_entity(item: Item, entity: str) -> bool:
    return bool(item["entity"]["S"] == entity)


class BatchWebhookTable(WebhookTable):
    """The adapter of the port `Webhooks` for one batch of events.

    Reads the list of an account once and caches it.
    """

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._listed: dict[str, list[Webhook]] = {}

    def list(self, account_id: str) -> list[Webhook]:
        """Return all webhooks of an account as of the first event, oldest first."""
        if account_id not in self._listed:
            self._listed[account_id] = super().list(account_id)
        return self._listed[account_id]


class DeliveryTable:
    """The adapter of the port `Deliveries`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, account_id: str, delivery: Delivery) -> None:
        """Store a new delivery."""
        self._table.write([put(_delivery_item(account_id, delivery), IS_NEW)])

    def find_by_id(self, account_id: str, webhook_id: str, delivery_id: str) -> Delivery | None:
        """Return a delivery, or None if it does not exist."""
        item = self._table.get(keys.delivery(account_id, webhook_id, delivery_id))
        return _to_delivery(item) if item else None

    def replace(self, account_id: str, delivery: Delivery) -> None:
        """Store a changed delivery."""
        before = {":before": codec.encode(delivery.version - 1)}
        self._table.write([put(_delivery_item(account_id, delivery), "version = :before", before)])

    def page(self, account_id: str, webhook_id: str, after: str | None, limit: int) -> DeliveryPage:
        """Return a page of deliveries to a webhook, newest first."""
        start = None if after is None else keys.delivery(account_id, webhook_id, after)
        partition = keys.deliveries_partition(account_id, webhook_id)
        found, is_more = self._table.query_page(
            partition, keys.DELIVERIES, start, limit, newest_first=True
        )
        deliveries = [_to_delivery(item) for item in found]
        return DeliveryPage(deliveries, deliveries[-1].delivery_id if is_more else None)


def _webhook_item(account_id: str, webhook: Webhook) -> Item:
    plain = codec.field_values(webhook)
    plain["old_secrets"] = [[old.secret, old.until] for old in webhook.old_secrets]
    plain[_FAILED_DELIVERIES] = plain.pop("failed_deliveries")
    plain["failed_delivery_ids"] = webhook.failed_delivery_ids or None
    return codec.entity_item(keys.webhook(account_id, webhook.webhook_id), "webhook", plain)


def _to_webhook(item: Item) -> Webhook:
    plain = codec.decode_fields(item, Webhook)
    for name in _WEBHOOK_TIMES:
        _decode_time(plain, name)
    variables = plain.get("variables")
    plain["variables"] = None if variables is None else tuple(variables)
    plain["topics"] = tuple(plain["topics"])
    plain["permissions"] = tuple(plain.get("permissions", ()))
    if _FAILED_DELIVERIES in item:
        plain["failed_deliveries"] = codec.decode(item[_FAILED_DELIVERIES])
    plain["failed_delivery_ids"] = _failed_delivery_ids(item)
    plain["status"] = WebhookStatus(plain["status"])
    plain["old_secrets"] = tuple(
        OldSecret(secret, codec.to_datetime(until)) for secret, until in plain["old_secrets"]
    )
    return Webhook(**plain)


def _failed_delivery_ids(item: Item) -> tuple[str, ...]:
    # Earlier versions stored only the last id.
    if "failed_delivery_ids" in item:
        return tuple(codec.decode(item["failed_delivery_ids"]))
    return (codec.decode(item["last_lost"]),) if "last_lost" in item else ()


def _delivery_item(account_id: str, delivery: Delivery) -> Item:
    plain = codec.field_values(delivery)
    plain["attempts"] = [
        [each.at, each.status_code, each.error, each.milliseconds, each.error_code]
        for each in delivery.attempts
    ]
    plain["event"] = _encode_reference(delivery.event)
    key = keys.delivery(account_id, delivery.webhook_id, delivery.delivery_id)
    item = codec.entity_item(key, "delivery", plain)
    item |= _deleted_ids_attribute(delivery.event)
    return {**item, "expires_at": codec.ttl(delivery.expires_at)}


def _to_delivery(item: Item) -> Delivery:
    plain = codec.decode_fields(item, Delivery)
    for name in ("occurred_at", "created_at", "next_attempt_at"):
        _decode_time(plain, name)
    plain["expires_at"] = codec.to_datetime(plain["expires_at"] * 1000)
    plain["status"] = DeliveryStatus(plain["status"])
    plain["attempts"] = tuple(
        Attempt(codec.to_datetime(at), *others) for at, *others in plain["attempts"]
    )
    if "event" in plain:
        ids = ContactIds(*codec.decode(item[_DELETED_IDS])) if _DELETED_IDS in item else UNKNOWN_IDS
        plain["event"] = replace(_to_reference(plain["event"]), deleted_ids=ids)
    if "canceled_reason" in plain:
        plain["canceled_reason"] = CancellationReason(plain["canceled_reason"])
    return Delivery(**plain)


def _encode_reference(event: EventReference | None) -> list[Any] | None:
    """Build a list, because DynamoDB stores the names of a map's members with every item."""
    if event is None:
        return None
    attribution = codec.attribution_members(event.by)
    merged_ids = [event.merged_ids] if event.merged_ids else []
    plain = [event.contact_id, attribution, event.sequence, event.fields, event.visible_to]
    return plain + merged_ids


def _deleted_ids_attribute(event: EventReference | None) -> Item:
    if event is None or event.deleted_ids == UNKNOWN_IDS:
        return {}
    return {_DELETED_IDS: codec.encode(event.deleted_ids)}


def _to_reference(plain: list[Any]) -> EventReference:
    contact_id, attribution, sequence, names, visible_to, *merged_ids = plain
    return EventReference(
        contact_id=contact_id,
        by=codec.decode_attribution(attribution),
        sequence=sequence,
        fields=tuple(names),
        visible_to=None if visible_to is None else tuple(visible_to),
        merged_ids=tuple(merged_ids[0]) if merged_ids else (),
    )


def _decode_time(plain: dict[str, Any], name: str) -> None:
    if name in plain:
        plain[name] = codec.to_datetime(plain[name])
