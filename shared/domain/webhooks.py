"""Webhooks and their deliveries, and the ports that store and send them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.domain.accounts import ApiKey
from shared.domain.changes import EventReference
from shared.domain.contacts import Contact
from shared.domain.json_values import JsonObject
from shared.domain.records import dataclass

EVERY_TOPIC = "*"
"""The topic that includes all others, also those of later versions."""

TEST_TOPIC = "webhook.test"
"""The topic of test events. Every webhook receives them without subscribing."""

SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix of secrets, not a secret
"""What generated signing secrets begin with.

Source: Standard Webhooks, "Signature scheme", symmetric secrets.
"""


class WebhookStatus(StrEnum):
    """Whether a webhook is enabled."""

    ACTIVE = "active"
    DISABLED = "disabled"


class SuspensionReason(StrEnum):
    """Why an enabled webhook receives no events."""

    UNASSIGNED = "unassigned"
    KEY_REVOKED = "key_revoked"
    KEY_EXPIRED = "key_expired"
    PERMISSION_MISSING = "permission_missing"

    @property
    def message(self) -> str:
        """The reason as text for people."""
        return _SUSPENSIONS[self]


_SUSPENSIONS = {
    SuspensionReason.UNASSIGNED: "an earlier version created it, and it has no owner",
    SuspensionReason.KEY_REVOKED: "its API key was revoked",
    SuspensionReason.KEY_EXPIRED: "its API key has expired",
    SuspensionReason.PERMISSION_MISSING: "its API key lacks a permission that it needs",
}


@dataclass(frozen=True, slots=True)
class BusEvent:
    """An event of an account as it was read from the bus.

    Attributes:
        document: The whole event.
        reference: What the event is rebuilt from. None for test events.
    """

    event_id: str
    topic: str
    occurred_at: datetime
    account_id: str
    document: JsonObject
    reference: EventReference | None = None


@dataclass(frozen=True, slots=True)
class OldSecret:
    """A rotated secret.

    Requests are signed with it and the new secret until it expires.
    """

    secret: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDraft:
    """The settings of a webhook.

    Attributes:
        form: The name of the payload format.
        permissions: The permissions that the webhook's API key needs, all of them, to receive
            events. Empty if the API has no permissions.
        variables: The variables whose changes are sent. None for all variables.
    """

    url: str
    topics: tuple[str, ...]
    form: str
    permissions: tuple[str, ...] = ()
    variables: tuple[str, ...] | None = None
    description: str = ""
    status: WebhookStatus = WebhookStatus.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(WebhookDraft):
    """A subscription of a URL to events.

    A webhook belongs to an API key or to the account. Webhooks that were stored before webhooks
    had owners belong to neither.

    Attributes:
        key_hash: The hash of the API key that the webhook belongs to.
        key_id: The id of that key.
        of_account: Whether the webhook belongs to the account.
        disabled_by_operator: Whether an operator disabled the webhook.
        failing_since: When deliveries began to fail. None after a success.
        failed_deliveries: The number of deliveries that have failed for good since then.
        failed_delivery_ids: The ids of the last of them, so that each is counted once.
    """

    webhook_id: str
    secret: str
    created_at: datetime
    updated_at: datetime
    old_secrets: tuple[OldSecret, ...] = ()
    key_hash: str | None = field(default=None, repr=False)
    key_id: str | None = None
    of_account: bool = False
    disabled_reason: str | None = None
    disabled_by_operator: bool = False
    disabled_at: datetime | None = None
    failing_since: datetime | None = None
    failed_deliveries: int = 0
    failed_delivery_ids: tuple[str, ...] = ()
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether the webhook is enabled."""
        return self.status is WebhookStatus.ACTIVE

    def matches(self, topic: str) -> bool:
        """Return whether the webhook is enabled and subscribed to a topic."""
        return self.is_active and (EVERY_TOPIC in self.topics or topic in self.topics)

    def secrets(self, at: datetime) -> list[str]:
        """Return the secrets that requests are signed with at a time, newest first."""
        return [self.secret, *(old.secret for old in self.old_secrets if old.until > at)]


@dataclass(frozen=True, slots=True)
class PayloadFormat:
    """How an API formats events as payloads.

    Attributes:
        payload: Formats an event, with the contact if `shows_contact` is set. Returns None for
            an event that the API does not have.
        shows_contact: Whether payloads include the contact.
    """

    payload: Callable[[BusEvent, Contact | None], JsonObject | None]
    shows_contact: bool = False


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """A page of webhooks, oldest first.

    `following` is the cursor of the next page, or None.
    """

    webhooks: Sequence[Webhook]
    following: str | None


@dataclass(frozen=True, slots=True)
class WebhookWithSuspension:
    """A webhook, and the reason if it is suspended."""

    webhook: Webhook
    suspension: SuspensionReason | None = None

    @property
    def is_active(self) -> bool:
        """Whether the webhook receives events."""
        return self.webhook.is_active and self.suspension is None


@dataclass(frozen=True, slots=True)
class WebhookWithSuspensionPage:
    """A page of webhooks with their suspensions, oldest first."""

    webhooks: Sequence[WebhookWithSuspension]
    following: str | None


@dataclass(frozen=True, slots=True)
class KeysAndContact:
    """The API keys that own webhooks, by hash, and a contact if one was looked up."""

    keys: dict[str, ApiKey]
    contact: Contact | None


class Webhooks(Protocol):
    """Stores webhooks."""

    def add(self, account_id: str, webhook: Webhook) -> None:
        """Store a new webhook.

        Raises:
            WriteConflict: A webhook with this id exists.
        """

    def find(self, account_id: str, webhook_id: str) -> Webhook | None:
        """Return the webhook with this id, or None."""

    def list(self, account_id: str) -> list[Webhook]:
        """Return all webhooks of an account, oldest first."""

    def page(self, account_id: str, after: str | None, limit: int) -> WebhookPage:
        """Return up to `limit` webhooks, oldest first, that follow the webhook `after`."""

    def replace(self, account_id: str, webhook: Webhook) -> None:
        """Replace a webhook. `webhook` has the next version.

        Raises:
            WriteConflict: The stored webhook does not have the version before.
        """

    def delete(self, account_id: str, webhook_id: str) -> None:
        """Delete a webhook if it exists."""

    def read_keys_and_contact(
        self, account_id: str, key_hashes: Collection[str], contact_id: int | None = None
    ) -> KeysAndContact:
        """Look up API keys by hash, and a contact, in one batch. Strongly consistent."""


class UrlPolicy(Protocol):
    """Decides which URLs webhooks may be sent to."""

    def find_fault(self, url: str) -> str | None:
        """Return why a URL is not allowed, or None. Does not resolve the host."""

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return the IP addresses of a host in order of preference.

        Raises:
            Unreachable: The host does not resolve, or one of its addresses is not allowed.
        """
