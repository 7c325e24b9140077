"""Create, list, find, update and delete webhooks, rotate secrets, and list deliveries."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta

from shared.domain.accounts import Caller
from shared.domain.deliveries import (
    Deliveries,
    DeliveryPage,
)
from shared.domain.errors import (
    Fault,
    InvalidRequest,
    TooManyWebhooks,
    WebhookForbidden,
    WebhookNotFound,
    WriteConflict,
)
from shared.domain.webhooks import (
    OldSecret,
    UrlPolicy,
    Webhook,
    WebhookDraft,
    Webhooks,
    WebhookStatus,
    WebhookWithSuspension,
    WebhookWithSuspensionPage,
)
from shared.services.conflicts import retry_on_conflict
from shared.services.ids import timed_id
from shared.services.webhooks.owners import (
    Owner,
    check_may_change,
    check_permissions,
    visible_owner,
    visible_webhooks,
)
from shared.services.webhooks.signing_secrets import new_secret
from shared.validation.webhooks import find_faults

MAX_WEBHOOKS = 50
"""The most webhooks of an account; each event of the account reads all of them."""

OLD_SECRETS_SIGN = timedelta(hours=24)
"""How long a replaced secret still signs, so that receivers can switch to the new one."""

_MAX_OLD_SECRETS = 4
_MAX_ID_CHARS = 64
_DISABLED_BY_OPERATOR = "an operator has disabled it"


def create_webhook(
    webhooks: Webhooks,
    url_policy: UrlPolicy,
    caller: Caller,
    draft: WebhookDraft,
    secret: str | None = None,
) -> WebhookWithSuspension:
    """Store a new webhook that belongs to the caller's key.

    Concurrent requests can exceed the limit of the account.
    Without a secret, a new one is generated.

    Raises:
        PermissionDenied: The key may not read what the webhook would receive.
        InvalidRequest: The draft has invalid members.
        TooManyWebhooks: The account has the maximum of webhooks.

    """
    check_permissions(caller, draft.permissions)
    webhook = replace(
        webhook_of(draft, caller.requested_at, secret),
        key_hash=caller.key_hash,
        key_id=caller.key_id,
    )
    return WebhookWithSuspension(add_webhook(webhooks, url_policy, caller.account_id, webhook))


def webhook_of(draft: WebhookDraft, created_at: datetime, secret: str | None = None) -> Webhook:
    """Return a webhook without an owner, with a new secret if none is given."""
    return Webhook(
        **{spec.name: getattr(draft, spec.name) for spec in fields(WebhookDraft)},
        webhook_id=timed_id("wh_", created_at),
        secret=secret or new_secret(),
        created_at=created_at,
        updated_at=created_at,
    )


def add_webhook(
    webhooks: Webhooks, url_policy: UrlPolicy, account_id: str, webhook: Webhook
) -> Webhook:
    """Store a new webhook; raises InvalidRequest, or TooManyWebhooks."""
    _validate(url_policy, webhook)
    if len(webhooks.list(account_id)) >= MAX_WEBHOOKS:
        raise TooManyWebhooks(MAX_WEBHOOKS)
    try:
        webhooks.add(account_id, webhook)
    except WriteConflict:
        # A retry of the client found the item that its first try had written. The function may
        # list webhooks, but not get one.
        written = {each.webhook_id: each for each in webhooks.list(account_id)}
        return written.get(webhook.webhook_id, webhook)
    return webhook


def find_webhook(
    webhooks: Webhooks, caller: Caller, webhook_id: str, payload_format: str | None = None
) -> WebhookWithSuspension:
    """Return a webhook, optionally of one payload format only; raises WebhookNotFound."""
    webhook = _found(webhooks, caller.account_id, webhook_id, payload_format)
    return WebhookWithSuspension(webhook, visible_owner(webhooks, caller, webhook).suspension)


def list_webhooks(
    webhooks: Webhooks, caller: Caller, after: str | None, limit: int
) -> WebhookWithSuspensionPage:
    """List a page of the webhooks that the caller may see, oldest first.

    A page can have fewer entries than the limit although more follow.
    """
    found = webhooks.page(caller.account_id, after, limit)
    return WebhookWithSuspensionPage(
        visible_webhooks(webhooks, caller, found.webhooks), found.following
    )


def list_webhooks_in_format(
    webhooks: Webhooks, caller: Caller, payload_format: str
) -> list[WebhookWithSuspension]:
    """List the webhooks of one payload format that the caller may see, oldest first."""
    found = [each for each in webhooks.list(caller.account_id) if each.form == payload_format]
    return visible_webhooks(webhooks, caller, found)


def update_webhook(
    webhooks: Webhooks,
    url_policy: UrlPolicy,
    caller: Caller,
    webhook_id: str,
    change: Callable[[Webhook], Webhook],
    payload_format: str | None = None,
) -> WebhookWithSuspension:
    """Update a webhook; activating it resets its failures.

    The owner stays the same. Every key that sees the webhook may disable it. Other changes require
    a key that sees everything that the owner sees.

    Raises:
        WebhookNotFound: The caller sees no such webhook.
        InvalidRequest: The changed webhook has invalid members.
        WebhookForbidden: The owner sees more than the caller, or an operator has disabled it.

    """

    def changed(before: Webhook, owner: Owner) -> Webhook:
        after = change(before)
        _validate(url_policy, after)
        if after == before:
            return before
        if after != replace(before, status=WebhookStatus.DISABLED):
            check_may_change(caller, before, owner)
        if after.is_active and before.disabled_by_operator:
            raise WebhookForbidden(_DISABLED_BY_OPERATOR)
        return _with_status(replace(after, updated_at=caller.requested_at), before)

    return _change_visible(webhooks, caller, webhook_id, changed, payload_format)


def rotate_secret(webhooks: Webhooks, caller: Caller, webhook_id: str) -> WebhookWithSuspension:
    """Replace the secret of a webhook; the old secret also signs for a day.

    Raises:
        WebhookNotFound: The caller sees no such webhook.
        WebhookForbidden: The owner of the webhook sees more than the caller.

    """
    secret = new_secret()
    until = caller.requested_at + OLD_SECRETS_SIGN

    def changed(before: Webhook, owner: Owner) -> Webhook:
        if before.secret == secret:
            return before
        check_may_change(caller, before, owner)
        live = [old for old in before.old_secrets if old.until > caller.requested_at]
        return replace(
            before,
            secret=secret,
            old_secrets=(OldSecret(before.secret, until), *live)[:_MAX_OLD_SECRETS],
            updated_at=caller.requested_at,
        )

    return _change_visible(webhooks, caller, webhook_id, changed)


def _change_visible(
    webhooks: Webhooks,
    caller: Caller,
    webhook_id: str,
    change: Callable[[Webhook, Owner], Webhook],
    payload_format: str | None = None,
) -> WebhookWithSuspension:
    found: list[Owner] = []

    def changed(before: Webhook) -> Webhook:
        owner = visible_owner(webhooks, caller, before)
        found[:] = [owner]
        return change(before, owner)

    webhook = change_webhook(webhooks, caller.account_id, webhook_id, changed, payload_format)
    return WebhookWithSuspension(webhook, found[0].suspension)


def change_webhook(
    webhooks: Webhooks,
    account_id: str,
    webhook_id: str,
    change: Callable[[Webhook], Webhook],
    payload_format: str | None = None,
) -> Webhook:
    """Apply a change to a webhook and store it if it differs; raises WebhookNotFound."""

    def attempt() -> Webhook:
        before = _found(webhooks, account_id, webhook_id, payload_format)
        after = change(before)
        if after == before:
            return before
        after = replace(after, version=before.version + 1)
        webhooks.replace(account_id, after)
        return after

    return retry_on_conflict(attempt)


def delete_webhook(
    webhooks: Webhooks, caller: Caller, webhook_id: str, payload_format: str | None = None
) -> None:
    """Delete a webhook, which cancels deliveries in flight; raises WebhookNotFound."""

    def attempt() -> None:
        find_webhook(webhooks, caller, webhook_id, payload_format)
        webhooks.delete(caller.account_id, webhook_id)

    retry_on_conflict(attempt)


def list_deliveries(
    webhooks: Webhooks,
    deliveries: Deliveries,
    caller: Caller,
    webhook_id: str,
    after: str | None,
    limit: int,
) -> DeliveryPage:
    """List a page of the deliveries of a webhook, newest first; raises WebhookNotFound."""
    find_webhook(webhooks, caller, webhook_id)
    return deliveries.page(caller.account_id, webhook_id, after, limit)


def _found(
    webhooks: Webhooks, account_id: str, webhook_id: str, payload_format: str | None
) -> Webhook:
    # A longer id would exceed the size of a DynamoDB key.
    can_exist = 0 < len(webhook_id) <= _MAX_ID_CHARS
    webhook = webhooks.find(account_id, webhook_id) if can_exist else None
    if webhook is None or payload_format not in (None, webhook.form):
        raise WebhookNotFound(webhook_id)
    return webhook


def _validate(url_policy: UrlPolicy, draft: WebhookDraft) -> None:
    faults = find_faults(draft)
    paths = {fault.path for fault in faults}
    reason = None if ("url",) in paths else url_policy.find_fault(draft.url)
    if reason:
        faults = [Fault("invalid_value", reason, ("url",)), *faults]
    if faults:
        raise InvalidRequest.from_faults(faults)


def _with_status(after: Webhook, before: Webhook) -> Webhook:
    if after.status is before.status:
        return after
    if after.status is WebhookStatus.DISABLED:
        reason = "it was disabled by its owner"
        return replace(after, disabled_reason=reason, disabled_at=after.updated_at)
    return enabled(after)


def enabled(webhook: Webhook) -> Webhook:
    """Return the webhook activated and without failures."""
    return replace(
        webhook,
        status=WebhookStatus.ACTIVE,
        disabled_reason=None,
        disabled_by_operator=False,
        disabled_at=None,
        failing_since=None,
        failed_deliveries=0,
        failed_delivery_ids=(),
    )
