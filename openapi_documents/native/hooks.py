"""Describe the operations on hooks in the native API, and their responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/hook_responses.py`.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from openapi_documents.description import Group, JsonObject, Model, Operation, Parameter, Success
from openapi_documents.examples import EVENT
from openapi_documents.native.agents import AGENT_ID
from openapi_documents.native.hook_tests import LIMITS as TEST_LIMITS
from openapi_documents.native.hook_tests import TEST_HOOK
from openapi_documents.native.responses import PAGING, Page
from shared.dialects.native import hook_requests
from shared.domain import errors
from shared.domain.errors import Fault, InvalidDeclaration, InvalidRequest
from shared.domain.hooks import MAX_HOOKS
from shared.platforms.registry import NAMES

_HOOK_ID = "hook_018f9c5b2a40123456789abcdef"

PATH_PARAMETERS = (
    Parameter(
        "hook_id",
        "The id of the hook",
        example=_HOOK_ID,
        error_responses=(errors.HookNotFound(_HOOK_ID),),
    ),
)

LIMITS: dict[Model, JsonObject] = {
    hook_requests.HookCreation: {"properties": {"platform": {"enum": list(NAMES)}}},
    **TEST_LIMITS,
}


class Hook(BaseModel):
    """A URL that a voice platform calls for one agent, without its token."""

    id: str = Field(examples=[_HOOK_ID])
    agent: str = Field(examples=[AGENT_ID])
    platform: str = Field(examples=["retell"])
    has_secret: bool = Field(
        description="Whether signatures of the platform are verified", examples=[False]
    )
    signature: dict[str, Any] = Field(
        description="How the platform signs, where that can be set", examples=[{}]
    )
    rejects_bad_signatures: bool = Field(
        description="Whether a bad signature gets 401 instead of fallbacks", examples=[False]
    )
    key_id: str = Field(description="The API key that created it", examples=["0f3b1c2d4e5f"])
    old_token_until: datetime | None = Field(
        description="Until when the token before the last rotation works", examples=[None]
    )
    created_at: datetime = Field(examples=["2026-11-22T05:00:00.000Z"])
    updated_at: datetime = Field(examples=["2026-11-22T05:00:00.000Z"])


class HookWithPath(Hook):
    """A hook with the path of its URL, which no other response has."""

    path: str = Field(
        description="The path that the platform calls. It is a secret",
        examples=["/h/h.mfrw2zi.retell.hook_018f9c5b2a40123456789abcdef.…"],
    )


class HookList(Page[Hook]):
    """Hooks, oldest first."""


class HookDeleted(BaseModel):
    """A hook was deleted."""

    id: str = Field(examples=[_HOOK_ID])
    deleted: Literal[True]


_BAD_BODY = InvalidRequest.from_faults([Fault("required", "it is required", ("agent",))])
_UNFIT = InvalidDeclaration.from_faults(
    [Fault("invalid_value", "it must be one of: retell, elevenlabs", ("platform",))]
)

_OPERATIONS = {
    ("create_hook", "POST"): Operation(
        summary="Create a hook",
        description=(
            "Creates a URL for a voice platform. Only this response has its path. The hook reads "
            "what the key reads that creates it."
        ),
        body=hook_requests.HookCreation,
        examples={"retell": EVENT},
        response=Success("The hook, with its path", HookWithPath, status=201),
        error_responses=(
            *(_BAD_BODY, _UNFIT, errors.AgentNotFound(AGENT_ID)),
            errors.TooManyHooks(MAX_HOOKS),
        ),
    ),
    ("list_hooks", "GET"): Operation(
        summary="List hooks",
        description="Lists the hooks of the account, oldest first.",
        parameters=PAGING,
        response=Success("One page of hooks", HookList),
    ),
    ("get_hook", "GET"): Operation(
        summary="Get a hook",
        description="Returns a hook without its token.",
        response=Success("The hook", Hook),
    ),
    ("rotate_hook", "POST"): Operation(
        summary="Give a hook a new token",
        description="Creates a new token. The old one works for another 24 hours.",
        response=Success("The hook, with its new path", HookWithPath),
    ),
    ("test_hook", "POST"): TEST_HOOK,
    ("delete_hook", "DELETE"): Operation(
        summary="Delete a hook",
        description="Deletes a hook. Its URL answers 404 at once.",
        response=Success("It was deleted", HookDeleted),
    ),
}

GROUP = Group("Hooks", "URLs that voice platforms call for an agent.", _OPERATIONS)
