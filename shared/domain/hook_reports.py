"""What the test of a hook finds, and the port that knows its voice platform."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from shared.domain.agents import Agent
from shared.domain.hooks import Hook, HookMessage, HookReply
from shared.domain.records import dataclass
from shared.domain.resolutions import ResolvedCall


class CheckResult(StrEnum):
    """What a check found, best first."""

    OK = "ok"
    WARNING = "warning"
    """The call goes on, and an agent gets less than it could."""
    FAILURE = "failure"
    """The platform gets nothing that the agent can use."""


@dataclass(frozen=True, slots=True)
class HookCheck:
    """One check of a hook.

    Attributes:
        name: What was checked.
        result: What was found.
        fact: What was found, in words.
        action: What to do about it. None if there is nothing to do.
    """

    name: str
    result: CheckResult
    fact: str
    action: str | None = None


class Outcome(StrEnum):
    """What the platform gets."""

    ANSWERED = "answered"
    FALLBACKS = "fallbacks"
    """Defaults and fallbacks, as for an unknown caller."""
    ACKNOWLEDGED = "acknowledged"
    """Nothing: the message asks for nothing."""
    TOOLS = "tools"
    """The results of tools, which a test does not run."""
    REJECTED = "rejected"
    """401, because of the signature."""
    NOT_FOUND = "not_found"
    """404, because of the token in the URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRequest:
    """A request of a platform as its user recorded it.

    Attributes:
        method: The HTTP method.
        url: The URL with its query. Empty if it is not known.
        headers: The headers, their names in lower case.
        body: The body as it was sent.
        received_at: When it was sent. None for now.
    """

    method: str = "POST"
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    received_at: datetime | None = None

    @property
    def url_parts(self) -> SplitResult:
        """The parts of the URL, empty if it is none."""
        try:
            return urlsplit(self.url)
        except ValueError:
            return urlsplit("")


@dataclass(frozen=True, slots=True)
class HookTest:
    """What a hook is tested with: a request, or a number for a sample of one.

    Attributes:
        request: The request. None for a sample.
        phone: The number of the caller of a sample. None withholds it.
        base_url: The URL of the API, without a path.
    """

    request: GivenRequest | None
    phone: str | None
    base_url: str


@dataclass(frozen=True, slots=True)
class ConsoleSetting:
    """A setting to make in the console of a platform.

    Attributes:
        setting: What the console calls it, or where it is.
        value: What to set.
        note: What to know about it. None if there is nothing.
    """

    setting: str
    value: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PlatformLimits:
    """What a platform takes, and how long it waits.

    Attributes:
        waits_ms: How long it waits. None if it does not say.
        value_types: The JSON types of values.
        nulls: Whether a value may be null.
        max_value_chars: The longest text.
        max_values_bytes: The largest set of values as JSON.
        max_variables: The most variables. None without a limit.
    """

    waits_ms: int | None
    value_types: str
    nulls: bool
    max_value_chars: int
    max_values_bytes: int
    max_variables: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRun:
    """What a hook did with a request.

    Attributes:
        hook: The hook.
        agent: Its agent. None if it was deleted.
        call: What the agent gets. None if it gets nothing.
        reply: The response. None if the request was not answered in the platform's shape.
        outcome: What the platform gets.
        at: When the request was received.
        took_ms: The milliseconds that the answer took.
    """

    hook: Hook
    agent: Agent | None
    call: ResolvedCall | None
    reply: HookReply | None
    outcome: Outcome
    at: datetime
    took_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HookReport:
    """The report of the test of a hook.

    Attributes:
        run: What the hook did.
        sample: The sample that was made. None if a request was given.
        checks: What was checked.
        consequence: What the call does then.
        on_failure: What a call does if the platform gets no success.
        limits: What the platform takes.
        console: What to set in the platform's console.
        sources: The pages of the platform's documentation that this is from.
    """

    run: HookRun
    sample: GivenRequest | None
    checks: Sequence[HookCheck]
    consequence: str
    on_failure: str
    limits: PlatformLimits
    console: Sequence[ConsoleSetting]
    sources: str

    @property
    def result(self) -> CheckResult:
        """The worst result of a check."""
        order = list(CheckResult)
        return max((each.result for each in self.checks), key=order.index, default=CheckResult.OK)


class CheckedMessage(HookMessage, Protocol):
    """The message that a hook is tested with, and what its platform makes of the answer."""

    @property
    def sample(self) -> GivenRequest | None:
        """The sample that was made. None if a request was given."""

    def report(self, run: HookRun, checks: Sequence[HookCheck]) -> HookReport:
        """Return the report of a run.

        Args:
            run: What the hook did.
            checks: What was checked without the platform.
        """


class ReadHookTest(Protocol):
    """Reads what a hook is tested with."""

    def __call__(self, hook: Hook, given: HookTest, /) -> CheckedMessage:
        """Return the message to a hook."""
