"""What a webhook must be like, apart from where it may lead."""

from collections.abc import Iterator, Sequence
from urllib.parse import SplitResult, urlsplit

from shared.domain.changes import EventType
from shared.domain.errors import Fault
from shared.domain.webhooks import EVERY_TOPIC, WebhookDraft
from shared.validation.names import MAX_NAME_CHARS

MAX_URL_CHARS = 2000
MAX_DESCRIPTION_CHARS = 1000
MAX_FILTERED_VARIABLES = 100
TOPICS = (*EventType, EVERY_TOPIC)

_INVALID = "invalid_value"


def faults_of(draft: WebhookDraft) -> list[Fault]:
    """All that is wrong with a webhook, each with the name of its field."""
    return [
        *_named("url", url_fault(draft.url)),
        *_named("topics", topics_fault(draft.topics)),
        *_named("variables", variables_fault(draft.variables)),
        *_named("description", description_fault(draft.description)),
    ]


def url_fault(url: str) -> str | None:
    """What is wrong with the form of an address, if anything; not whether it may be called."""
    if len(url) > MAX_URL_CHARS:
        return f"it is longer than {MAX_URL_CHARS} characters"
    if not url.isascii() or not url.isprintable() or " " in url:
        return "it has characters that no URL has; names of other scripts are written in Punycode"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "it is no URL"
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        return "it must be a URL such as https://example.com/hooks"
    return _forbidden_part(parts)


def topics_fault(topics: Sequence[str]) -> str | None:
    """What is wrong with a list of topics, if anything."""
    if not topics:
        return "there must be at least one topic"
    if len({*topics}) < len(topics):
        return "a topic is given twice"
    if not {*topics} <= {*TOPICS}:
        return f"a topic is one of: {', '.join(TOPICS)}"
    return None


def variables_fault(variables: Sequence[str] | None) -> str | None:
    """What is wrong with a filter of variables, if anything."""
    if variables is None:
        return None
    if not 1 <= len(variables) <= MAX_FILTERED_VARIABLES:
        return f"there must be 1 to {MAX_FILTERED_VARIABLES} names, or null for all variables"
    if any(not 1 <= len(name) <= MAX_NAME_CHARS for name in variables):
        return f"a name has 1 to {MAX_NAME_CHARS} characters"
    return None


def description_fault(description: str) -> str | None:
    """What is wrong with a description, if anything."""
    if len(description) > MAX_DESCRIPTION_CHARS:
        return f"it is longer than {MAX_DESCRIPTION_CHARS} characters"
    return None


def _forbidden_part(parts: SplitResult) -> str | None:
    if parts.username is not None or parts.password is not None:
        return "it must not hold a user name or a password"
    if parts.fragment:
        return "it must not have a fragment"
    return None


def _named(field: str, reason: str | None) -> Iterator[Fault]:
    if reason:
        yield Fault(_INVALID, reason, (field,))
