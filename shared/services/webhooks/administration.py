"""Manage webhooks as an operator: list, disable, enable, create, and assign an owner."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from shared.domain.accounts import ApiKey, Caller
from shared.domain.webhooks import (
    UrlPolicy,
    Webhook,
    WebhookDraft,
    Webhooks,
    WebhookStatus,
    WebhookWithSuspension,
)
from shared.services.webhooks.owners import check_permissions, key_hashes, owner_of
from shared.services.webhooks.subscriptions import add_webhook, change_webhook, enabled, webhook_of


def list_webhooks_of_account(
    webhooks: Webhooks, account_id: str, now: datetime
) -> list[WebhookWithSuspension]:
    """List the webhooks of an account with their suspensions, oldest first."""
    found = webhooks.list(account_id)
    return _with_suspensions(webhooks, account_id, found, now)


def disable_webhook(
    webhooks: Webhooks, account_id: str, webhook_id: str, now: datetime
) -> WebhookWithSuspension:
    """Disable a webhook so that only an operator enables it again; raises WebhookNotFound."""

    def disabled(before: Webhook) -> Webhook:
        if before.disabled_by_operator:
            return before
        return replace(
            before,
            status=WebhookStatus.DISABLED,
            disabled_by_operator=True,
            disabled_reason="it was disabled by an operator",
            disabled_at=now,
            updated_at=now,
        )

    changed = change_webhook(webhooks, account_id, webhook_id, disabled)
    return _with_suspensions(webhooks, account_id, [changed], now)[0]


def enable_webhook(
    webhooks: Webhooks, account_id: str, webhook_id: str, now: datetime
) -> WebhookWithSuspension:
    """Activate a webhook and reset its failures; raises WebhookNotFound."""

    def active(before: Webhook) -> Webhook:
        return before if before.is_active else replace(enabled(before), updated_at=now)

    changed = change_webhook(webhooks, account_id, webhook_id, active)
    return _with_suspensions(webhooks, account_id, [changed], now)[0]


def assign_webhook(
    webhooks: Webhooks,
    account_id: str,
    webhook_id: str,
    key: ApiKey | None,
    permissions: Mapping[str, tuple[str, ...]],
    now: datetime,
) -> WebhookWithSuspension:
    """Assign a webhook to an API key of the account, or to the account itself.

    `permissions` has the required permissions by payload format. They are stored, and the webhook
    is suspended when its key loses one of them.

    Raises:
        WebhookNotFound: The account has no such webhook.
        PermissionDenied, RestrictedKey: The key lacks a required permission.

    """

    def assigned(before: Webhook) -> Webhook:
        required = permissions[before.form]
        if key is not None:
            check_permissions(Caller(key.account_id, key.key_id, now, key.grants), required)
        after = replace(
            before,
            key_hash=key.key_hash if key else None,
            key_id=key.key_id if key else None,
            of_account=key is None,
            permissions=required,
        )
        return before if after == before else replace(after, updated_at=now)

    changed = change_webhook(webhooks, account_id, webhook_id, assigned)
    return _with_suspensions(webhooks, account_id, [changed], now)[0]


def create_account_webhook(
    webhooks: Webhooks,
    url_policy: UrlPolicy,
    account_id: str,
    draft: WebhookDraft,
    now: datetime,
) -> Webhook:
    """Store a new webhook of the account itself; raises InvalidRequest or TooManyWebhooks."""
    webhook = replace(webhook_of(draft, now), of_account=True)
    return add_webhook(webhooks, url_policy, account_id, webhook)


def _with_suspensions(
    webhooks: Webhooks, account_id: str, found: Sequence[Webhook], now: datetime
) -> list[WebhookWithSuspension]:
    hashes = key_hashes(found)
    keys = webhooks.read_keys_and_contact(account_id, hashes).keys if hashes else {}
    return [
        WebhookWithSuspension(each, owner_of(account_id, each, keys, now).suspension)
        for each in found
    ]
