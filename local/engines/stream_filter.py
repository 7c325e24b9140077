"""The filter that a reader of a stream sends to the embedded engine.

Most records of a stream interest none of its readers. The embedded engine leaves these out before
it encodes its response; DynamoDB Local ignores the header, and readers filter what they get.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

FILTER_HEADER: Final = "x-local-filter"
"""Has the patterns of an event source, as JSON."""

LAST_NUMBER: Final = "LastSequenceNumber"
"""The member of a filtered response with the number of the last record that was looked at."""


def filter_header(patterns: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the header that asks for the records which match one of the patterns."""
    return {FILTER_HEADER: json.dumps(list(patterns))}
