"""The faults that are injected on the wire, by name."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.faults.proxy import WRITES, Exchange, Fault, Reply, let_pass

_CODES = "com.amazonaws.dynamodb.v20120810#"
_WORDS = "a message that names the value Gold"


@dataclass(frozen=True)
class Kind:
    """A fault and its properties.

    `heals`: a request with one such fault succeeds, because it is retried.
    `loses_answers`: the engine may have processed the request although its response is lost.
    """

    fault: Fault
    heals: bool = True
    loses_answers: bool = False
    only: frozenset[str] | None = None

    def meets(self, operation: str) -> bool:
        """Return whether the fault can affect requests of an operation."""
        return self.only is None or operation in self.only


def error_response(code: str, status: int = 400, **members: Any) -> Reply:
    """Return an error response of DynamoDB."""
    return Reply.of(status, {"__type": _CODES + code, "message": _WORDS, **members})


def rejected(code: str, status: int = 400) -> Fault:
    """Return a fault that rejects the request without processing it."""
    return lambda exchange: exchange.answer(error_response(code, status))


def conflict(exchange: Exchange) -> None:
    """Report that another transaction writes the item. Request counts are in no transaction."""
    if b"MINUTE#" in exchange.body:
        let_pass(exchange)
        return
    if exchange.operation != "TransactWriteItems":
        exchange.answer(error_response("TransactionConflictException"))
        return
    count = len(exchange.document["TransactItems"])
    reasons = [{"Code": "None"}] * (count - 1) + [{"Code": "TransactionConflict"}]
    exchange.answer(error_response("TransactionCanceledException", CancellationReasons=reasons))


def page_of_a_balancer(exchange: Exchange) -> None:
    """Respond as a load balancer before DynamoDB does, without JSON."""
    body = b"<html>503</html>"
    exchange.answer(Reply(503, body, zlib.crc32(body)))


def reset_before(exchange: Exchange) -> None:
    """Reset the connection before the request is processed."""
    exchange.reset()


def reset_after(exchange: Exchange) -> None:
    """Process the request, then reset the connection without a response."""
    exchange.forward()
    exchange.reset()


def stalled_before(exchange: Exchange) -> None:
    """Lose the request: it is not processed, and no response comes."""
    exchange.stall()


def stalled_after(exchange: Exchange) -> None:
    """Process the request, and lose its response."""
    exchange.forward()
    exchange.stall()


def late(exchange: Exchange) -> None:
    """Process the request after the client has timed out, and may have retried it."""
    exchange.stall()
    exchange.forward()


def cut(exchange: Exchange) -> None:
    """Send half of the response, then close the connection."""
    reply = exchange.forward()
    exchange.answer(reply, sent=len(reply.body) // 2)


def garbled(exchange: Exchange) -> None:
    """Send a complete but corrupt response, which its checksum reveals."""
    reply = exchange.forward()
    exchange.answer(replace(reply, body=reply.body[: len(reply.body) // 2]))


def wrong_checksum(exchange: Exchange) -> None:
    """Send an intact response with a wrong checksum."""
    reply = exchange.forward()
    exchange.answer(replace(reply, checksum=reply.checksum ^ 1))


def half_unprocessed(exchange: Exchange) -> None:
    """Leave half of the keys of a batch unprocessed, or the only key."""
    document = exchange.document
    ((table, wanted),) = document["RequestItems"].items()
    middle = len(wanted["Keys"]) // 2
    left = {table: {**wanted, "Keys": wanted["Keys"][middle:]}}
    found: Mapping[str, Any] = {"Responses": {table: []}}
    if middle:
        read = {table: {**wanted, "Keys": wanted["Keys"][:middle]}}
        found = json.loads(exchange.forward({**document, "RequestItems": read}).body)
    exchange.answer(Reply.of(200, {**found, "UnprocessedKeys": left}))


def none_processed(exchange: Exchange) -> None:
    """Leave all keys of a batch unprocessed."""
    wanted = exchange.document["RequestItems"]
    exchange.answer(Reply.of(200, {"Responses": {}, "UnprocessedKeys": wanted}))


BATCHES = frozenset({"BatchGetItem"})

KINDS = {
    "throttled": Kind(rejected("ThrottlingException")),
    "over the throughput": Kind(rejected("ProvisionedThroughputExceededException")),
    "failed inside": Kind(rejected("InternalServerError", 500)),
    "unavailable": Kind(page_of_a_balancer),
    "in progress": Kind(
        rejected("TransactionInProgressException"), only=frozenset({"TransactWriteItems"})
    ),
    "conflict": Kind(conflict, only=WRITES),
    "table gone": Kind(rejected("ResourceNotFoundException"), heals=False),
    "denied": Kind(rejected("AccessDeniedException"), heals=False),
    "signed by a wrong clock": Kind(rejected("InvalidSignatureException"), heals=False),
    "reset before": Kind(reset_before),
    "reset after": Kind(reset_after, loses_answers=True),
    "stalled before": Kind(stalled_before),
    "stalled after": Kind(stalled_after, loses_answers=True),
    "late": Kind(late, loses_answers=True),
    "cut": Kind(cut, loses_answers=True),
    "garbled": Kind(garbled, loses_answers=True),
    "wrong checksum": Kind(wrong_checksum, loses_answers=True),
    "half unprocessed": Kind(half_unprocessed, only=BATCHES),
    "none processed": Kind(none_processed, only=BATCHES),
}
