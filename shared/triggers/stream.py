"""The frame around the records of a stream's batch: those of one group are taken together.

Groups have nothing to do with one another, so that some are taken at the same time.

A group that fails is reported by its first record. Lambda delivers that record and all after it
again, so whoever takes a group has to bear to be given it twice.
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

_GROUPS_AT_ONCE = 8
"""How many groups are taken at the same time; botocore keeps ten connections."""


_RECORDS_TOGETHER = 20
"""Records of the groups that are taken together: they share a read and a few writes."""

_MAX_OUTAGES = 2
"""Groups of a bundle that find the storage unavailable before the others are not tried.

Each try may last until its time-out, and the function has to end before its own.
"""

_Numbered: TypeAlias = Sequence[tuple[str, T]]
_Bundle: TypeAlias = list[_Numbered[T]]


class Log(Protocol):
    """Where triggers report to: ids and facts, never values."""

    def processed(self, facts: Mapping[str, Any]) -> None:
        """A batch was taken, but for the records that failed."""

    def failed(self, facts: Mapping[str, Any]) -> None:
        """A record or a group of them has failed."""


class StreamTrigger(Generic[T]):
    """What makes a Lambda handler of a function that takes the records of one group, in order.

    `read` makes of a record what the function takes, or None of one that nobody needs; `group_of`
    says what belongs together; `tell` says of an exception what may be logged.
    `take_together`, if any, takes several small groups in fewer requests. When it raises, each of
    them is taken by itself.
    """

    def __init__(
        self,
        name: str,
        log: Log,
        read: Callable[[Mapping[str, Any]], T | None],
        group_of: Callable[[T], Hashable],
        tell: Callable[[Exception], dict[str, Any]],
        take_together: Callable[[Sequence[Sequence[T]]], None] | None = None,
    ) -> None:
        self._name = name
        self._log = log
        self._read = read
        self._group_of = group_of
        self._tell = tell
        self._take_together = take_together

    def __call__(self, take: Callable[[Sequence[T]], None]) -> LambdaHandler:
        """The Lambda handler around `take`."""

        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            records = event["Records"]
            facts = {
                "trigger": self._name,
                "function_request_id": getattr(context, "aws_request_id", None),
            }
            groups, failed = self._grouped(records, facts)

            def faults_of(bundle: _Bundle[T]) -> list[str]:
                return self._faults_of(bundle, take, facts)

            failed += chain.from_iterable(_of_each(faults_of, self._bundles(groups.values())))
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
                self._log.failed({**facts, "record": number, **self._tell(error)})
                failed.append(number)
                continue
            if found is not None:
                groups.setdefault(self._group_of(found), []).append((number, found))
        return groups, failed

    def _bundles(self, groups: Iterable[_Numbered[T]]) -> list[_Bundle[T]]:
        """Groups by those that are taken together: each by itself where nothing takes several."""
        if self._take_together is None:
            return [[group] for group in groups]
        bundles: list[_Bundle[T]] = []
        room = 0
        for group in groups:
            if len(group) > room:
                bundles.append([])
                room = _RECORDS_TOGETHER
            bundles[-1].append(group)
            room -= len(group)
        return bundles

    def _faults_of(
        self,
        bundle: _Bundle[T],
        take: Callable[[Sequence[T]], None],
        facts: Mapping[str, Any],
    ) -> list[str]:
        """Take the groups of a bundle, and return the first record of each that failed."""
        if len(bundle) > 1 and self._are_taken_together(bundle):
            return []
        failed: list[str] = []
        outages = 0
        for numbered in bundle:
            is_out = outages == _MAX_OUTAGES
            group = [each for _, each in numbered]
            error = Unavailable() if is_out else _error_of(take, group)
            if error:
                self._log.failed({**facts, **self._tell(error)})
                failed.append(numbered[0][0])
            outages += not is_out and isinstance(error, Unavailable)
        return failed

    def _are_taken_together(self, bundle: _Bundle[T]) -> bool:
        groups = [[each for _, each in numbered] for numbered in bundle]
        return self._take_together is not None and not _error_of(self._take_together, groups)


def _error_of(take: Callable[[S], None], processed: S) -> Exception | None:
    try:
        take(processed)
    except Exception as error:  # noqa: BLE001 - one group that fails takes no other with it
        return error
    return None


def _of_each(do: Callable[[S], R], each: Sequence[S]) -> list[R]:
    if len(each) <= 1:
        return list(map(do, each))
    # Loaded here: whoever changes a contact now and then waits for no threads.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(_GROUPS_AT_ONCE) as workers:
        return list(workers.map(do, each))
