"""Webhooks: create, list, find, change, delete, give a new secret, look at deliveries."""

import base64
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from os import urandom

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
    OwnedWebhook,
    OwnedWebhookPage,
    UrlPolicy,
    Webhook,
    WebhookDraft,
    Webhooks,
    WebhookStatus,
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
from shared.validation.webhooks import find_faults

MAX_WEBHOOKS = 50
"""Of an account: all of them are read for each event of it."""

OLD_SECRETS_SIGN = timedelta(hours=24)
"""How long a secret that was replaced signs on, so that its receivers can take the new one."""

_SECRET_PREFIX = "whsec_"  # noqa: S105 - what all secrets start with
_SECRET_BYTES = 32
_MAX_OLD_SECRETS = 4
_MAX_ID_CHARS = 64
_DISABLED_BY_OPERATOR = "an operator has disabled it"


def create_webhook(
    webhooks: Webhooks,
    url_policy: UrlPolicy,
    caller: Caller,
    draft: WebhookDraft,
    secret: str | None = None,
) -> OwnedWebhook:
    """Store a new webhook of the caller's key, with a secret of its own if none is given.

    Those that are made in the same moment can exceed the limit of an account.
    Raises PermissionDenied when the key may not read what the webhook would be sent,
    InvalidRequest, or TooManyWebhooks.
    """
    check_permissions(caller, draft.permissions)
    webhook = replace(
        webhook_of(draft, caller.requested_at, secret),
        key_hash=caller.key_hash,
        key_id=caller.key_id,
    )
    return OwnedWebhook(add_webhook(webhooks, url_policy, caller.account_id, webhook))


def webhook_of(draft: WebhookDraft, created_at: datetime, secret: str | None = None) -> Webhook:
    """A webhook that nobody owns yet, with a new secret if none is given."""
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
    _check(url_policy, webhook)
    if len(webhooks.list(account_id)) >= MAX_WEBHOOKS:
        raise TooManyWebhooks(MAX_WEBHOOKS)
    try:
        webhooks.add(account_id, webhook)
    except WriteConflict:
        # The answer to a first try was lost, and the second one met what it had written.
        return _found(webhooks, account_id, webhook.webhook_id, None)
    return webhook


def find_webhook(
    webhooks: Webhooks,
    caller: Caller,
    webhook_id: str,
    form: str | None = None,
) -> OwnedWebhook:
    """The webhook of that id, and of that form if one is given; raises WebhookNotFound."""
    webhook = _found(webhooks, caller.account_id, webhook_id, form)
    return OwnedWebhook(webhook, visible_owner(webhooks, caller, webhook).suspension)


def list_webhooks(
    webhooks: Webhooks, caller: Caller, after: str | None, limit: int
) -> OwnedWebhookPage:
    """One page of the account's webhooks that the caller may know of, oldest first.

    A page can have fewer than the limit although more follow.
    """
    found = webhooks.page(caller.account_id, after, limit)
    return OwnedWebhookPage(visible_webhooks(webhooks, caller, found.webhooks), found.following)


def list_webhooks_in_format(webhooks: Webhooks, caller: Caller, form: str) -> list[OwnedWebhook]:
    """The webhooks that are sent events in the words of one API, oldest first."""
    found = [each for each in webhooks.list(caller.account_id) if each.form == form]
    return visible_webhooks(webhooks, caller, found)


def update_webhook(
    webhooks: Webhooks,
    url_policy: UrlPolicy,
    caller: Caller,
    webhook_id: str,
    change: Callable[[Webhook], Webhook],
    form: str | None = None,
) -> OwnedWebhook:
    """Change a webhook; one that becomes active starts without the failures of before.

    It keeps its owner. Any key that may know of it disables it; other changes need a key that
    sees all that the owner sees. Raises WebhookNotFound, InvalidRequest or WebhookForbidden.
    """

    def changed(before: Webhook, owner: Owner) -> Webhook:
        after = change(before)
        _check(url_policy, after)
        if after == before:
            return before
        if after != replace(before, status=WebhookStatus.DISABLED):
            check_may_change(caller, before, owner)
        if after.is_active and before.disabled_by_operator:
            raise WebhookForbidden(_DISABLED_BY_OPERATOR)
        return _with_status(replace(after, updated_at=caller.requested_at), before)

    return _change_visible(webhooks, caller, webhook_id, changed, form)


