"""Determine the owner of a webhook, what the owner sees, and whether the webhook is suspended.

A webhook belongs to the API key that created it, or to the account. A webhook is suspended, and
receives nothing, when its key is revoked, has expired, or lacks a required permission.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from shared.domain.accounts import ApiKey, Caller
from shared.domain.deliveries import Viewer
from shared.domain.errors import (
    PermissionDenied,
    RestrictedKey,
    WebhookForbidden,
    WebhookNotFound,
)
from shared.domain.records import dataclass
from shared.domain.webhooks import (
    SuspensionReason,
    Webhook,
    Webhooks,
    WebhookWithSuspension,
)
from shared.services.accounts.access import authorize
from shared.services.variables.visibility import webhook_clearance

_OTHER_KEY = "it belongs to an API key that sees more than this one"
_ACCOUNT = "it belongs to the account, and only an operator changes it"
_UNASSIGNED = "it has no owner, and only an operator assigns it to one"


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of a webhook.

    Check `suspension` first: `caller` is None for the account, which sees everything, and for a
    key that does not exist any more.
    """

    caller: Caller | None = None
    suspension: SuspensionReason | None = None

    @property
    def viewer(self) -> Viewer | None:
        """The viewer of the events; None for the account, which sees everything."""
        if self.caller is None:
            return None
        return Viewer(self.caller.user, self.caller.teams, self.caller.sensitivity)


def key_hashes(webhooks: Iterable[Webhook]) -> set[str]:
    """Return the hashes of the API keys that own the webhooks."""
    return {each.key_hash for each in webhooks if each.key_hash is not None}


def owner_of(account_id: str, webhook: Webhook, keys: Mapping[str, ApiKey], now: datetime) -> Owner:
    """Return the owner of a webhook.

    `keys` are the current API keys, by hash.
    """
    if webhook.key_hash is None:
        return Owner(suspension=None if webhook.of_account else SuspensionReason.UNASSIGNED)
    key = keys.get(webhook.key_hash)
    if key is None or key.account_id != account_id:
        return Owner(suspension=SuspensionReason.KEY_REVOKED)
    caller = Caller(
        account_id=key.account_id,
        key_id=key.key_id,
        requested_at=now,
        grants=key.grants,
        user=key.user,
        teams=key.teams,
        purpose=key.purpose,
        sensitivity=key.sensitivity,
        key_hash=key.key_hash,
    )
    return Owner(caller, _suspension(webhook, key, caller, now))


def read_owners(webhooks: Webhooks, caller: Caller, found: Sequence[Webhook]) -> list[Owner]:
    """Read the owners of several webhooks; the caller's own key needs no read."""
    others = key_hashes(found) - {caller.key_hash}
    keys = webhooks.read_keys_and_contact(caller.account_id, others).keys if others else {}
    return [
        Owner(caller, _missing_permission(webhook, caller))
        if webhook.key_hash == caller.key_hash
        else owner_of(caller.account_id, webhook, keys, caller.requested_at)
        for webhook in found
    ]


def visible_webhooks(
    webhooks: Webhooks, caller: Caller, found: Sequence[Webhook]
) -> list[WebhookWithSuspension]:
    """Return the webhooks that the caller may see, with their suspensions."""
    owners = read_owners(webhooks, caller, found)
    return [
        WebhookWithSuspension(webhook, owner.suspension)
        for webhook, owner in zip(found, owners, strict=True)
        if _may_see(caller, webhook, owner)
    ]


def visible_owner(webhooks: Webhooks, caller: Caller, webhook: Webhook) -> Owner:
    """Return the owner of a webhook; raises WebhookNotFound if the caller may not see it."""
    (owner,) = read_owners(webhooks, caller, [webhook])
    if not _may_see(caller, webhook, owner):
        raise WebhookNotFound(webhook.webhook_id)
    return owner


def check_may_change(caller: Caller, webhook: Webhook, owner: Owner) -> None:
    """Require a caller that sees everything that the owner of the webhook sees.

    A caller who changes the URL of a webhook receives what its owner sees.

    Raises:
        WebhookForbidden: The owner sees more than the caller, or only operators may change it.

    """
    if webhook.key_hash is None:
        raise WebhookForbidden(_ACCOUNT if webhook.of_account else _UNASSIGNED)
    may_read = _missing_permission(webhook, caller) is None
    if not may_read or owner.caller is None or not _covers(caller, owner.caller):
        raise WebhookForbidden(_OTHER_KEY)


def check_permissions(caller: Caller, permissions: Sequence[str]) -> None:
    """Require all of the permissions; raises PermissionDenied or RestrictedKey."""
    for permission in permissions:
        authorize(caller, (permission,), None)
    if not permissions:
        authorize(caller, (), None)


def _suspension(
    webhook: Webhook, key: ApiKey, caller: Caller, now: datetime
) -> SuspensionReason | None:
    if not key.active:
        return SuspensionReason.KEY_REVOKED
    if key.valid_until and key.valid_until <= now:
        return SuspensionReason.KEY_EXPIRED
    return _missing_permission(webhook, caller)


def _missing_permission(webhook: Webhook, caller: Caller) -> SuspensionReason | None:
    try:
        check_permissions(caller, webhook.permissions)
    except (PermissionDenied, RestrictedKey):
        return SuspensionReason.PERMISSION_MISSING
    return None


def _may_see(caller: Caller, webhook: Webhook, owner: Owner) -> bool:
    # A key of a user or team must not see the webhooks of other users or teams.
    is_restricted = caller.user is not None or bool(caller.teams)
    if not is_restricted or webhook.key_hash is None:
        return True
    return owner.caller is not None and _covers(caller, owner.caller)


def _covers(caller: Caller, other: Caller) -> bool:
    """Tell whether a caller sees everything that another caller sees."""
    return (
        other.user in (None, caller.user)
        and other.teams <= caller.teams
        and webhook_clearance(caller).allows(webhook_clearance(other))
    )
