"""The event sources of functions in the template: streams and queues.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.event_filter import pattern_fault
from local.failure import LocalApiError

Resolve = Callable[[Any], Any]

NO_LIMIT = -1
"""The value of event source mappings for unlimited retries and ages."""

_MAX_CONCURRENCY = 5
"""Concurrent batches of a queue without a limit in the template: the initial number of Lambda.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""

_PARTIAL = "ReportBatchItemFailures"
_REQUESTS = "HttpApi"


@dataclasses.dataclass(frozen=True, kw_only=True)
class EventSource:
    """The properties of all sources: a name, a function and its batches."""

    name: str
    function: str
    batch_size: int
    window_seconds: int = 0
    patterns: tuple[Mapping[str, Any], ...] = ()
    reports_failures: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class StreamSource(EventSource):
    """The stream of the table. `failures` is the queue ARN of its on-failure destination."""

    bisects: bool = False
    max_retries: int = NO_LIMIT
    max_age_seconds: int = NO_LIMIT
    failures: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class QueueSource(EventSource):
    """A queue by its ARN, with a limit of concurrent batches."""

    queue: str
    max_concurrency: int = _MAX_CONCURRENCY


def read_event_sources(
    logical_id: str, properties: Mapping[str, Any], resolve: Resolve
) -> Iterator[EventSource]:
    """Read the enabled sources of one function.

    Args:
        logical_id: The logical id of the function.
        properties: The properties of the function, merged with `Globals`.
        resolve: Resolves intrinsic functions.

    Raises:
        LocalApiError: The local run does not support the type of a source.
    """
    for event_name, event in properties.get("Events", {}).items():
        if event.get("Type") == _REQUESTS:
            continue
        place = resolve(event.get("Properties") or {})
        if _is_true(place.get("Enabled", True)):
            name = f"{logical_id}.{event_name}"
            yield _read(name, logical_id, event.get("Type"), place)


def _read(name: str, function: str, kind: Any, place: Mapping[str, Any]) -> EventSource:
    if kind == "DynamoDB":
        return StreamSource(
            **_mapping(name, function, place, batch_size=100),
            bisects=_is_true(place.get("BisectBatchOnFunctionError", False)),
            max_retries=int(place.get("MaximumRetryAttempts", NO_LIMIT)),
            max_age_seconds=int(place.get("MaximumRecordAgeInSeconds", NO_LIMIT)),
            failures=place.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        )
    if kind == "SQS":
        limit = place.get("ScalingConfig", {}).get("MaximumConcurrency", _MAX_CONCURRENCY)
        return QueueSource(
            **_mapping(name, function, place, batch_size=10),
            queue=place["Queue"],
            max_concurrency=int(limit),
        )
    raise LocalApiError(
        f"The template's event {name} is of the type {kind}, which the local run does not know."
    )


def _mapping(
    name: str, function: str, place: Mapping[str, Any], *, batch_size: int
) -> dict[str, Any]:
    filters = place.get("FilterCriteria", {}).get("Filters", [])
    return {
        "name": name,
        "function": function,
        "batch_size": int(place.get("BatchSize", batch_size)),
        "window_seconds": int(place.get("MaximumBatchingWindowInSeconds", 0)),
        "patterns": tuple(_pattern(name, each.get("Pattern")) for each in filters),
        "reports_failures": _PARTIAL in place.get("FunctionResponseTypes", []),
    }


def _pattern(name: str, text: Any) -> Mapping[str, Any]:
    try:
        pattern = json.loads(text)
    except (TypeError, ValueError) as error:
        raise LocalApiError(f"The template's event {name} has a filter that is no JSON.") from error
    fault = pattern_fault(pattern)
    if fault:
        raise LocalApiError(f"The template's event {name} has a filter with {fault}.")
    known: Mapping[str, Any] = pattern
    return known


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