def rotate_secret(webhooks: Webhooks, caller: Caller, webhook_id: str) -> OwnedWebhook:
    """Give a webhook a new secret, beside which the old one signs for a day.

    Raises WebhookNotFound, or WebhookForbidden as a change does.
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
    form: str | None = None,
) -> OwnedWebhook:
    found: list[Owner] = []

    def changed(before: Webhook) -> Webhook:
        owner = visible_owner(webhooks, caller, before)
        found[:] = [owner]
        return change(before, owner)

    webhook = change_webhook(webhooks, caller.account_id, webhook_id, changed, form)
    return OwnedWebhook(webhook, found[0].suspension)


def change_webhook(
    webhooks: Webhooks,
    account_id: str,
    webhook_id: str,
    change: Callable[[Webhook], Webhook],
    form: str | None = None,
) -> Webhook:
    """Write what a webhook becomes, if it becomes another; raises WebhookNotFound."""

    def attempt() -> Webhook:
        before = _found(webhooks, account_id, webhook_id, form)
        after = change(before)
        if after == before:
            return before
        after = replace(after, version=before.version + 1)
        webhooks.replace(account_id, after)
        return after

    return retry_on_conflict(attempt)


def delete_webhook(
    webhooks: Webhooks,
    caller: Caller,
    webhook_id: str,
    form: str | None = None,
) -> None:
    """Delete a webhook: what is on its way to it is not sent any more; raises WebhookNotFound."""
    find_webhook(webhooks, caller, webhook_id, form)
    webhooks.delete(caller.account_id, webhook_id)


def list_deliveries(
    webhooks: Webhooks,
    deliveries: Deliveries,
    caller: Caller,
    webhook_id: str,
    after: str | None,
    limit: int,
) -> DeliveryPage:
    """One page of what was sent to a webhook, newest first; raises WebhookNotFound."""
    find_webhook(webhooks, caller, webhook_id)
    return deliveries.page(caller.account_id, webhook_id, after, limit)


def new_secret() -> str:
    """A secret nobody has: 32 random bytes, as the Standard Webhooks specification writes them.

    Source: Standard Webhooks, "Signature scheme", symmetric secrets.
    """
    return _SECRET_PREFIX + base64.b64encode(urandom(_SECRET_BYTES)).decode()


def _found(webhooks: Webhooks, account_id: str, webhook_id: str, form: str | None) -> Webhook:
    # A longer id makes no key.
    can_exist = 0 < len(webhook_id) <= _MAX_ID_CHARS
    webhook = webhooks.find(account_id, webhook_id) if can_exist else None
    if webhook is None or form not in (None, webhook.form):
        raise WebhookNotFound(webhook_id)
    return webhook


def _check(url_policy: UrlPolicy, draft: WebhookDraft) -> None:
    faults = find_faults(draft)
    places = {fault.path for fault in faults}
    reason = None if ("url",) in places else url_policy.find_fault(draft.url)
    if reason:
        faults = [Fault("invalid_value", reason, ("url",)), *faults]
    if faults:
        raise InvalidRequest.from_faults(faults)


def _with_status(after: Webhook, before: Webhook) -> Webhook:
    if after.status is before.status:
        return after
    if after.status is WebhookStatus.DISABLED:
        told = "it was disabled by its owner"
        return replace(after, disabled_reason=told, disabled_at=after.updated_at)
    return enabled(after)


def enabled(webhook: Webhook) -> Webhook:
    """A webhook that is active and has forgotten all failures."""
    return replace(
        webhook,
        status=WebhookStatus.ACTIVE,
        disabled_reason=None,
        disabled_by_operator=False,
        disabled_at=None,
        failing_since=None,
        lost=0,
    )
