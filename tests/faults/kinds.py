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
    """A fault and what is known of it.

    `heals`: a request that it met once succeeds, since it is tried again;
    `loses_answers`: the engine may have done what was asked for all the same.
    """

    fault: Fault
    heals: bool = True
    loses_answers: bool = False
    only: frozenset[str] | None = None

    def meets(self, operation: str) -> bool:
        """Whether it can happen to such a request."""
        return self.only is None or operation in self.only


def error_response(code: str, status: int = 400, **members: Any) -> Reply:
    """How DynamoDB words an error."""
    return Reply.of(status, {"__type": _CODES + code, "message": _WORDS, **members})


def rejected(code: str, status: int = 400) -> Fault:
    """The request is refused and not done."""
    return lambda exchange: exchange.answer(error_response(code, status))


def conflict(exchange: Exchange) -> None:
    """Another transaction has the item in hand; none ever has a count of requests."""
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
    """What stands before DynamoDB answers in its place, and not in JSON."""
    body = b"<html>503</html>"
    exchange.answer(Reply(503, body, zlib.crc32(body)))


def reset_before(exchange: Exchange) -> None:
    """The connection is dropped, and nothing is done."""
    exchange.reset()


def reset_after(exchange: Exchange) -> None:
    """What was asked for is done, and the answer is lost."""
    exchange.forward()
    exchange.reset()


def stalled_before(exchange: Exchange) -> None:
    """The request goes astray."""
    exchange.stall()


def stalled_after(exchange: Exchange) -> None:
    """What was asked for is done, and the answer goes astray."""
    exchange.forward()
    exchange.stall()


def late(exchange: Exchange) -> None:
    """What was asked for is done after the client has given it up, and maybe asked again."""
    exchange.stall()
    exchange.forward()


def cut(exchange: Exchange) -> None:
    """Half of the answer comes, then the connection ends."""
    reply = exchange.forward()
    exchange.answer(reply, sent=len(reply.body) // 2)


def garbled(exchange: Exchange) -> None:
    """An answer comes that looks whole and is not, as its checksum tells."""
    reply = exchange.forward()
    exchange.answer(replace(reply, body=reply.body[: len(reply.body) // 2]))


def wrong_checksum(exchange: Exchange) -> None:
    """A good answer comes with a checksum that it does not have."""
    reply = exchange.forward()
    exchange.answer(replace(reply, checksum=reply.checksum ^ 1))


def half_unprocessed(exchange: Exchange) -> None:
    """Of a batch, half of the keys are read, none of a single one."""
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
    """Nothing of a batch is read."""
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
