"""Describe the operations on hooks in the native API, and their responses."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from openapi_documents.description import Group, Operation, Success
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from openapi_documents.native.agents import AGENT_ID
from openapi_documents.native.hook_tests import LIMITS as TEST_LIMITS
from openapi_documents.native.hook_tests import TEST_HOOK
from shared.dialects.native import hook_requests
from shared.domain import errors
from shared.domain.errors import Fault, InvalidDeclaration
from shared.domain.hooks import MAX_HOOKS
from shared.platforms.registry import NAMES

_HOOK_ID = "hook_018f9c5b2a40123456789abcdef"


class Hook(BaseModel):
    """A URL that a voice platform calls for one agent, without its token."""

    id: str = member(example=_HOOK_ID)
    agent: str = member(example=AGENT_ID)
    platform: str = member(example="retell")
    has_secret: bool = member("Whether signatures of the platform are verified")
    signature: dict[str, Any] = member("How the platform signs, where that can be set", example={})
    rejects_bad_signatures: bool = member("Whether a bad signature gets 401 instead of fallbacks")
    key_id: str = member("The API key that created it", example="0f3b1c2d4e5f")
    old_token_until: datetime | None = member("Until when the token before the last rotation works")
    created_at: datetime = member(example="2026-11-22T05:00:00.000Z")
    updated_at: datetime = member(example="2026-11-22T05:00:00.000Z")


class HookWithPath(Hook):
    """A hook with the path of its URL, which no other response has."""

    path: str = member(
        "The path that the platform calls. It is a secret",
        example="/h/h.mfrw2zi.retell.hook_018f9c5b2a40123456789abcdef.…",
    )


_UNFIT = InvalidDeclaration.from_faults(
    [Fault("invalid_value", "it must be one of: retell, elevenlabs", ("platform",))]
)

_OPERATIONS = {
    ("create_hook", "POST"): Operation(
        "Creates a URL for a voice platform. Only this response has its path. The hook reads "
        "what the key reads that creates it.",
        body=hook_requests.HookCreation,
        response=Success("The hook, with its path", HookWithPath, status=201),
        errors=(_UNFIT, errors.AgentNotFound(AGENT_ID), errors.TooManyHooks(MAX_HOOKS)),
    ),
    ("list_hooks", "GET"): native.listing(
        "hooks", Hook, "Hooks, oldest first.", "Lists the hooks of the account, oldest first."
    ),
    ("get_hook", "GET"): Operation(
        "Returns a hook without its token.", response=Success("The hook", Hook)
    ),
    ("rotate_hook", "POST"): Operation(
        "Creates a new token. The old one works for another 24 hours.",
        response=Success("The hook, with its new path", HookWithPath),
    ),
    ("test_hook", "POST"): TEST_HOOK,
    ("delete_hook", "DELETE"): native.deletion(
        "a hook", _HOOK_ID, "Deletes a hook. Its URL answers 404 at once."
    ),
}

GROUP = Group(
    "Hooks",
    "URLs that voice platforms call for an agent.",
    _OPERATIONS,
    path_parameters=(native.id_in_path("hook_id", _HOOK_ID, errors.HookNotFound),),
    limits={
        hook_requests.HookCreation: {"properties": {"platform": {"enum": list(NAMES)}}},
        **TEST_LIMITS,
    },
)
