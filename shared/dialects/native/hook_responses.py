"""Responses to requests about hooks. Only those that make a token have it."""

from typing import Any

from shared.dialects.native.instants import format_instant
from shared.dialects.native.paging import Listed, page
from shared.domain.hooks import Hook, HookPage, HookWithToken
from shared.gateway.response import Response


def hook_created(made: HookWithToken) -> Response:
    """Build the response to the creation of a hook."""
    return Response(201, _with_path(made))


def hook_rotated(made: HookWithToken) -> Response:
    """Build the response to a request for a new token."""
    return Response(200, _with_path(made))


def hook_shown(hook: Hook) -> Response:
    """Build the response to a request for a hook."""
    return Response(200, _document(hook))


def hook_list(found: HookPage) -> Response:
    """Build the response to a request for the hooks of an account."""
    return page([_document(each) for each in found.hooks], found.following, Listed.HOOKS)


def hook_deleted(hook_id: str) -> Response:
    """Build the response to the deletion of a hook."""
    return Response(200, {"id": hook_id, "deleted": True})


def _with_path(made: HookWithToken) -> dict[str, Any]:
    return {**_document(made.hook), "path": f"/h/{made.token}"}


def _document(hook: Hook) -> dict[str, Any]:
    return {
        "id": hook.hook_id,
        "agent": hook.agent_id,
        "platform": hook.platform,
        "has_secret": hook.secret is not None,
        "signature": dict(hook.signature),
        "rejects_bad_signatures": hook.rejects_bad_signatures,
        "key_id": hook.key_id,
        "old_token_until": format_instant(hook.old_token_until),
        "created_at": format_instant(hook.created_at),
        "updated_at": format_instant(hook.updated_at),
    }
