"""Adapters of functions for webhooks. Each is created once."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from shared.adapters.delivery_queue import SqsDeliveryQueue
from shared.domain.deliveries import WebhookSender
from shared.domain.webhooks import (
    PayloadFormat,
    UrlPolicy,
)
from shared.runtime.config import Settings
from shared.table.webhooks import BatchWebhookTable, DeliveryTable, WebhookTable
from shared.wiring.endpoints import CLIENT_CONFIG, activity, aws_client, table

if TYPE_CHECKING:
    from shared.services.webhooks.deliveries import DeliveryQueues
    from shared.services.webhooks.payloads import EventRebuilder

_BATCHES = 32
"""More batches than one process handles concurrently. Only local runs handle several."""

_URL_POLICY_OVERRIDES: list[UrlPolicy] = []
"""Policies of local runs and tests.

The last one is used. Empty in every deployment.
"""


@cache
def webhooks() -> WebhookTable:
    """Return the storage of webhooks."""
    return WebhookTable(table())


def event_rebuilder(formats: Mapping[str, PayloadFormat]) -> "EventRebuilder":
    """Return what builds past events again, in the given payload formats."""
    # Imported here because only the two functions for deliveries build payloads.
    from shared.services.webhooks.payloads import EventRebuilder  # noqa: PLC0415

    return EventRebuilder(activity(), formats)


@lru_cache(_BATCHES)
def webhooks_of_batch(_received_at: datetime) -> BatchWebhookTable:
    """Return a storage of webhooks that caches them for one batch of messages.

    A batch is known by its time of arrival, which all of its messages have in common. During an
    import, a batch has many events of one account. Changes of webhooks take effect with
    the next batch.
    """
    return BatchWebhookTable(table())


@cache
def deliveries() -> DeliveryTable:
    """Return the storage of deliveries."""
    return DeliveryTable(table())


@cache
def delivery_queue() -> SqsDeliveryQueue:
    """Return the queue of deliveries."""
    url = Settings.from_env().queue_url("webhook_delivery_queue_url")
    return SqsDeliveryQueue(_queue_client(), url)


@cache
def delivery_dead_letters() -> SqsDeliveryQueue:
    """Return the dead-letter queue of deliveries."""
    url = Settings.from_env().queue_url("webhook_delivery_dead_letters_url")
    return SqsDeliveryQueue(_queue_client(), url)


def delivery_queues() -> "DeliveryQueues":
    """Return the queue of deliveries with its dead-letter queue."""
    # Imported here because only one function sends deliveries.
    from shared.services.webhooks.deliveries import DeliveryQueues  # noqa: PLC0415

    return DeliveryQueues(delivery_queue(), delivery_dead_letters())


@cache
def _queue_client() -> Any:
    return aws_client("sqs", CLIENT_CONFIG)


def override_url_policy(policy: UrlPolicy) -> None:
    """Allow other URLs than public ones, for local runs and tests.

    Deployed code does not call this, which a test checks, and no setting enables it.
    """
    _URL_POLICY_OVERRIDES.append(policy)
    webhook_sender.cache_clear()


@cache
def webhook_sender() -> WebhookSender:
    """Return the sender of webhook requests."""
    # Imported here because only one function sends requests.
    from shared.adapters.webhook_sender import HttpWebhookSender  # noqa: PLC0415

    return HttpWebhookSender(url_policy())


def url_policy() -> UrlPolicy:
    """Return the URL policy: public HTTPS addresses only, unless it is overridden."""
    if _URL_POLICY_OVERRIDES:
        return _URL_POLICY_OVERRIDES[-1]
    from shared.adapters.url_policy import PublicUrlPolicy  # noqa: PLC0415

    return PublicUrlPolicy()
