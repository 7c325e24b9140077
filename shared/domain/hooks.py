"""Hooks: the URLs that voice platforms call, and the port that stores them."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Protocol

from shared.domain.calls import PlatformMessage, Resolution, ToolResult
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.json_values import JsonValue
from shared.domain.records import dataclass

MAX_HOOKS = 200
"""The most hooks of an account; each new one, and the deletion of an agent, reads all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookDraft:
    """A hook without an id.

    Attributes:
        agent_id: The agent that answers.
        platform: The voice platform that calls.
        secret: The secret of the platform's signatures. None to accept unsigned requests.
        signature: The settings of the platform's signatures, where it has any.
        rejects_bad_signatures: Whether a request with a bad signature gets 401. Otherwise it gets
            the fallbacks of the agent.
    """

    agent_id: str
    platform: str
    secret: str | None = None
    signature: Mapping[str, JsonValue] = field(default_factory=dict)
    rejects_bad_signatures: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook(HookDraft):
    """A stored hook.

    It reads what the API key that created it could read then.

    Attributes:
        purpose: The purpose of that key. None reads for prompts.
        token_hash: The hash of the token in its URL.
        old_token_hash: The hash of the token before the last rotation.
        old_token_until: Until when the old token works.
        key_id: The API key that created it.
    """

    hook_id: str
    token_hash: str
    created_at: datetime
    updated_at: datetime
    old_token_hash: str | None = None
    old_token_until: datetime | None = None
    key_id: str = ""
    user: str | None = None
    teams: tuple[int, ...] = ()
    purpose: Purpose | None = None
    sensitivity: Sensitivity = Sensitivity.SENSITIVE
    version: int = 1


@dataclass(frozen=True, slots=True)
class HookWithToken:
    """A hook with the token in its URL, which is known only when it is made."""

    hook: Hook
    token: str


@dataclass(frozen=True, slots=True)
class HookPage:
    """A page of hooks, and the id after which the next page starts, None on the last."""

    hooks: Sequence[Hook]
    following: str | None


class Hooks(Protocol):
    """Stores hooks."""

    def find(self, account_id: str, hook_id: str) -> Hook | None:
        """Return a hook, or None. Strongly consistent."""

    def find_with_head(self, account_id: str, hook_id: str) -> Hook | None:
        """Return a hook, or None. The head of the account is read in the same request."""

    def list(self, account_id: str) -> Sequence[Hook]:
        """Return all hooks of an account, oldest first."""

    def page(self, account_id: str, after: str | None, limit: int) -> HookPage:
        """Return a page of hooks, oldest first.

        Args:
            account_id: The account.
            after: The id of the last hook of the previous page. None starts at the first.
            limit: The most hooks of the page.
        """

    def count(self, account_id: str) -> int:
        """Return how many hooks an account has."""

    def add(self, account_id: str, hook: Hook) -> None:
        """Store a new hook, and note it on its agent.

        Raises:
            WriteConflict: A hook with this id exists, its agent does not, or another request
                writes the agent.
        """

    def replace(self, account_id: str, hook: Hook) -> None:
        """Store a changed hook.

        Raises:
            WriteConflict: The stored version is not the one before.
        """

    def delete(self, account_id: str, hook_id: str) -> None:
        """Delete a hook, if it exists."""


@dataclass(frozen=True, slots=True)
class HookReceipt:
    """The request that a message came in, and when."""

    request_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HookReply:
    """A response to a voice platform, in its own shape."""

    status: int
    content_type: str
    body: bytes


class HookMessage(Protocol):
    """A message of a voice platform to a hook, and how the platform is answered."""

    @property
    def message(self) -> PlatformMessage:
        """The message, read from the platform's shape."""

    @property
    def deadline_ms(self) -> int:
        """The milliseconds in which the platform is answered, unless the agent says otherwise."""

    @property
    def may_create(self) -> bool:
        """Whether the request may create anything: one with the method `GET` may not."""

    def signature_fault(self, hook: Hook, now: datetime) -> str | None:
        """Return why the signature is invalid, or None.

        A hook without a secret accepts every request.
        """

    def answer(self, resolution: Resolution) -> HookReply:
        """Return the response to a call that begins. Takes the settings for its platform."""

    def acknowledge(self) -> HookReply:
        """Return the response to a notice."""

    def answer_tools(self, results: Sequence[ToolResult]) -> HookReply:
        """Return the response to tool calls."""
