"""Webhooks and the log of their deliveries in the table."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from shared.domain.accounts import Attribution
from shared.domain.deliveries import (
    Attempt,
    CancellationReason,
    Delivery,
    DeliveryPage,
    DeliveryStatus,
    DeliveryTask,
    EventReference,
    delivery_id,
)
from shared.domain.variables import Subject
from shared.domain.webhooks import (
    OldSecret,
    OwnerLookup,
    Webhook,
    WebhookPage,
    WebhookStatus,
)
from shared.table import items, keys
from shared.table.dynamo import Item, Table, delete, put

_NEW = "attribute_not_exists(pk)"
_INSTANTS_OF_WEBHOOKS = ("created_at", "updated_at", "disabled_at", "failing_since")


class WebhookTable:
    """The adapter of the port `Webhooks`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, account_id: str, webhook: Webhook) -> None:
        """Store a new webhook; WriteConflict if there is one of that id."""
        self._table.write([put(_webhook_item(account_id, webhook), _NEW)])

    def find(self, account_id: str, webhook_id: str) -> Webhook | None:
        """The webhook of that id, or None."""
        item = self._table.get(keys.webhook(account_id, webhook_id))
        return _to_webhook(item) if item else None

    def list(self, account_id: str) -> list[Webhook]:
        """Every webhook of the account, oldest first."""
        found = self._table.query(keys.webhooks_partition(account_id), keys.WEBHOOKS)
        return [_to_webhook(item) for item in found]

    def page(self, account_id: str, after: str | None, limit: int) -> WebhookPage:
        """So many webhooks that were made after the one of that id, oldest first."""
        start = None if after is None else keys.webhook(account_id, after)
        partition = keys.webhooks_partition(account_id)
        found, is_more = self._table.query_page(partition, keys.WEBHOOKS, start, limit)
        webhooks = [_to_webhook(item) for item in found]
        return WebhookPage(webhooks, webhooks[-1].webhook_id if is_more else None)

    def replace(self, account_id: str, webhook: Webhook) -> None:
        """Store a changed webhook over the version before it, else WriteConflict."""
        before = {":before": items.encode(webhook.version - 1)}
        self._table.write([put(_webhook_item(account_id, webhook), "version = :before", before)])

    def delete(self, account_id: str, webhook_id: str) -> None:
        """Remove a webhook, if there is one."""
        self._table.write([delete(keys.webhook(account_id, webhook_id))])

    def find_owners(
        self, account_id: str, key_hashes: Collection[str], contact_id: int | None = None
    ) -> OwnerLookup:
        """The API keys of those hashes and a contact, in one strongly consistent batch."""
        wanted = [keys.api_key(key_hash) for key_hash in sorted({*key_hashes})]
        if contact_id is not None:
            wanted.append(keys.subject(account_id, Subject.contact(contact_id)))
        found = self._table.get_many(wanted)
        api_keys = [items.to_api_key(each) for each in found if _is(each, "api_key")]
        contacts = [items.to_contact(each) for each in found if _is(each, "contact")]
        return OwnerLookup({key.key_hash: key for key in api_keys}, next(iter(contacts), None))


def _is(item: Item, entity: str) -> bool:
    return bool(item["entity"]["S"] == entity)


class BatchWebhookTable(WebhookTable):
    """The adapter of the port `Webhooks` for one batch of events: lists an account only once."""

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._listed: dict[str, list[Webhook]] = {}

    def list(self, account_id: str) -> list[Webhook]:
        """Every webhook of the account, oldest first, as it was for the batch's first event."""
        if account_id not in self._listed:
            self._listed[account_id] = super().list(account_id)
        return self._listed[account_id]


