"""The messages that hooks are tested with: samples, or requests that a platform sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from urllib.parse import parse_qsl

from shared.domain.hook_reports import (
    ConsoleSetting,
    GivenRequest,
    HookCheck,
    HookReport,
    HookRun,
    HookTest,
    Outcome,
    PlatformLimits,
)
from shared.domain.hooks import Hook
from shared.domain.records import dataclass
from shared.platforms.answer_checks import answer_checks
from shared.platforms.consoles import CONSOLES, URL, Console
from shared.platforms.documents import MAX_FORM_FIELDS
from shared.platforms.hook_messages import PlatformHookMessage
from shared.platforms.platform import HookRequest, Platform
from shared.platforms.registry import find
from shared.platforms.request_checks import request_checks
from shared.platforms.samples import sample_request
from shared.platforms.signature_scheme import Algorithm
from shared.platforms.signature_settings import signature_scheme
from shared.platforms.values import ASK_VARIABLE, CALL_VARIABLE

SAMPLE_CALL_ID = "test-call"
"""The id of the call of a sample. Nothing is kept under it."""

_TOKEN = "<token>"  # noqa: S105 - a placeholder


@dataclass(frozen=True, slots=True)
class CheckedPlatformMessage(PlatformHookMessage):
    """A message that a hook is tested with.

    Attributes:
        url: The URL of the hook, with a placeholder for its token.
        sample: The sample that was made. None if a request was given.
    """

    url: str
    sample: GivenRequest | None

    @classmethod
    def read(cls, hook: Hook, given: HookTest) -> Self:
        """Read the request that is given, or a sample of the hook's platform."""
        platform = find(hook.platform)
        url, sample = f"{given.base_url}/h/{_TOKEN}", None
        if given.request is None:
            request = sample_request(platform.name, given.phone or "", url, SAMPLE_CALL_ID)
            sample = GivenRequest(url=url, headers=request.headers, body=request.body.decode())
        else:
            request = _to_hook_request(given.request, url)
        return cls(platform, request, platform.read(request), url, sample)

    def signature_fault(self, hook: Hook, now: datetime) -> str | None:
        """Return why a request is not from whom the hook's secret is. A sample is not signed."""
        # The base class has slots, so the usual form of super() does not work here.
        if self.sample is not None:
            return None
        return PlatformHookMessage.signature_fault(self, hook, now)

    def report(self, run: HookRun, checks: Sequence[HookCheck]) -> HookReport:
        """Return the report of a run."""
        console = CONSOLES[self.platform.name]
        is_sample = self.sample is not None
        request = () if is_sample else request_checks(self, console, run)
        return HookReport(
            run=run,
            sample=self.sample,
            checks=[*checks, *request, *answer_checks(self, console, run)],
            consequence=_consequence(self.platform, console, run),
            on_failure=console.on_failure,
            limits=_limits(self.platform),
            console=_settings(self, console, run),
            sources=console.sources,
        )


def _to_hook_request(given: GivenRequest, url: str) -> HookRequest:
    query = parse_qsl(given.url_parts.query, keep_blank_values=True)[:MAX_FORM_FIELDS]
    return HookRequest(
        given.method, given.url or url, given.headers, dict(query), given.body.encode()
    )


def _consequence(platform: Platform, console: Console, run: HookRun) -> str:
    match run.outcome:
        case Outcome.ANSWERED:
            return f"{platform.title} gets every variable that the agent declares."
        case Outcome.FALLBACKS if run.agent is None:
            return f"{platform.title} gets an answer without variables."
        case Outcome.FALLBACKS:
            return "The call goes on with defaults and fallbacks, as for an unknown caller."
        case Outcome.ACKNOWLEDGED:
            return "The message is acknowledged. It changes nothing for a call."
        case Outcome.TOOLS:
            return "The tool is not run, because a test writes nothing."
    return console.on_failure


def _limits(platform: Platform) -> PlatformLimits:
    rules = platform.values
    return PlatformLimits(
        waits_ms=platform.budget_ms,
        value_types=rules.types,
        nulls=rules.nulls,
        max_value_chars=rules.max_chars,
        max_values_bytes=rules.max_bytes,
        max_variables=rules.max_count,
    )


def _settings(
    message: CheckedPlatformMessage, console: Console, run: HookRun
) -> list[ConsoleSetting]:
    url, hook, agent = message.url, run.hook, run.agent
    once = f"Replace {_TOKEN}: only the responses that create and rotate a hook have it."
    found = [ConsoleSetting("URL of the hook", url, once)]
    found += [_with_url(each, url) for each in console.settings]
    found += _secret_settings(message.platform, console, hook)
    if agent is not None:
        asks = [ASK_VARIABLE] if run.call is not None and run.call.resolution.may_ask else []
        names = [*(each.name for each in agent.variables), *asks, CALL_VARIABLE]
        references = ", ".join(console.reference % name for name in names)
        found.append(ConsoleSetting("Variables of the prompt", references))
    return found


def _with_url(each: ConsoleSetting, url: str) -> ConsoleSetting:
    note = each.note and each.note.replace(URL, url)
    return ConsoleSetting(each.setting, each.value.replace(URL, url), note)


def _secret_settings(platform: Platform, console: Console, hook: Hook) -> list[ConsoleSetting]:
    scheme = signature_scheme(platform, hook.signature)
    if scheme is None:
        return []
    if scheme.algorithm is Algorithm.SECRET:
        header = scheme.headers[0]
        value = f"{header}: {scheme.prefix}<secret>"
        note = "The `secret` that the hook was created with. The API does not show it."
        return [ConsoleSetting("Header of the request", value, note)]
    value = f"The hook's `secret`: {console.signed_with}"
    return [ConsoleSetting(f"Signature, {scheme.headers[0]}", value)]
