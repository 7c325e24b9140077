"""The filter that a reader of a stream sends to the embedded engine.

Most records of a stream interest none of its readers. The embedded engine leaves these out before
it encodes its response; DynamoDB Local ignores the header, and readers filter what they get.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

FILTER_HEADER: Final = "x-local-filter"
"""Has the patterns of an event source, as JSON."""

_COMPARED: Final = ("eventName", "dynamodb")

LAST_NUMBER: Final = "LastSequenceNumber"
"""The member of a filtered response with the number of the last record that was looked at."""


def filter_header(patterns: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the header that leaves out records which match none of the patterns.

    Some others are left in, since only parts that are the same in a record of the stream and in one
    of an event are compared. The reader filters the event's records.
    """
    compared = [{name: each[name] for name in _COMPARED if name in each} for each in patterns]
    return {FILTER_HEADER: json.dumps(compared)}
