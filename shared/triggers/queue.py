"""The frame around each message of an SQS batch: one that fails comes again, the others do not.

Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS", partial batch responses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeAlias

from shared.domain.errors import ContextError, Postponed

_NO_CONTEXT = 29_000
"""Milliseconds that are left where nobody says, as in a test."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a queue, when its batch was received, and when its function must have ended."""

    message_id: str
    body: str
    received_at: datetime
    ends_at: datetime


Facts: TypeAlias = Mapping[str, Any]
"""What was done, in ids and counts: it is logged."""

MessageHandler: TypeAlias = Callable[[Message], Facts]
"""Takes a message, and tells what was done."""

LambdaHandler: TypeAlias = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class Log(Protocol):
    """Where triggers report to: ids and facts, never bodies or values."""

    def processed(self, facts: Mapping[str, Any]) -> None:
        """A message was taken."""

    def rejected(self, facts: Mapping[str, Any]) -> None:
        """A message was refused, and comes again or goes to the dead letters."""

    def failed(self, facts: Mapping[str, Any]) -> None:
        """A message has failed in a way that is nobody's fault but ours."""


def queue_trigger(
    name: str, log: Log, tell: Callable[[Exception], dict[str, Any]]
) -> Callable[[MessageHandler], LambdaHandler]:
    """Make a Lambda handler of a function that takes one message.

    One that is Postponed or fails comes again when the queue's time-out has passed.
    """

    def wrap(handle: MessageHandler) -> LambdaHandler:
        def is_processed(message: Message, facts: dict[str, Any]) -> bool:
            try:
                log.processed({**facts, **handle(message)})
            except Postponed as postponed:
                log.processed({**facts, "postponed_seconds": postponed.seconds})
                return False
            except ContextError as error:
                log.rejected({**facts, **_refusal(error)})
                return False
            except Exception as error:  # noqa: BLE001 - the other messages of the batch go on
                log.failed({**facts, **tell(error)})
                return False
            return True

        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            facts = {"trigger": name, "request_id": getattr(context, "aws_request_id", None)}
            now = datetime.now(UTC)
            messages = [_message(record, context, now) for record in event["Records"]]
            failed = [
                message.message_id
                for message in messages
                if not is_processed(message, {**facts, "message_id": message.message_id})
            ]
            return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

        return lambda_handler

    return wrap


def _refusal(error: ContextError) -> dict[str, Any]:
    # Its class and what it is about: a reason may quote a value.
    about = vars(error).get("field") or vars(error).get("name")
    return {"refusal": type(error).__name__, "about": about}


def _message(record: Mapping[str, Any], context: Any, now: datetime) -> Message:
    left = context.get_remaining_time_in_millis() if context else _NO_CONTEXT
    return Message(
        message_id=record["messageId"],
        body=record["body"],
        received_at=now,
        ends_at=now + timedelta(milliseconds=left),
    )
