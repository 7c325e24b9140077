"""Check that an API key may do what a hook does."""

from shared.domain.accounts import Caller
from shared.domain.disclosure import Purpose
from shared.domain.errors import PermissionDenied
from shared.domain.hooks import Hook
from shared.services.accounts.access import authorize

READS_CONTACTS = "contacts:read"
"""The permission of hooks to read about callers."""

CREATES_CONTACTS = "contacts:write"
"""The permission of hooks to create the contacts of unknown callers."""


def check_permissions_of_hooks(caller: Caller) -> None:
    """Require the permissions that every hook has; raises PermissionDenied."""
    for permission in (READS_CONTACTS, CREATES_CONTACTS):
        authorize(caller, (permission,), None)


def check_may_ring(caller: Caller, hook: Hook) -> None:
    """Require a caller that gets everything that a hook gets.

    Raises:
        PermissionDenied: The hook gets more than the caller.

    """
    check_permissions_of_hooks(caller)
    _check_sight(caller, hook)


def check_may_read_as(caller: Caller, hook: Hook) -> None:
    """Require a caller that may read all that a hook reads.

    Raises:
        PermissionDenied: The caller lacks the permission, or the hook gets more.

    """
    authorize(caller, (READS_CONTACTS,), None)
    _check_sight(caller, hook)


def _check_sight(caller: Caller, hook: Hook) -> None:
    purpose = hook.purpose or Purpose.PROMPT
    is_covered = (
        hook.user in (None, caller.user)
        and caller.teams.issuperset(hook.teams)
        and caller.purpose in (None, purpose)
        and caller.sensitivity.allows(hook.sensitivity)
    )
    if not is_covered:
        raise PermissionDenied("access to all that the hook reads")
