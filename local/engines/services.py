"""The services of ministack that the embedded engine serves.

DynamoDB, its streams, SQS and EventBridge name their operation in a header, by the protocols of
AWS. A request without that header is for S3.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from ministack.core import responses  # type: ignore[import-untyped]
from ministack.services import (  # type: ignore[import-untyped]
    dynamodb,
    dynamodb_streams,
    eventbridge,
    s3,
    sqs,
)

from local.engines.bus_log import BusLog
from local.engines.filtered_stream import filtered_records
from local.engines.stream_filter import FILTER_HEADER
from local.resources import LOCAL_ACCOUNT_ID, RESOURCE_REGION

Answer = tuple[int, dict[str, str], bytes]

TAKE_EVENTS: Final = "LocalEngine.TakeEvents"
"""An operation of the engine: returns the events of all buses since its previous call."""

_JSON: Final = "application/x-amz-json-1.0"
_BUS_LOG: Final = BusLog()
_NO_SERVICE: Final[Answer] = (404, {}, b"")
_UNABLE: Final[Answer] = (501, {}, b"The local S3 takes no body in signed chunks.")


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request with lowercase header names and the raw path and query."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def target(self) -> str:
        """The service and its operation, such as `DynamoDB_20120810.PutItem`; empty for S3."""
        return self.headers.get("x-amz-target", "")

    @property
    def is_for_table(self) -> bool:
        """Whether the request is for DynamoDB tables."""
        return self.target.startswith("DynamoDB_")


async def call_service(request: Request) -> Answer:
    """Let ministack handle one request.

    Returns:
        Status, headers and body of the response.
    """
    target = request.target
    if target.startswith("DynamoDB_"):
        return await call_table(target, request.body)
    if target.startswith("DynamoDBStreams_"):
        return _filtered_records(request) or await _handle(dynamodb_streams, request)
    if target == TAKE_EVENTS:
        return 200, {"content-type": _JSON}, json.dumps(_BUS_LOG.take()).encode("ascii")
    # One account and region, whichever a client names. The context ends with the request.
    responses.set_request_account_id(LOCAL_ACCOUNT_ID)
    responses.set_request_region(RESOURCE_REGION)
    if target.startswith("AmazonSQS."):
        return await _handle(sqs, request)
    if target.startswith("AWSEvents."):
        return await _put_events(request)
    return _NO_SERVICE if target else await _call_s3(request)


async def call_table(target: str, body: bytes) -> Answer:
    """Let ministack handle one request to DynamoDB."""
    headers = {"x-amz-target": target}
    status, answer_headers, answer = await dynamodb.handle_request("POST", "/", headers, body, {})
    return status, answer_headers, answer


def _filtered_records(request: Request) -> Answer | None:
    patterns = request.headers.get(FILTER_HEADER)
    if patterns is None or not request.target.endswith(".GetRecords"):
        return None
    body = filtered_records(request.body, json.loads(patterns))
    return None if body is None else (200, {"content-type": _JSON}, body)


async def _put_events(request: Request) -> Answer:
    answer = await _handle(eventbridge, request)
    _BUS_LOG.add(eventbridge._events_log_list())  # noqa: SLF001 - ministack has no public API for it
    # ministack keeps every event for archive replays, which are not used here.
    eventbridge._events_log.clear()  # noqa: SLF001 - ministack has no public API for it
    return answer


async def _call_s3(request: Request) -> Answer:
    if "aws-chunked" in request.headers.get("content-encoding", ""):
        return _UNABLE
    answer = await _handle(s3, request, enforce_bucket_region=False)
    if request.method != "HEAD":
        return answer
    status, headers, body = s3.format_head_response(unquote(request.path), request.headers, answer)
    return status, headers, body


async def _handle(service: Any, request: Request, **options: bool) -> Answer:
    query = parse_qs(request.query, keep_blank_values=True)
    status, headers, body = await service.handle_request(
        request.method, unquote(request.path), request.headers, request.body, query, **options
    )
    return status, headers, body
