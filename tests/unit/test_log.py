"""The log has every fact that Powertools would write, in its order."""

import io
import json
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from shared.runtime.log import PowertoolsLog

FACTS = {
    "dialect": "native",
    "route": "POST /v1/contacts/{contact_id}",
    "request_id": "a-request",
    "account_id": "acme",
    "key_id": None,
    "status": 200,
    "cause": {"code": "Zoë", "at": {1, 2}},
}
CASES = [
    ("responded", FACTS, "info", "responded"),
    ("responded", {**FACTS, "status": 503}, "warning", "responded"),
    ("failed", FACTS, "error", "failed"),
    ("processed", FACTS, "info", "processed"),
    ("rejected", FACTS, "warning", "rejected"),
    ("fell_back", {"error": "TimeoutError"}, "warning", "fell back"),
]


@pytest.fixture(autouse=True)
def traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988;Parent=53995c3f42cd8ad8;Sampled=1")


def written(logger: Logger, write: Any) -> list[str]:
    """The line that a logger writes."""
    stream = io.StringIO()
    (handler,) = logger._logger.handlers
    before = handler.setStream(stream)
    write()
    handler.setStream(before)
    return stream.getvalue().splitlines()


def without_place(line: str) -> list[tuple[str, Any]]:
    """Return the members in order, without time, place and service, which differ."""
    document = json.loads(line)
    assert document["timestamp"][:4].isdigit()
    assert document["location"].partition(":")[2].isdigit()
    assert document["service"] in ("contact-context", "plain")
    return [*{**document, "timestamp": "", "location": "", "service": ""}.items()]


@pytest.mark.parametrize(("method", "facts", "level", "message"), CASES)
def test_a_line_is_what_powertools_writes(
    method: str, facts: dict[str, Any], level: str, message: str
):
    plain = Logger(service="plain", level="INFO")
    log = PowertoolsLog()
    (line,) = written(log._logger, lambda: getattr(log, method)(facts))
    (expected,) = written(plain, lambda: getattr(plain, level)(message, extra=facts))
    assert without_place(line) == without_place(expected)
    assert json.loads(line)["location"].startswith(f"{method}:")


def test_keys_that_powertools_adds_are_in_the_line():
    log = PowertoolsLog()
    log._logger.append_keys(cold_start=True)
    log._logger.thread_safe_append_keys(message_id="a-message")
    (line,) = written(log._logger, lambda: log.processed({"records": 1}))
    log._logger.remove_keys(["cold_start"])
    log._logger.thread_safe_clear_keys()
    document = json.loads(line)
    assert (document["cold_start"], document["message_id"], document["records"]) == (
        *(True, "a-message"),
        1,
    )


def test_a_record_without_facts_is_powertools_own():
    logger = PowertoolsLog()._logger
    (line,) = written(logger, lambda: logger.info({"a": 1}, extra={"more": 2}))
    assert json.loads(line)["message"] == {"a": 1}
    assert json.loads(line)["more"] == 2
