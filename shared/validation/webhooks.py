"""Validation of webhooks. A `UrlPolicy` decides which hosts are allowed."""

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


def find_faults(draft: WebhookDraft) -> list[Fault]:
    """Return every fault of a webhook, with the name of the field as path."""
    return [
        *_field_fault("url", url_fault(draft.url)),
        *_field_fault("topics", topics_fault(draft.topics)),
        *_field_fault("variables", variables_fault(draft.variables)),
        *_field_fault("description", description_fault(draft.description)),
    ]


def url_fault(url: str) -> str | None:
    """Return what is wrong with the syntax of a URL, or None."""
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
    """Return what is wrong with a list of topics, or None."""
    if not topics:
        return "there must be at least one topic"
    if len({*topics}) < len(topics):
        return "a topic is given twice"
    if not {*topics} <= {*TOPICS}:
        return f"a topic is one of: {', '.join(TOPICS)}"
    return None


def variables_fault(variables: Sequence[str] | None) -> str | None:
    """Return what is wrong with a filter of variables, or None."""
    if variables is None:
        return None
    if not 1 <= len(variables) <= MAX_FILTERED_VARIABLES:
        return f"there must be 1 to {MAX_FILTERED_VARIABLES} names, or null for all variables"
    if any(not 1 <= len(name) <= MAX_NAME_CHARS for name in variables):
        return f"a name has 1 to {MAX_NAME_CHARS} characters"
    return None


def description_fault(description: str) -> str | None:
    """Return what is wrong with a description, or None."""
    if len(description) > MAX_DESCRIPTION_CHARS:
        return f"it is longer than {MAX_DESCRIPTION_CHARS} characters"
    return None


def _forbidden_part(parts: SplitResult) -> str | None:
    if parts.username is not None or parts.password is not None:
        return "it must not hold a user name or a password"
    if parts.fragment:
        return "it must not have a fragment"
    return None


def _field_fault(field: str, reason: str | None) -> Iterator[Fault]:
    if reason:
        yield Fault(_INVALID, reason, (field,))
