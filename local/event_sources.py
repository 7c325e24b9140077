"""The event sources of functions in the template: streams and queues.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import AliasPath, BaseModel, ConfigDict, Field

from local.event_filter import pattern_fault
from local.failure import LocalApiError

Resolve = Callable[[Any], Any]

NO_LIMIT = -1
"""The value of event source mappings for unlimited retries and ages."""

_PARTIAL = "ReportBatchItemFailures"
_REQUESTS = "HttpApi"


class EventSource(BaseModel):
    """The properties of all sources: a name, a function and its batches."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    name: str
    function: str
    batch_size: int = Field(validation_alias="BatchSize")
    window_seconds: int = Field(default=0, validation_alias="MaximumBatchingWindowInSeconds")
    patterns: tuple[Mapping[str, Any], ...] = ()
    reports_failures: bool = False


class StreamSource(EventSource):
    """The stream of the table. `failures` is the queue ARN of its on-failure destination."""

    batch_size: int = Field(default=100, validation_alias="BatchSize")
    bisects: bool = Field(default=False, validation_alias="BisectBatchOnFunctionError")
    max_retries: int = Field(default=NO_LIMIT, validation_alias="MaximumRetryAttempts")
    max_age_seconds: int = Field(default=NO_LIMIT, validation_alias="MaximumRecordAgeInSeconds")
    failures: str | None = Field(
        default=None, validation_alias=AliasPath("DestinationConfig", "OnFailure", "Destination")
    )


class QueueSource(EventSource):
    """A queue by its ARN, with a limit of concurrent batches: 5 as on Lambda.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    """

    batch_size: int = Field(default=10, validation_alias="BatchSize")
    queue: str = Field(validation_alias="Queue")
    max_concurrency: int = Field(
        default=5, validation_alias=AliasPath("ScalingConfig", "MaximumConcurrency")
    )


_KINDS: Mapping[Any, type[EventSource]] = {"DynamoDB": StreamSource, "SQS": QueueSource}


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
        if str(place.get("Enabled", True)).lower() == "true":
            yield _read(f"{logical_id}.{event_name}", logical_id, event.get("Type"), place)


def _read(name: str, function: str, kind: Any, place: Mapping[str, Any]) -> EventSource:
    if kind not in _KINDS:
        raise LocalApiError(
            f"The template's event {name} is of the type {kind}, which the local run does not know."
        )
    filters = place.get("FilterCriteria", {}).get("Filters", [])
    own = {
        "name": name,
        "function": function,
        "patterns": [_pattern(name, each.get("Pattern")) for each in filters],
        "reports_failures": _PARTIAL in place.get("FunctionResponseTypes", []),
    }
    return _KINDS[kind].model_validate({**place, **own})


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
