"""Webhooks: create, list, find, change, delete, give a new secret, look at deliveries."""

import base64
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from os import urandom

from shared.domain.errors import (
    Fault,
    InvalidRequest,
    TooManyWebhooks,
    WebhookNotFound,
    WriteConflict,
)
from shared.domain.model import Caller
from shared.domain.ports import Deliveries, Destinations, Webhooks
from shared.domain.webhooks import (
    DeliveryPage,
    OldSecret,
    Webhook,
    WebhookDraft,
    WebhookPage,
    WebhookStatus,
)
from shared.services.conflicts import until_settled
from shared.services.numbering import timed_id
from shared.validation.webhooks import faults_of

MAX_WEBHOOKS = 50
"""Of an account: all of them are read for each event of it."""

OLD_SECRETS_SIGN = timedelta(hours=24)
"""How long a secret that was replaced signs on, so that its receivers can take the new one."""

_SECRET_PREFIX = "whsec_"  # noqa: S105 - what all secrets start with
_SECRET_BYTES = 32
_MAX_OLD_SECRETS = 4
_MAX_ID_CHARS = 64


def create_webhook(
    webhooks: Webhooks,
    destinations: Destinations,
    caller: Caller,
    draft: WebhookDraft,
    secret: str | None = None,
) -> Webhook:
    """Store a new webhook, with a secret of its own if none is given.

    Those that are made in the same moment can exceed the limit of an account.
    Raises InvalidRequest, or TooManyWebhooks.
    """
    _check(destinations, draft)
    if len(webhooks.list(caller.account_id)) >= MAX_WEBHOOKS:
        raise TooManyWebhooks(MAX_WEBHOOKS)
    webhook = Webhook(
        **{spec.name: getattr(draft, spec.name) for spec in fields(WebhookDraft)},
        webhook_id=timed_id("wh_", caller.requested_at),
        secret=secret or new_secret(),
        created_at=caller.requested_at,
        updated_at=caller.requested_at,
    )
    try:
        webhooks.add(caller.account_id, webhook)
    except WriteConflict:
        # The answer to a first try was lost, and the second one met what it had written.
        return find_webhook(webhooks, caller, webhook.webhook_id)
    return webhook


def find_webhook(
    webhooks: Webhooks, caller: Caller, webhook_id: str, form: str | None = None
) -> Webhook:
    """The webhook of that id, and of that form if one is given; raises WebhookNotFound."""
    return _found(webhooks, caller.account_id, webhook_id, form)


def list_webhooks(webhooks: Webhooks, caller: Caller, after: str | None, limit: int) -> WebhookPage:
    """One page of the account's webhooks, oldest first."""
    return webhooks.page(caller.account_id, after, limit)


def list_webhooks_of_form(webhooks: Webhooks, caller: Caller, form: str) -> list[Webhook]:
    """The account's webhooks that are sent events in the words of one API, oldest first."""
    return [each for each in webhooks.list(caller.account_id) if each.form == form]


def update_webhook(
    webhooks: Webhooks,
    destinations: Destinations,
    caller: Caller,
    webhook_id: str,
    change: Callable[[Webhook], Webhook],
    form: str | None = None,
) -> Webhook:
    """Change a webhook; one that becomes active starts without the failures of before.

    Raises WebhookNotFound, or InvalidRequest.
    """

    def changed(before: Webhook) -> Webhook:
        after = change(before)
        _check(destinations, after)
        if after == before:
            return before
        return _with_status(replace(after, updated_at=caller.requested_at), before)

    return change_webhook(webhooks, caller.account_id, webhook_id, changed, form)


def rotate_secret(webhooks: Webhooks, caller: Caller, webhook_id: str) -> Webhook:
    """Give a webhook a new secret, beside which the old one signs for a day.

    Raises WebhookNotFound.
    """
    secret = new_secret()
    until = caller.requested_at + OLD_SECRETS_SIGN

    def changed(before: Webhook) -> Webhook:
        if before.secret == secret:
            return before
        live = [old for old in before.old_secrets if old.until > caller.requested_at]
        return replace(
            before,
            secret=secret,
            old_secrets=(OldSecret(before.secret, until), *live)[:_MAX_OLD_SECRETS],
            updated_at=caller.requested_at,
        )

    return change_webhook(webhooks, caller.account_id, webhook_id, changed)


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

    return until_settled(attempt)


def delete_webhook(
    webhooks: Webhooks, caller: Caller, webhook_id: str, form: str | None = None
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


def _check(destinations: Destinations, draft: WebhookDraft) -> None:
    faults = faults_of(draft)
    places = {fault.path for fault in faults}
    reason = None if ("url",) in places else destinations.fault_of(draft.url)
    if reason:
        faults = [Fault("invalid_value", reason, ("url",)), *faults]
    if faults:
        raise InvalidRequest.of(faults)


def _with_status(after: Webhook, before: Webhook) -> Webhook:
    if after.status is before.status:
        return after
    if after.status is WebhookStatus.DISABLED:
        told = "it was disabled by its owner"
        return replace(after, disabled_reason=told, disabled_at=after.updated_at)
    return replace(after, disabled_reason=None, disabled_at=None, failing_since=None, lost=0)
