"""Inject failures between botocore and the engine."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ReadTimeoutError

from shared.table.dynamo import Table
from shared.wiring import endpoints as wiring


def rejected(code: str) -> tuple[Any, dict[str, Any]]:
    """Return the exception that botocore raises for an error response of DynamoDB."""
    return SimpleNamespace(status_code=400, headers={}), {
        "Error": {"Code": code, "Message": "a message that names the value Gold"},
        "ResponseMetadata": {},
    }


def unprocessed(params: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the response of DynamoDB to a batch that it did not process."""
    wanted = json.loads(params["body"])["RequestItems"]
    return SimpleNamespace(status_code=200, headers={}), {
        "Responses": {},
        "UnprocessedKeys": wanted,
    }


@contextmanager
def failing(answers: dict[str, Any], table: Table | None = None) -> Iterator[list[str]]:
    """Replace the responses of these operations. All other operations reach the engine.

    Affects the table client of most functions, unless another table is given.
    """
    events = (table or wiring.table())._client.meta.events
    asked: list[str] = []

    def answer(model: Any, params: dict[str, Any], **_: Any) -> Any:
        asked.append(model.name)
        planned = answers.get(model.name)
        if isinstance(planned, Exception):
            raise planned
        return planned(params) if callable(planned) else planned

    events.register("before-call.dynamodb", answer, unique_id="failing")
    try:
        yield asked
    finally:
        events.unregister("before-call.dynamodb", unique_id="failing")


FAILURES = {
    "throttled": rejected("ProvisionedThroughputExceededException"),
    "throttled by the account": rejected("ThrottlingException"),
    "failed inside": rejected("InternalServerError"),
    "in progress": rejected("TransactionInProgressException"),
    "denied": rejected("AccessDeniedException"),
    "gone": rejected("ResourceNotFoundException"),
    "timed out": ReadTimeoutError(endpoint_url="https://dynamodb.example.com"),
}
"""Failures of operations that read and write nothing, by name."""


@contextmanager
def answers_lost(operation: str) -> Iterator[None]:
    """Let operations reach the engine, and lose their responses."""
    events = wiring.table()._client.meta.events

    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example.com")

    events.register(f"after-call.dynamodb.{operation}", lose, unique_id="answers_lost")
    try:
        yield
    finally:
        events.unregister(f"after-call.dynamodb.{operation}", unique_id="answers_lost")


def too_large(most: int) -> Callable[[dict[str, Any]], Any]:
    """Reject transactions of more than `most` writes as DynamoDB rejects those over 4 MB."""

    def answer(params: dict[str, Any]) -> Any:
        count = len(json.loads(params["body"])["TransactItems"])
        return rejected("ValidationException") if count > most else None

    return answer


def once(answer: Any) -> Callable[[dict[str, Any]], Any]:
    """Answer the first request, and let all later ones pass."""
    left = [answer]
    return lambda _: left.pop() if left else None


def conflicting(position: int) -> Callable[[dict[str, Any]], Any]:
    """Reject a transaction because another one writes the item of the write at a position."""

    def answer(params: dict[str, Any]) -> Any:
        reasons = [{"Code": "None"} for _ in json.loads(params["body"])["TransactItems"]]
        reasons[position] = {"Code": "TransactionConflict"}
        response, document = rejected("TransactionCanceledException")
        return response, {**document, "CancellationReasons": reasons}

    return answer
