"""Call a function with a batch and read which records failed."""

import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from local.functions import FunctionError, FunctionTimeoutError, LoadedFunction

Log = Callable[[str], None]


class Caller(Protocol):
    """A callable for the batches of a reader."""

    @property
    def name(self) -> str:
        """The name to report failures with."""

    def call(self, event: dict[str, Any], ids: Sequence[str]) -> set[str]:
        """Process a batch of records with these ids, and return the ids of the failed ones."""


class Invoker:
    """Calls one function and logs each call.

    Args:
        function: The function.
        kind: The kind of its event source, for the log.
        reports_failures: Whether the function returns partial batch failures.
        log: Called with one line a call: kind, function, successful records of all, milliseconds.
        stop: Suppresses the log of failures once set, because stopping causes them.
    """

    def __init__(
        self,
        function: LoadedFunction,
        kind: str,
        *,
        reports_failures: bool,
        log: Log,
        stop: threading.Event,
    ) -> None:
        self._function = function
        self._kind = kind
        self._reports_failures = reports_failures
        self._log = log
        self._stop = stop

    @property
    def name(self) -> str:
        """The function's logical id."""
        return self._function.definition.logical_id

    def call(self, event: dict[str, Any], ids: Sequence[str]) -> set[str]:
        """Call the function with a batch of records with these ids.

        Returns:
            The ids of the failed records: all of them if the function raised.
        """
        started = time.monotonic()
        failed = self._call(event, ids)
        if not (failed and self._stop.is_set()):
            milliseconds = (time.monotonic() - started) * 1000
            done = f"{len(ids) - len(failed)} of {len(ids)} {_records(len(ids))}"
            self._log(f"{self._kind} {self.name} {done} {milliseconds:.0f} ms")
        return failed

    def _call(self, event: dict[str, Any], ids: Sequence[str]) -> set[str]:
        try:
            answer = self._function.run(event)
        except FunctionTimeoutError:
            seconds = self._function.definition.timeout_seconds
            self._log(f"{self.name} timed out after {seconds} s")
            return set(ids)
        except FunctionError as error:
            if not self._stop.is_set():
                self._log(f"{self.name} failed")
                traceback.print_exception(error.__cause__, file=sys.stderr)
            return set(ids)
        if not self._reports_failures:
            return set()
        failed = reported_failures(answer, ids)
        if failed is None:
            self._log(
                f"{self.name} failed: it reports failures in a form that Lambda does not take"
            )
            return set(ids)
        return failed


def reported_failures(answer: Any, ids: Collection[str]) -> set[str] | None:
    """Return the ids in a batch item failures response, or None if Lambda would reject it.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    if not answer:
        return set()
    items = answer.get("batchItemFailures") if isinstance(answer, Mapping) else ...
    if not items:
        return set()
    if not isinstance(items, list):
        return None
    failed: set[Any] = {
        item.get("itemIdentifier") if isinstance(item, Mapping) else None for item in items
    }
    return failed if failed <= set(ids) else None


def _records(count: int) -> str:
    return "record" if count == 1 else "records"
