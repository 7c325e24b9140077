"""Adapters of functions for webhooks. Each is created once."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from shared.adapters.delivery_queue import SqsDeliveryQueue
from shared.domain.deliveries import WebhookSender
from shared.domain.webhooks import (
    PayloadFormat,
    UrlPolicy,
)
from shared.runtime.config import Settings
from shared.table.seen_heads import check_time_left, seeing_heads
from shared.table.webhooks import BatchWebhookTable, DeliveryTable, WebhookTable
from shared.wiring import endpoints
from shared.wiring.endpoints import CLIENT_CONFIG, activity, aws_client, table

if TYPE_CHECKING:
    from shared.services.webhooks.deliveries import DeliveryContext
    from shared.services.webhooks.payloads import EventRebuilder

_BATCH: ContextVar[BatchWebhookTable] = ContextVar("webhooks_of_batch")

_SEND_SECONDS = 15
"""How long before its last call a delivery may begin its request.

The request takes 10 seconds, and a task is queued after it.
"""

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


@contextmanager
def caching_webhooks() -> Iterator[None]:
    """Cache the webhooks of accounts in the `with` block, which processes one batch of messages.

    During an import, a batch has many events of one account. Changes of webhooks take effect with
    the next batch.
    """
    token = _BATCH.set(BatchWebhookTable(table()))
    try:
        yield
    finally:
        _BATCH.reset(token)


def webhooks_of_batch() -> BatchWebhookTable:
    """Return the storage of webhooks that caches them for the current batch of messages."""
    return _BATCH.get()


def bounded_calls() -> AbstractContextManager[None]:
    """Bound the time in which a delivery may begin calls of DynamoDB, as that of a request.

    The function then stores or reports the outcome before its timeout.
    """
    return seeing_heads(endpoints.LATEST_CALL_SECONDS)


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


def delivery_context(formats: Mapping[str, PayloadFormat]) -> "DeliveryContext":
    """Return what delivery tasks are processed with, in the given payload formats."""
    # Imported here because only one function sends deliveries.
    from shared.services.webhooks.deliveries import (  # noqa: PLC0415
        DeliveryContext,
        DeliveryQueues,
    )

    return DeliveryContext(
        webhooks(),
        deliveries(),
        event_rebuilder(formats),
        webhook_sender(),
        DeliveryQueues(delivery_queue(), delivery_dead_letters()),
    )


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

    return HttpWebhookSender(url_policy(), partial(check_time_left, _SEND_SECONDS))


def url_policy() -> UrlPolicy:
    """Return the URL policy: public HTTPS addresses only, unless it is overridden."""
    if _URL_POLICY_OVERRIDES:
        return _URL_POLICY_OVERRIDES[-1]
    from shared.adapters.url_policy import PublicUrlPolicy  # noqa: PLC0415

    return PublicUrlPolicy()
