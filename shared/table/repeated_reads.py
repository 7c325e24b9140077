"""A client of DynamoDB that sends a slow read a second time, and takes the first response.

Most slow responses of DynamoDB are slow for reasons of one connection or one host, so a second
request on another connection is likely to be quick. Only reads are repeated, and only in work that
has a deadline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from shared.domain.deadlines import Race, current_deadline
from shared.domain.errors import Unavailable

SECOND_AFTER_SECONDS = 0.25
"""How long a read may take before it is sent a second time. A usual one takes a twentieth."""

_SECONDS_OF_A_READ = 0.05
"""The least time left in which a second request can help."""


class FallbackLog(Protocol):
    """The log of what was done in another way."""

    def fell_back(self, facts: Mapping[str, Any]) -> None:
        """Log that something was done in another way, because the first one failed."""


class RepeatedReads:
    """A client whose reads are sent again on another connection if they are slow.

    No write begins after the deadline, when its thread is abandoned. Everything else is that of the
    client inside. The connection of a request in flight is in use,
    so that the second request has another one.

    Args:
        client: The client of DynamoDB.
        log: Where each second request is recorded, and whether it was the first to be answered.
        after_seconds: How long a read may take before it is sent a second time.
    """

    def __init__(self, client: Any, log: FallbackLog, after_seconds: float) -> None:
        self._client = client
        self._log = log
        self._after_seconds = after_seconds

    def __getattr__(self, name: str) -> Any:
        """Return what the client inside has."""
        return getattr(self._client, name)

    def get_item(self, **request: Any) -> Any:
        """Call GetItem."""
        return self._read("GetItem", partial(self._client.get_item, **request))

    def batch_get_item(self, **request: Any) -> Any:
        """Call BatchGetItem."""
        return self._read("BatchGetItem", partial(self._client.batch_get_item, **request))

    def query(self, **request: Any) -> Any:
        """Call Query."""
        return self._read("Query", partial(self._client.query, **request))

    def put_item(self, **request: Any) -> Any:
        """Call PutItem, unless the deadline has passed."""
        _check_deadline()
        return self._client.put_item(**request)

    def update_item(self, **request: Any) -> Any:
        """Call UpdateItem, unless the deadline has passed."""
        _check_deadline()
        return self._client.update_item(**request)

    def delete_item(self, **request: Any) -> Any:
        """Call DeleteItem, unless the deadline has passed."""
        _check_deadline()
        return self._client.delete_item(**request)

    def transact_write_items(self, **request: Any) -> Any:
        """Call TransactWriteItems, unless the deadline has passed."""
        _check_deadline()
        return self._client.transact_write_items(**request)

    def _read(self, operation: str, read: Callable[[], Any]) -> Any:
        """Read within the current deadline; raises Unavailable when it passes."""
        deadline = current_deadline()
        if deadline is None:
            return read()
        race = Race(read)
        race.begin()
        is_over = race.wait(min(self._after_seconds, deadline.seconds_left()))
        if is_over or deadline.seconds_left() < _SECONDS_OF_A_READ:
            return race.result()
        race.begin()
        race.wait(deadline.seconds_left())
        is_second = race.winner == 1
        self._log.fell_back({"step": "read_again", "operation": operation, "is_second": is_second})
        return race.result()


def _check_deadline() -> None:
    """Raise Unavailable if the deadline of the current work has passed."""
    deadline = current_deadline()
    if deadline is not None and deadline.seconds_left() <= 0:
        raise Unavailable
