"""Messages of voice platforms to hooks, and what a hook may be set to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Self

from shared.domain.agents import Agent
from shared.domain.calls import PlatformMessage, Resolution, ToolResult
from shared.domain.errors import Fault
from shared.domain.hooks import Hook, HookDraft, HookReply
from shared.domain.records import dataclass
from shared.platforms.asked_questions import with_questions
from shared.platforms.declarations import declaration_faults
from shared.platforms.platform import HookRequest, HookResponse, Platform
from shared.platforms.registry import NAMES, find
from shared.platforms.signature_settings import signature_faults, signature_scheme
from shared.platforms.signatures import SignatureStatus, verify

_READING = "GET"


@dataclass(frozen=True, slots=True)
class PlatformHookMessage:
    """A message of one platform, with the request that it came in."""

    platform: Platform
    request: HookRequest
    message: PlatformMessage

    @classmethod
    def of(
        cls,
        name: str,
        *,
        method: str,
        url: str,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        body: bytes,
    ) -> Self | None:
        """Read a message of a platform. Returns None if there is no such platform.

        Args:
            name: The name of the platform.
            method: The HTTP method.
            url: The public URL with its query.
            headers: The headers, their names in lower case.
            query: The decoded query parameters.
            body: The body as it was sent.
        """
        if name not in NAMES:
            return None
        platform = find(name)
        request = HookRequest(method, url, headers, query, body)
        return cls(platform, request, platform.read(request))

    @property
    def deadline_ms(self) -> int:
        """The milliseconds in which the platform is answered."""
        return self.platform.deadline_ms

    @property
    def may_create(self) -> bool:
        """Whether the request may create anything."""
        return self.request.method != _READING

    def signature_fault(self, hook: Hook, now: datetime) -> str | None:
        """Return why the signature is invalid, or None."""
        scheme = signature_scheme(self.platform, hook.signature)
        if scheme is None or hook.secret is None:
            return None
        secrets, call_id = [hook.secret], self.message.call_id
        verdict = verify(scheme, self.request, secrets, now.timestamp(), call_id)
        if verdict.status is SignatureStatus.VERIFIED:
            return None
        return f"{verdict.status}: {verdict.reason}" if verdict.reason else verdict.status

    def answer(self, resolution: Resolution) -> HookReply:
        """Return the response to a call that begins."""
        settings = resolution.settings.get(self.platform.name)
        own = replace(resolution, settings=settings if isinstance(settings, dict) else {})
        return _reply(self.platform.answer(self.message, with_questions(own)))

    def acknowledge(self) -> HookReply:
        """Return the response to a notice."""
        return _reply(self.platform.acknowledgement)

    def answer_tools(self, results: Sequence[ToolResult]) -> HookReply:
        """Return the response to tool calls."""
        if self.platform.answer_tools is None:
            return self.acknowledge()
        return _reply(self.platform.answer_tools(self.message, results))


def hook_faults(draft: HookDraft, agent: Agent) -> Iterator[Fault]:
    """Find what a hook cannot have, and what its platform does not take of the agent."""
    if draft.platform not in NAMES:
        yield Fault("invalid_value", f"it must be one of: {', '.join(NAMES)}", ("platform",))
        return
    platform = find(draft.platform)
    if draft.secret is not None and platform.signature is None:
        yield Fault("invalid_value", f"{platform.title} signs nothing", ("secret",))
    yield from signature_faults(platform, draft.signature)
    names = [each.name for each in agent.variables]
    for fault in declaration_faults(platform, names, agent.settings.get(platform.name, {})):
        # The body of a hook names the agent, which has the fault.
        place = ".".join(map(str, fault.path))
        yield Fault(fault.code, f"{place}: {fault.reason}", ("agent",))


def _reply(response: HookResponse) -> HookReply:
    return HookReply(response.status, response.content_type, response.body)
