"""The adapters of functions that are about webhooks; each is made once."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from shared.adapters.delivery_queue import SqsDeliveryQueue
from shared.domain.webhooks import PayloadFormat, UrlPolicy, WebhookSender
from shared.runtime.config import Settings
from shared.table.webhooks import BatchWebhookTable, DeliveryTable, WebhookTable
from shared.wiring.endpoints import CLIENT_CONFIG, activity, aws_client, table

if TYPE_CHECKING:
    from shared.services.webhooks.deliveries import DeliveryQueues
    from shared.services.webhooks.payloads import EventArchive

_BATCHES = 32
"""More than run at the same time in one process, which happens only in a local run."""

_CHOSEN_DESTINATIONS: list[UrlPolicy] = []
"""What was chosen in place of public addresses; empty wherever it is deployed."""


@cache
def webhooks() -> WebhookTable:
    """The webhooks of the table."""
    return WebhookTable(table())


def event_archive(forms: Mapping[str, PayloadFormat]) -> "EventArchive":
    """Where events are read again, to be worded in one of these forms."""
    # Loaded here, since only the two functions about deliveries build payloads.
    from shared.adapters.event_bus import event_document  # noqa: PLC0415
    from shared.services.webhooks.payloads import EventArchive  # noqa: PLC0415

    return EventArchive(activity(), forms, event_document)


@lru_cache(_BATCHES)
def webhooks_of_batch(_received_at: datetime) -> BatchWebhookTable:
    """The webhooks of the table for the messages that were received together.

    A batch has many events of one account while a file is imported. A webhook that is made or
    changed after the batch was received counts from the next batch on.
    """
    return BatchWebhookTable(table())


@cache
def deliveries() -> DeliveryTable:
    """The log of what is sent to the webhooks of the table."""
    return DeliveryTable(table())


@cache
def delivery_queue() -> SqsDeliveryQueue:
    """The queue of deliveries to webhooks of this function's environment."""
    url = Settings.from_env().queue_url("webhook_delivery_queue_url")
    return SqsDeliveryQueue(_queue_client(), url)


@cache
def delivery_dead_letters() -> SqsDeliveryQueue:
    """The queue of deliveries that were given up."""
    url = Settings.from_env().queue_url("webhook_delivery_dead_letters_url")
    return SqsDeliveryQueue(_queue_client(), url)


def delivery_queues() -> "DeliveryQueues":
    """Both queues of deliveries."""
    # Loaded here, since only one function makes deliveries.
    from shared.services.webhooks.deliveries import DeliveryQueues  # noqa: PLC0415

    return DeliveryQueues(delivery_queue(), delivery_dead_letters())


@cache
def _queue_client() -> Any:
    return aws_client("sqs", CLIENT_CONFIG)


def choose_url_policy(chosen: UrlPolicy) -> None:
    """Send webhooks elsewhere: for a run on one's own machine, and for tests.

    No setting leads here: nothing that is deployed calls it, and a test holds that.
    """
    _CHOSEN_DESTINATIONS.append(chosen)
    webhook_sender.cache_clear()


@cache
def webhook_sender() -> WebhookSender:
    """What brings events to webhooks."""
    # Loaded here, since only one function sends anything to anybody.
    from shared.adapters.webhook_sender import HttpWebhookSender  # noqa: PLC0415

    return HttpWebhookSender(url_policy())


def url_policy() -> UrlPolicy:
    """Where webhooks may be sent to: public addresses over HTTPS, unless others were chosen."""
    if _CHOSEN_DESTINATIONS:
        return _CHOSEN_DESTINATIONS[-1]
    from shared.adapters.url_policy import PublicUrlPolicy  # noqa: PLC0415

    return PublicUrlPolicy()
