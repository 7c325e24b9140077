"""Describe a voice platform."""

from collections.abc import Callable, Mapping, Sequence

from shared.domain.calls import PlatformMessage, Resolution, ToolResult
from shared.domain.records import dataclass
from shared.platforms.signature_scheme import SignatureScheme
from shared.platforms.values import ValueRules

DEFAULT_DEADLINE_MS = 1200
"""Our deadline, below the tightest default of a platform: the 1,500 ms of Telnyx."""

HOOK_MEMBER = "context_hook"
"""The name under which the event of an invocation has the token of the hook."""


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A request of a voice platform.

    Attributes:
        method: The HTTP method, in upper case.
        url: The public URL as the platform called it, with its query.
        headers: The headers, their names in lower case.
        query: The decoded query parameters.
        body: The body as it was sent, decoded if it came as base64.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HookResponse:
    """A response to a voice platform.

    Attributes:
        content_type: The media type of the body.
        body: The body.
        status: The HTTP status. A platform takes any other than 2xx for a failure.
    """

    content_type: str
    body: bytes
    status: int = 200


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that an agent gives for a platform. Its value is a text.

    Attributes:
        name: The name of the setting.
        description: What it sets, in one sentence.
        required: Whether calls fail without it.
        choice: The settings with the same choice exclude each other, and one of them is required.
            None if the setting belongs to no choice.
    """

    name: str
    description: str
    required: bool = False
    choice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One voice platform.

    Attributes:
        name: The name in URLs and in the API.
        title: The name for people.
        read: Reads a request. Never raises: a message that it cannot read is a call that begins,
            of an unknown caller, because a call may be waiting for the response.
        answer: Writes the response to a call that begins: 2xx and complete, whatever is missing.
        answer_tools: Writes the response to tool calls. None if the platform sends none.
        acknowledgement: The response to a notice.
        values: What the platform takes as variables.
        signature: How the platform signs its requests by default. None if it does not.
        signature_settings: The members of `signature` that a hook may set otherwise.
        settings: What an agent may or must set for the platform.
        budget_ms: How long the platform waits. None if it does not say.
        deadline_ms: Our deadline for the response, unless an agent sets another one.
        token_places: Where the event of an invocation may have the token of the hook, as paths of
            names. Empty if the platform calls URLs only.
    """

    name: str
    title: str
    read: Callable[[HookRequest], PlatformMessage]
    answer: Callable[[PlatformMessage, Resolution], HookResponse]
    answer_tools: Callable[[PlatformMessage, Sequence[ToolResult]], HookResponse] | None = None
    acknowledgement: HookResponse = HookResponse("application/json", b"{}")
    values: ValueRules
    signature: SignatureScheme | None = None
    signature_settings: frozenset[str] = frozenset()
    settings: tuple[Setting, ...] = ()
    budget_ms: int | None
    deadline_ms: int = DEFAULT_DEADLINE_MS
    token_places: tuple[tuple[str, ...], ...] = ()
