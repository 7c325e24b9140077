"""The filter that a reader of a stream sends to the embedded engine.

Most records of a stream match no reader's filter. The embedded engine omits them before it encodes
the response. DynamoDB Local ignores the header, so readers filter the response too.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

FILTER_HEADER: Final = "x-local-filter"
"""The header with the patterns of an event source, as JSON."""

_COMPARED: Final = ("eventName", "dynamodb")

LAST_NUMBER: Final = "LastSequenceNumber"
"""The member of a filtered response with the sequence number of the last scanned record."""


def filter_header(patterns: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the header that omits records which match none of the patterns.

    The engine compares only the parts that a stream record shares with a Lambda event record, so
    it keeps some records that do not match. The reader filters those.
    """
    compared = [{name: each[name] for name in _COMPARED if name in each} for each in patterns]
    return {FILTER_HEADER: json.dumps(compared)}
