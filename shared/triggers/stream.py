"""Make Lambda handlers for stream batches whose records are processed in groups.

Groups are independent of each other, so several are processed at the same time.

A group that fails is reported by its first record. Lambda retries that record and all later ones,
so the processing of a group must be idempotent.
Source: AWS Lambda Developer Guide, "Using Lambda with Amazon DynamoDB", partial batch responses.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from shared.domain.errors import Unavailable

T = TypeVar("T")
S = TypeVar("S")
R = TypeVar("R")

LambdaHandler: TypeAlias = Callable[[Mapping[str, Any], Any], dict[str, Any]]

_MAX_WORKERS = 8
"""How many bundles are processed at the same time; botocore keeps ten connections."""

_MAX_BUNDLE_RECORDS = 20
"""A bundle takes another group only up to this many records.

The groups of a bundle share a read and a few writes.
"""

_MAX_OUTAGES = 2
"""After this many groups of a bundle found the storage unavailable, the others are not tried.

Each try can last until its request times out, and the function must end before its own timeout.
"""

_Numbered: TypeAlias = Sequence[tuple[str, T]]
"""Items of one group, each with the sequence number of its record."""

_Bundle: TypeAlias = list[_Numbered[T]]


class Log(Protocol):
    """Logs the outcome of batches: ids and counts, never values."""

    def processed(self, facts: Mapping[str, Any]) -> None:
        """Log a batch and the number of its failures."""

    def failed(self, facts: Mapping[str, Any]) -> None:
        """Log a record or a group that failed."""

    def fell_back(self, facts: Mapping[str, Any]) -> None:
        """Log that groups are processed separately, because processing them together failed."""


class StreamTrigger(Generic[T]):
    """A decorator that turns a function of one group of records into a Lambda handler."""

    def __init__(
        self,
        name: str,
        log: Log,
        read: Callable[[Mapping[str, Any]], T | None],
        group_of: Callable[[T], Hashable],
        describe: Callable[[Exception], dict[str, Any]],
        process_together: Callable[[Sequence[Sequence[T]]], None] | None = None,
    ) -> None:
        """Create the decorator.

        Args:
            name: The name of the trigger in the log.
            log: Receives the outcome of each batch.
            read: Parses a record; returns None for a record that is not needed.
            group_of: Returns the key of the group that a parsed record belongs to.
            describe: Returns the facts to log of an error, without values.
            process_together: Processes several small groups in fewer requests. If it raises, each
                of the groups is processed separately.

        """
        self._name = name
        self._log = log
        self._read = read
        self._group_of = group_of
        self._describe = describe
        self._process_together = process_together

    def __call__(self, process: Callable[[Sequence[T]], None]) -> LambdaHandler:
        """Make a Lambda handler that calls `process` with the records of each group, in order."""

        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            records = event["Records"]
            facts = {
                "trigger": self._name,
                "function_request_id": getattr(context, "aws_request_id", None),
            }
            groups, failed = self._grouped(records, facts)

            def failures_of(bundle: _Bundle[T]) -> list[str]:
                return self._failures_of(bundle, process, facts)

            failed += chain.from_iterable(
                _map_concurrently(failures_of, self._bundles(groups.values()))
            )
            self._log.processed({**facts, "records": len(records), "failed": len(failed)})
            return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

        return lambda_handler

    def _grouped(
        self, records: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]
    ) -> tuple[dict[Hashable, list[tuple[str, T]]], list[str]]:
        groups: dict[Hashable, list[tuple[str, T]]] = {}
        failed: list[str] = []
        for record in records:
            number = record["dynamodb"]["SequenceNumber"]
            try:
                found = self._read(record)
            except Exception as error:  # noqa: BLE001 - one record that can't be read fails alone
                self._log.failed({**facts, "record": number, **self._describe(error)})
                failed.append(number)
                continue
            if found is not None:
                groups.setdefault(self._group_of(found), []).append((number, found))
        return groups, failed

    def _bundles(self, groups: Iterable[_Numbered[T]]) -> list[_Bundle[T]]:
        """Bundle small groups; without `process_together`, each group is a bundle of its own."""
        if self._process_together is None:
            return [[group] for group in groups]
        bundles: list[_Bundle[T]] = []
        remaining = 0
        for group in groups:
            if len(group) > remaining:
                bundles.append([])
                remaining = _MAX_BUNDLE_RECORDS
            bundles[-1].append(group)
            remaining -= len(group)
        return bundles

    def _failures_of(
        self,
        bundle: _Bundle[T],
        process: Callable[[Sequence[T]], None],
        facts: Mapping[str, Any],
    ) -> list[str]:
        """Process the groups of a bundle; return the first record of each group that failed."""
        together = self._process_together
        if together and len(bundle) > 1 and self._try_together(together, bundle, facts):
            return []
        failed: list[str] = []
        outages = 0
        for numbered in bundle:
            is_skipped = outages == _MAX_OUTAGES
            group = [each for _, each in numbered]
            error = Unavailable() if is_skipped else _error_of(process, group)
            if error:
                first = {"record": numbered[0][0], "group": self._group_of(group[0])}
                self._log.failed({**facts, **first, **self._describe(error)})
                failed.append(numbered[0][0])
            if isinstance(error, Unavailable) and not is_skipped:
                outages += 1
        return failed

    def _try_together(
        self,
        together: Callable[[Sequence[Sequence[T]]], None],
        bundle: _Bundle[T],
        facts: Mapping[str, Any],
    ) -> bool:
        """Process the groups of a bundle together; return whether that succeeded."""
        groups = [[each for _, each in numbered] for numbered in bundle]
        error = _error_of(together, groups)
        if error:
            self._log.fell_back({**facts, "groups": len(groups), **self._describe(error)})
        return error is None


def _error_of(process: Callable[[S], None], items: S) -> Exception | None:
    try:
        process(items)
    except Exception as error:  # noqa: BLE001 - one group must not fail the others
        return error
    return None


def _map_concurrently(function: Callable[[S], R], items: Sequence[S]) -> list[R]:
    if len(items) <= 1:
        return list(map(function, items))
    # Imported here, so that the cold start of a batch with one group does not load threads.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(_MAX_WORKERS) as workers:
        return list(workers.map(function, items))
