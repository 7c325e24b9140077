"""The frame around the records of a stream's batch: those of one group are taken together.

Groups have nothing to do with one another, so that some are taken at the same time.

A group that fails is reported by its first record. Lambda delivers that record and all after it
again, so whoever takes a group has to bear to be given it twice.
Source: AWS Lambda Developer Guide, "Using Lambda with Amazon DynamoDB", partial batch responses.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
S = TypeVar("S")
R = TypeVar("R")

LambdaHandler: TypeAlias = Callable[[Mapping[str, Any], Any], dict[str, Any]]

_GROUPS_AT_ONCE = 8
"""How many groups are taken at the same time; botocore keeps ten connections."""


class Log(Protocol):
    """Where triggers report to: ids and facts, never values."""

    def taken(self, facts: Mapping[str, Any]) -> None:
        """A batch was taken, but for the records that failed."""

    def failed(self, facts: Mapping[str, Any]) -> None:
        """A record or a group of them has failed."""


class StreamTrigger(Generic[T]):
    """What makes a Lambda handler of a function that takes the records of one group, in order.

    `read` makes of a record what the function takes, or None of one that nobody needs; `group_of`
    says what belongs together; `tell` says of an exception what may be logged.
    """

    def __init__(
        self,
        name: str,
        log: Log,
        read: Callable[[Mapping[str, Any]], T | None],
        group_of: Callable[[T], Hashable],
        tell: Callable[[Exception], dict[str, Any]],
    ) -> None:
        self._name = name
        self._log = log
        self._read = read
        self._group_of = group_of
        self._tell = tell

    def __call__(self, take: Callable[[Sequence[T]], None]) -> LambdaHandler:
        """The Lambda handler around `take`."""

        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            records = event["Records"]
            facts = {
                "trigger": self._name,
                "function_request_id": getattr(context, "aws_request_id", None),
            }
            groups, failed = self._grouped(records, facts)

            def fault_of(numbered: Sequence[tuple[str, T]]) -> str | None:
                taken = self._is_taken(take, [each for _, each in numbered], facts)
                return None if taken else numbered[0][0]

            failed += filter(None, _of_each(fault_of, list(groups.values())))
            self._log.taken({**facts, "records": len(records), "failed": len(failed)})
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

    def _is_taken(
        self, take: Callable[[Sequence[T]], None], group: Sequence[T], facts: Mapping[str, Any]
    ) -> bool:
        try:
            take(group)
        except Exception as error:  # noqa: BLE001 - one group that fails takes no other with it
            self._log.failed({**facts, **self._tell(error)})
            return False
        return True


def _of_each(do: Callable[[S], R], each: Sequence[S]) -> list[R]:
    if len(each) <= 1:
        return list(map(do, each))
    # Loaded here: whoever changes a contact now and then waits for no threads.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(_GROUPS_AT_ONCE) as workers:
        return list(workers.map(do, each))
