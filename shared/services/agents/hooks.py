"""Create, list, find, rotate and delete hooks."""

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import timedelta

from shared.domain.accounts import Caller
from shared.domain.agents import Agent, Agents
from shared.domain.errors import (
    Fault,
    HookNotFound,
    InvalidDeclaration,
    TooManyHooks,
    WriteConflict,
)
from shared.domain.hooks import MAX_HOOKS, Hook, HookDraft, HookPage, Hooks, HookWithToken
from shared.services.agents.administration import find_agent
from shared.services.agents.hook_sight import check_may_ring, check_permissions_of_hooks
from shared.services.agents.hook_tokens import hash_token, new_token
from shared.services.conflicts import retry_on_conflict
from shared.services.ids import timed_id
from shared.validation.contacts import is_possible_identifier

OLD_TOKENS_WORK = timedelta(hours=24)
"""How long a rotated token still works, so that the platform can be set to the new one."""

FindFaults = Callable[[HookDraft, Agent], Iterable[Fault]]


def create_hook(
    agents: Agents, hooks: Hooks, caller: Caller, draft: HookDraft, find_faults: FindFaults
) -> HookWithToken:
    """Store a new hook, which reads what the caller's key reads now.

    Concurrent requests can exceed the limit of the account.

    Raises:
        TooManyHooks: The account has the maximum of hooks.
        PermissionDenied: The caller lacks a permission that hooks have.
        AgentNotFound: There is no such agent.
        InvalidDeclaration: The hook cannot have this, or the platform does not take the agent.

    """
    check_permissions_of_hooks(caller)
    agent = find_agent(agents, caller, draft.agent_id)
    faults = list(find_faults(draft, agent))
    if faults:
        raise InvalidDeclaration.from_faults(faults)
    if hooks.count(caller.account_id) >= MAX_HOOKS:
        raise TooManyHooks(MAX_HOOKS)
    hook_id = timed_id("hook_", caller.requested_at)
    token = new_token(caller.account_id, draft.platform, hook_id)
    hook = Hook(
        **{spec.name: getattr(draft, spec.name) for spec in fields(HookDraft)},
        hook_id=hook_id,
        token_hash=hash_token(token),
        created_at=caller.requested_at,
        updated_at=caller.requested_at,
        key_id=caller.key_id,
        user=caller.user,
        teams=tuple(sorted(caller.teams)),
        purpose=caller.purpose,
        sensitivity=caller.sensitivity,
    )

    def attempt() -> HookWithToken:
        try:
            hooks.add(caller.account_id, hook)
        except WriteConflict:
            # The first try may have been written, and its response lost.
            if hooks.find(caller.account_id, hook_id) is None:
                find_agent(agents, caller, draft.agent_id)
                raise
        return HookWithToken(hook, token)

    return retry_on_conflict(attempt)


def list_hooks(hooks: Hooks, caller: Caller, after: str | None, limit: int) -> HookPage:
    """List a page of the hooks of the account, oldest first."""
    return hooks.page(caller.account_id, after, limit)


def find_hook(hooks: Hooks, caller: Caller, hook_id: str) -> Hook:
    """Return a hook; raises HookNotFound."""
    is_possible = is_possible_identifier(hook_id)
    found = hooks.find(caller.account_id, hook_id) if is_possible else None
    if found is None:
        raise HookNotFound(hook_id)
    return found


def rotate_hook(hooks: Hooks, caller: Caller, hook_id: str) -> HookWithToken:
    """Give a hook a new token; the old one works for a day.

    Raises:
        HookNotFound: There is no such hook.
        PermissionDenied: The hook gets more than the caller, who would have its token.

    """
    hook = find_hook(hooks, caller, hook_id)
    check_may_ring(caller, hook)
    token = new_token(caller.account_id, hook.platform, hook_id)
    token_hash = hash_token(token)

    def attempt() -> HookWithToken:
        before = find_hook(hooks, caller, hook_id)
        if before.token_hash == token_hash:
            # An earlier attempt was written, and its response lost.
            return HookWithToken(before, token)
        after = replace(
            before,
            token_hash=token_hash,
            old_token_hash=before.token_hash,
            old_token_until=caller.requested_at + OLD_TOKENS_WORK,
            updated_at=caller.requested_at,
            version=before.version + 1,
        )
        hooks.replace(caller.account_id, after)
        return HookWithToken(after, token)

    return retry_on_conflict(attempt)


def delete_hook(hooks: Hooks, caller: Caller, hook_id: str) -> None:
    """Delete a hook; raises HookNotFound."""

    def attempt() -> None:
        find_hook(hooks, caller, hook_id)
        hooks.delete(caller.account_id, hook_id)

    retry_on_conflict(attempt)