class DeliveryTable:
    """The adapter of the port `Deliveries`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, account_id: str, delivery: Delivery) -> None:
        """Store a new delivery; WriteConflict if the event is being delivered there already."""
        self._table.write([put(_delivery_item(account_id, delivery), _NEW)])

    def find(self, account_id: str, order: DeliveryTask) -> Delivery | None:
        """The delivery of an order, or None."""
        return self.find_by_id(
            account_id, order.webhook_id, delivery_id(order.occurred_at, order.event_id)
        )

    def find_by_id(self, account_id: str, webhook_id: str, delivery_id: str) -> Delivery | None:
        """The delivery of that id, or None."""
        item = self._table.get(keys.delivery(account_id, webhook_id, delivery_id))
        return _to_delivery(item) if item else None

    def replace(self, account_id: str, delivery: Delivery) -> None:
        """Store a changed delivery over the version before it, else WriteConflict."""
        before = {":before": items.encode(delivery.version - 1)}
        self._table.write([put(_delivery_item(account_id, delivery), "version = :before", before)])

    def page(self, account_id: str, webhook_id: str, after: str | None, limit: int) -> DeliveryPage:
        """So many deliveries to a webhook that come after that place, newest first."""
        start = None if after is None else keys.delivery(account_id, webhook_id, after)
        partition = keys.deliveries_partition(account_id, webhook_id)
        found, is_more = self._table.query_page(
            partition, keys.DELIVERIES, start, limit, newest_first=True
        )
        deliveries = [_to_delivery(item) for item in found]
        return DeliveryPage(deliveries, deliveries[-1].delivery_id if is_more else None)


def _webhook_item(account_id: str, webhook: Webhook) -> Item:
    plain = {spec.name: getattr(webhook, spec.name) for spec in fields(Webhook)}
    plain["old_secrets"] = [[old.secret, old.until] for old in webhook.old_secrets]
    return items.entity_item(keys.webhook(account_id, webhook.webhook_id), "webhook", plain)


def _to_webhook(item: Item) -> Webhook:
    plain = items.known_fields(item, Webhook)
    for name in _INSTANTS_OF_WEBHOOKS:
        _make_instant(plain, name)
    variables = plain.get("variables")
    plain["variables"] = None if variables is None else tuple(variables)
    plain["topics"] = tuple(plain["topics"])
    plain["permissions"] = tuple(plain.get("permissions", ()))
    plain["status"] = WebhookStatus(plain["status"])
    plain["old_secrets"] = tuple(
        OldSecret(secret, items.instant(until)) for secret, until in plain["old_secrets"]
    )
    return Webhook(**plain)


def _delivery_item(account_id: str, delivery: Delivery) -> Item:
    plain = {spec.name: getattr(delivery, spec.name) for spec in fields(Delivery)}
    plain["attempts"] = [
        [each.at, each.status_code, each.error, each.milliseconds, each.error_code]
        for each in delivery.attempts
    ]
    plain["event"] = _reference(delivery.event)
    key = keys.delivery(account_id, delivery.webhook_id, delivery.delivery_id)
    item = items.entity_item(key, "delivery", plain)
    return {**item, "expires_at": items.seconds(delivery.expires_at)}


def _to_delivery(item: Item) -> Delivery:
    plain = items.known_fields(item, Delivery)
    for name in ("occurred_at", "created_at", "next_attempt_at"):
        _make_instant(plain, name)
    plain["expires_at"] = items.instant(plain["expires_at"] * 1000)
    plain["status"] = DeliveryStatus(plain["status"])
    plain["attempts"] = tuple(
        Attempt(items.instant(at), *others) for at, *others in plain["attempts"]
    )
    if "event" in plain:
        plain["event"] = _to_reference(plain["event"])
    if "canceled_reason" in plain:
        plain["canceled_reason"] = CancellationReason(plain["canceled_reason"])
    return Delivery(**plain)


def _reference(event: EventReference | None) -> list[Any] | None:
    """The reference as a list: the names of its members would be stored with each delivery."""
    if event is None:
        return None
    by = event.by
    written_by = [by.at, by.source, by.key_id, by.request_id, by.origin_id]
    return [event.contact_id, written_by, event.sequence, event.fields, event.visible_to]


def _to_reference(plain: list[Any]) -> EventReference:
    contact_id, (at, *others), sequence, names, visible_to = plain
    return EventReference(
        contact_id=contact_id,
        by=Attribution(items.instant(at), *others),
        sequence=sequence,
        fields=tuple(names),
        visible_to=None if visible_to is None else tuple(visible_to),
    )


def _make_instant(plain: dict[str, Any], name: str) -> None:
    if name in plain:
        plain[name] = items.instant(plain[name])
