"""Make Lambda handlers for SQS batches in which only failed messages are retried.

Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS", partial batch responses.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeAlias

from shared.domain.errors import ContextError, Postponed, Unavailable
from shared.domain.records import dataclass

_DEFAULT_REMAINING_MS = 29_000
"""Remaining milliseconds of an invocation without a Lambda context, as in a test."""


@dataclass(frozen=True, slots=True)
class Message:
    """An SQS message, the time at which its batch arrived, and the end of the invocation."""

    message_id: str
    body: str
    received_at: datetime
    ends_at: datetime


Facts: TypeAlias = Mapping[str, Any]
"""The ids and counts that are logged for a processed message."""

MessageHandler: TypeAlias = Callable[[Message], Facts]
"""Processes one message and returns the facts to log."""

LambdaHandler: TypeAlias = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class Log(Protocol):
    """Logs the outcome of messages: ids and counts, never bodies or values."""

    def processed(self, facts: Mapping[str, Any]) -> None:
        """Log a message that was processed."""

    def postponed(self, facts: Mapping[str, Any]) -> None:
        """Log a message that is processed later. SQS delivers it again."""

    def rejected(self, facts: Mapping[str, Any]) -> None:
        """Log an invalid message, which SQS retries and then sends to the dead-letter queue."""

    def failed(self, facts: Mapping[str, Any]) -> None:
        """Log a message that failed because of an outage or an unexpected error."""


def queue_trigger(
    name: str,
    log: Log,
    describe: Callable[[Exception], dict[str, Any]],
    around_batch: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Callable[[MessageHandler], LambdaHandler]:
    """Make a decorator that turns a function of one message into a Lambda handler.

    A message is retried after the queue's visibility timeout if the function raises, Postponed
    included.

    Args:
        name: The name of the trigger in the log.
        log: Receives the outcome of each message.
        describe: Returns the facts to log of an error, without values.
        around_batch: Makes the context in which the messages of a batch are processed.

    """

    def wrap(handle: MessageHandler) -> LambdaHandler:
        def try_process(message: Message, facts: dict[str, Any]) -> bool:
            try:
                log.processed({**facts, **handle(message)})
            except Postponed as postponed:
                log.postponed({**facts, "postponed_seconds": postponed.seconds})
                return False
            except Exception as error:  # noqa: BLE001 - one message must not fail the whole batch
                if isinstance(error, ContextError) and not isinstance(error, Unavailable):
                    log.rejected({**facts, **describe(error), **_subject_of(error)})
                else:
                    log.failed({**facts, **describe(error)})
                return False
            return True

        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            facts = {
                "trigger": name,
                "function_request_id": getattr(context, "aws_request_id", None),
            }
            now = datetime.now(UTC)
            messages = [_message(record, context, now) for record in event["Records"]]
            with around_batch():
                failed = [
                    message.message_id
                    for message in messages
                    if not try_process(message, {**facts, "message_id": message.message_id})
                ]
            return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

        return lambda_handler

    return wrap


def _subject_of(error: ContextError) -> dict[str, Any]:
    # The field only: the reason may quote a value.
    return {"about": vars(error).get("field") or vars(error).get("name")}


def _message(record: Mapping[str, Any], context: Any, now: datetime) -> Message:
    left = context.get_remaining_time_in_millis() if context else _DEFAULT_REMAINING_MS
    return Message(
        message_id=record["messageId"],
        body=record["body"],
        received_at=now,
        ends_at=now + timedelta(milliseconds=left),
    )
