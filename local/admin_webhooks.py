"""`python -m local.admin webhook`: list webhooks, disable and enable them, give them an owner."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local.failure import LocalApiError
from local.table_command import add_account_option, add_command, print_columns
from local.webhook_permissions import PERMISSIONS
from shared.adapters.url_policy import PublicUrlPolicy
from shared.dialects.native.dialect import NATIVE
from shared.domain.errors import (
    InvalidRequest,
    PermissionDenied,
    RestrictedKey,
    TooManyWebhooks,
    WebhookNotFound,
)
from shared.domain.webhooks import EVERY_TOPIC, WebhookDraft, WebhookWithSuspension
from shared.services.accounts import administration
from shared.services.accounts.administration import KeyNotFound
from shared.services.webhooks import administration as webhook_administration
from shared.table.accounts import AccountTable
from shared.table.credentials import CredentialTable
from shared.table.webhooks import WebhookTable

if TYPE_CHECKING:
    import argparse

    from local.command_line import CommandParser
    from shared.domain.accounts import ApiKey
    from shared.table.dynamo import Table

_COLUMNS = ("ID", "STATE", "OWNER", "FORM", "TOPICS", "URL", "REASON")


def add_webhook_commands(things: argparse._SubParsersAction[CommandParser]) -> None:
    """Add `webhook` and its verbs to the command line."""
    thing = things.add_parser("webhook", help="list, disable or enable webhooks, give them owners")
    verbs = thing.add_subparsers(required=True, metavar="list|create|assign|disable|enable")
    listed = add_command(verbs, "list", "list the webhooks of an account", _list_webhooks)
    created = add_command(
        verbs, "create", "create a webhook of the account itself", _create_webhook
    )
    created.add_argument("--url", required=True, help="a public https address")
    created.add_argument(
        "--topic", action="append", default=[], help="a topic; may be repeated (every topic)"
    )
    created.add_argument("--description", default="", help="what the webhook is for")
    assigned = add_command(verbs, "assign", "give a webhook an owner", _assign_webhook)
    owner = assigned.add_mutually_exclusive_group(required=True)
    owner.add_argument("--key", metavar="KEY_ID", help="the API key that it belongs to")
    owner.add_argument(
        "--to-account",
        action="store_true",
        help="the account: it is sent the events of all contacts and variables",
    )
    disabled = add_command(
        verbs, "disable", "disable a webhook until an operator enables it", _disable_webhook
    )
    enabled = add_command(verbs, "enable", "make a webhook active again", _enable_webhook)
    for each in (assigned, disabled, enabled):
        each.add_argument("webhook_id", metavar="WEBHOOK_ID", help="the webhook's id")
    add_account_option(listed, created, assigned, disabled, enabled)


def _list_webhooks(table: Table, given: argparse.Namespace) -> None:
    administration.get_account(AccountTable(table), given.account)
    found = webhook_administration.list_webhooks_of_account(
        WebhookTable(table), given.account, datetime.now(UTC)
    )
    if not found:
        print(f"The account '{given.account}' has no webhooks.", file=sys.stderr)
        return
    print_columns(_COLUMNS, map(_row, found))


def _create_webhook(table: Table, given: argparse.Namespace) -> None:
    administration.get_account(AccountTable(table), given.account)
    draft = WebhookDraft(
        url=given.url,
        topics=tuple(given.topic) or (EVERY_TOPIC,),
        form=NATIVE.name,
        permissions=PERMISSIONS[NATIVE.name],
        description=given.description,
    )
    with _as_sentences(given):
        webhook = webhook_administration.create_account_webhook(
            WebhookTable(table), PublicUrlPolicy(), given.account, draft, datetime.now(UTC)
        )
    made = f"Made webhook {webhook.webhook_id} of the account."
    print(f"{made} This is the only time its secret is shown:", file=sys.stderr, flush=True)
    print(webhook.secret)


def _assign_webhook(table: Table, given: argparse.Namespace) -> None:
    key = None if given.to_account else _key(table, given)
    with _as_sentences(given):
        webhook_administration.assign_webhook(
            WebhookTable(table),
            given.account,
            given.webhook_id,
            key,
            PERMISSIONS,
            datetime.now(UTC),
        )
    owner = f"key {key.key_id}" if key else "the account"
    print(f"Webhook {given.webhook_id} belongs to {owner} now.")


def _disable_webhook(table: Table, given: argparse.Namespace) -> None:
    with _as_sentences(given):
        webhook_administration.disable_webhook(
            WebhookTable(table), given.account, given.webhook_id, datetime.now(UTC)
        )
    print(f"Disabled webhook {given.webhook_id}: nothing is sent to it any more.")


def _enable_webhook(table: Table, given: argparse.Namespace) -> None:
    with _as_sentences(given):
        found = webhook_administration.enable_webhook(
            WebhookTable(table), given.account, given.webhook_id, datetime.now(UTC)
        )
    suspended = f", but suspended: {found.suspension.message}" if found.suspension else ""
    print(f"Webhook {given.webhook_id} is enabled{suspended}.")


def _key(table: Table, given: argparse.Namespace) -> ApiKey:
    known = administration.list_keys(AccountTable(table), CredentialTable(table), given.account)
    for key in known:
        if key.key_id == given.key:
            return key
    raise KeyNotFound(given.account, given.key)


def _row(owned: WebhookWithSuspension) -> tuple[str, ...]:
    webhook = owned.webhook
    owner = "account" if webhook.of_account else f"key {webhook.key_id}" if webhook.key_id else "-"
    state, reason = str(webhook.status), webhook.disabled_reason
    if webhook.is_active and owned.suspension:
        state, reason = "suspended", owned.suspension.message
    topics = ",".join(webhook.topics)
    return webhook.webhook_id, state, owner, webhook.form, topics, webhook.url, reason or "-"


@contextmanager
def _as_sentences(given: argparse.Namespace) -> Iterator[None]:
    """Turn the errors of webhook rules into one sentence."""
    try:
        yield
    except WebhookNotFound as error:
        words = f"The account '{given.account}' has no webhook '{error.webhook_id}'."
        raise LocalApiError(words) from None
    except PermissionDenied as error:
        lacks = f"lacks the permission {error.permission}"
        raise LocalApiError(f"The key '{given.key}' {lacks}.") from None
    except RestrictedKey:
        lacks = "is not made for an API without permissions"
        raise LocalApiError(f"The key '{given.key}' {lacks}.") from None
    except InvalidRequest as error:
        raise LocalApiError(f"The webhook is not valid: {error.summary}.") from None
    except TooManyWebhooks as error:
        raise LocalApiError(f"An account has at most {error.limit} webhooks.") from None
