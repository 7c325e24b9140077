"""One call of a function with a batch, and what became of each record."""

import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from local.functions import FunctionError, FunctionTimeoutError, LoadedFunction

Log = Callable[[str], None]


class Caller(Protocol):
    """What a reader brings its batches to."""

    @property
    def name(self) -> str:
        """Whose failures they are."""

    def call(self, event: dict[str, Any], ids: Sequence[str]) -> set[str]:
        """Take a batch of records that have these ids, and return the ids of those that failed."""


class Invoker:
    """Calls one function, and tells the console of each call.

    Args:
        function: the function.
        kind: what its records come from, in a word.
        reports_failures: whether what it returns tells which records failed.
        log: is given one line for each call: kind, function, records done of all, milliseconds.
        stop: once it is set, failures are what stopping is like and are not told.

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
        """Call the function with a batch of records that have these ids.

        Returns: the ids of the records that failed; all of them when the function did.
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
    """Return the ids that an answer reports as failed, or None when it is none that Lambda takes.

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
