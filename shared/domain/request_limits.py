"""Limits of requests: what a request has left of each, and the port that shares out tokens."""

from collections.abc import Iterable
from typing import Protocol

from shared.domain.errors import RateLimitExceeded
from shared.domain.records import dataclass

ACCOUNT_WINDOW_SECONDS = 10
"""The window of an account's limit. A longer one costs fewer writes and allows larger bursts."""

KEY_WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """A limit of requests in a window of time, as of one request.

    Attributes:
        name: Whose limit it is, `key` or `account`.
        quota: The most requests in a window.
        window_seconds: The length of a window.
        reset_seconds: The seconds until the next window.
        remaining: How many more requests this window allows, as far as is known. None if this
            request is one too many.
    """

    name: str
    quota: int
    window_seconds: int
    reset_seconds: int
    remaining: int | None

    @property
    def policy(self) -> str:
        """The limit as a member of the header `RateLimit-Policy`."""
        return f'"{self.name}";q={self.quota};w={self.window_seconds}'

    @property
    def state(self) -> str:
        """What is left, as a member of the header `RateLimit`."""
        return f'"{self.name}";r={self.remaining or 0};t={self.reset_seconds}'


def limit_headers(limits: Iterable[RequestLimit]) -> dict[str, str]:
    """Build the headers that tell a client its limits. Empty without a limit.

    Source: IETF draft-ietf-httpapi-ratelimit-headers-11, "RateLimit header fields for HTTP".
    """
    known = list(limits)
    if not known:
        return {}
    return {
        "ratelimit-policy": ", ".join(each.policy for each in known),
        "ratelimit": ", ".join(each.state for each in known),
    }


def check_limits(limits: Iterable[RequestLimit]) -> None:
    """Reject a request that exceeds a limit.

    Raises:
        RateLimitExceeded: `retry_after` has the seconds until the next window.
    """
    for each in limits:
        if each.remaining is None:
            raise RateLimitExceeded(each.reset_seconds)


class RequestTokens(Protocol):
    """Shares out the requests that an account has in a window of time."""

    def take(self, account_id: str, window: int, quota: int) -> int | None:
        """Take a token for one request.

        Args:
            account_id: The account.
            window: The number of the window, counted from the epoch.
            quota: The most requests of the account in a window.

        Returns:
            How many tokens are left, as far as this function knows, or None if there was none.
        """
