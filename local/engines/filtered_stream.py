"""GetRecords of ministack's DynamoDB streams, with a filter.

Without a filter, every reader receives and parses all records of the stream, and drops most of
them. That takes more CPU than the functions themselves.
It serves the time of the example import in docs/imports.md (ADR 29).
"""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ministack.core import responses  # type: ignore[import-untyped]
from ministack.services import dynamodb, dynamodb_streams  # type: ignore[import-untyped]

from local.engines.stream_filter import LAST_NUMBER
from local.event_filter import passes

_MAX_SCANNED: Final = 5_000
"""Maximum of records that one request scans, because the engine serves one request at a time."""


def filtered_records(body: bytes, patterns: Sequence[Mapping[str, Any]]) -> bytes | None:
    """Return the response of GetRecords with the records that match one of the patterns.

    Args:
        body: The body of the request.
        patterns: Patterns as in the filter criteria of an event source.

    Returns:
        The body of the response. None if the iterator is invalid, expired or of a closed
        stream, and ministack has to respond without a filter.
    """
    request = json.loads(body)
    iterator = dynamodb_streams._decode_iterator(request["ShardIterator"])  # noqa: SLF001
    if iterator is None or not _is_live(iterator):
        return None
    position, limit = iterator["p"], request.get("Limit", 1000)
    found, last = [], None
    place = position
    for record in _records_since(iterator):
        place, last = place + 1, record["dynamodb"]["SequenceNumber"]
        if passes(patterns, record):
            # As AWS and ministack have it, which is without the stream that was asked for.
            found.append({name: record[name] for name in record if name != "eventSourceARN"})
            if len(found) == limit:
                break
    following = dynamodb_streams._encode_iterator(  # noqa: SLF001
        iterator["t"],
        iterator["s"],
        place,
        account_id=iterator["a"],
        region=iterator["r"],
        stream_arn=iterator["arn"],
    )
    answer = {"Records": found, "NextShardIterator": following, LAST_NUMBER: last}
    return json.dumps(answer, separators=(",", ":")).encode("ascii")


def _is_live(iterator: Mapping[str, Any]) -> bool:
    """Return whether an iterator has not expired and its stream is open."""
    if time.time() - iterator["i"] >= dynamodb_streams._ITERATOR_TTL_SECONDS:  # noqa: SLF001
        return False
    scope = {"account_id": iterator["a"], "region": iterator["r"]}
    here = (responses.get_account_id(), responses.get_region())
    if here != (iterator["a"], iterator["r"]):
        return False
    stream = dynamodb_streams._enabled_stream_info(iterator["t"], **scope)  # noqa: SLF001
    if stream is None or stream["StreamArn"] != iterator["arn"]:
        return False
    return bool(iterator["p"] >= dynamodb.stream_start_position(iterator["t"], **scope))


def _records_since(iterator: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    records: list[dict[str, Any]] = dynamodb.stream_records_since(
        iterator["t"],
        iterator["p"],
        _MAX_SCANNED,
        account_id=iterator["a"],
        region=iterator["r"],
    )
    return records
