"""Share out the requests that an account has in a window, by leases of several tokens.

One write for each request would cost more than most requests do. A function therefore leases
tokens from the account's counter and uses them without a request to DynamoDB. A lease is what the
function has used in the window before, at least one, doubles with each further lease of the same
window, and is at most an eighth of what is left. Tokens that are unused at the end of the window
are lost. `docs/adr/0041-keys-and-limits-over-the-api.md` has the error bounds.
"""

from collections import OrderedDict
from threading import Lock

from shared.domain.records import dataclass
from shared.domain.request_limits import ACCOUNT_WINDOW_SECONDS
from shared.table import account_items, keys
from shared.table.dynamo import Table

LEASE_DIVISOR = 8
"""A lease is at most the tokens that are left, divided by this."""

_LEASED = "leased"
_COUNT_SECONDS = 3600
"""How long a counter is stored after its window."""

_MAX_ACCOUNTS = 10_000
"""The most accounts whose leases a function remembers."""

_MAX_ATTEMPTS = 4
"""How often a lease is tried with fewer tokens, when other functions have taken them."""


@dataclass(slots=True)
class _Lease:
    """The tokens of one account in one window.

    Attributes:
        expected: How many tokens this function may need.
        unused: The tokens that it has.
        left: The tokens that no function has leased, as last seen.
        used: The tokens that it has used.
    """

    window: int
    expected: int
    left: int
    unused: int = 0
    used: int = 0

    def use(self) -> int:
        """Use a token, and return how many are left."""
        self.unused -= 1
        self.used += 1
        return self.unused + self.left


class RequestTokenTable:
    """The adapter of the port `RequestTokens`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._leases: OrderedDict[str, _Lease] = OrderedDict()
        # Lambda sends a function one request at a time; a local run has threads.
        self._lock = Lock()

    def take(self, account_id: str, window: int, quota: int) -> int | None:
        """Take a token for one request.

        Args:
            account_id: The account.
            window: The number of the window, counted since the epoch.
            quota: The maximum number of tokens in a window.

        Returns:
            How many tokens are left, as far as this function knows, or None if there was none.
        """
        with self._lock:
            lease = self._lease_of(account_id, window, quota)
            if not lease.unused:
                self._renew(account_id, lease, quota)
            return lease.use() if lease.unused else None

    def _lease_of(self, account_id: str, window: int, quota: int) -> _Lease:
        """Return the lease of a window; a new one expects as much use as the window before had."""
        lease = self._leases.get(account_id)
        if lease is not None and lease.window == window:
            return lease
        expected = max(1, lease.used) if lease is not None and lease.window == window - 1 else 1
        lease = self._leases[account_id] = _Lease(window, expected, quota)
        self._leases.move_to_end(account_id)
        if len(self._leases) > _MAX_ACCOUNTS:
            self._leases.popitem(last=False)
        return lease

    def _renew(self, account_id: str, lease: _Lease, quota: int) -> None:
        """Lease more tokens, unless none is left."""
        for _ in range(_MAX_ATTEMPTS):
            if lease.left <= 0:
                return
            count = max(1, min(lease.expected, lease.left // LEASE_DIVISOR))
            counters, stored = self._table.add_within(
                keys.account_request_count(account_id, lease.window),
                account_items.request_count_attributes(_expiry(lease.window)),
                {_LEASED: count},
                f"attribute_not_exists(#{_LEASED}) OR #{_LEASED} <= :room",
                {":room": {"N": str(quota - count)}},
                {},
            )
            if counters is not None:
                lease.unused, lease.left = count, quota - counters[_LEASED]
                lease.expected = 2 * count
                return
            lease.left = quota - int(stored[_LEASED]["N"])


def _expiry(window: int) -> int:
    return (window + 1) * ACCOUNT_WINDOW_SECONDS + _COUNT_SECONDS
