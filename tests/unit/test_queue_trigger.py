"""The log lines of messages of a queue, for any result."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from shared.domain.errors import InvalidField, Postponed, Unavailable
from shared.triggers.queue import Message, queue_trigger


class Log:
    """What was logged, by the kind of line."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, Mapping[str, Any]]] = []

    def processed(self, facts: Mapping[str, Any]) -> None:
        self.lines.append(("processed", facts))

    def postponed(self, facts: Mapping[str, Any]) -> None:
        self.lines.append(("postponed", facts))

    def rejected(self, facts: Mapping[str, Any]) -> None:
        self.lines.append(("rejected", facts))

    def failed(self, facts: Mapping[str, Any]) -> None:
        self.lines.append(("failed", facts))


def line_of(error: Exception | None) -> tuple[str, Mapping[str, Any]]:
    """Return what is logged of a message whose handler raises the error."""
    log = Log()

    def handle(_: Message) -> dict[str, Any]:
        if error:
            raise error
        return {"count": 1}

    handler = queue_trigger("a_trigger", log, lambda raised: {"described": type(raised).__name__})(
        handle
    )
    event = {"Records": [{"messageId": "m1", "body": "{}"}]}
    context = SimpleNamespace(
        aws_request_id="an-invocation", get_remaining_time_in_millis=lambda: 1000
    )
    failed = handler(event, context)["batchItemFailures"]
    assert bool(failed) is bool(error)
    (line,) = log.lines
    assert line[1]["function_request_id"] == "an-invocation"
    assert line[1]["message_id"] == "m1"
    return line


@pytest.mark.parametrize(
    ("error", "kind", "facts"),
    [
        (None, "processed", {"count": 1}),
        (Postponed(7), "postponed", {"postponed_seconds": 7}),
        (
            InvalidField("age", "x"),
            "rejected",
            {"about": "age", "described": "InvalidField"},
        ),
        (Unavailable(), "failed", {"described": "Unavailable"}),
        (KeyError("x"), "failed", {"described": "KeyError"}),
    ],
)
def test_an_outage_is_a_failure_and_an_invalid_message_is_rejected_with_its_cause(
    error: Exception | None, kind: str, facts: dict[str, Any]
):
    logged, found = line_of(error)
    assert logged == kind
    assert facts.items() <= found.items()
