"""JSON responses of API Gateway.

Source: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs".
"""

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from shared.domain.records import dataclass

PRIVATE_HEADERS: Mapping[str, str] = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}
"""The default headers: no caching, no guessing of the content type.

Sources: RFC 9111, "HTTP Caching", section 5.2.2.5; WHATWG Fetch Standard, X-Content-Type-Options.
"""


@dataclass(frozen=True, slots=True)
class Response:
    """A response of JSON. `headers` are added to those of every response."""

    status: int
    document: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_event(self) -> dict[str, Any]:
        """Build the response in payload format 2.0."""
        return {
            "statusCode": self.status,
            "headers": {"content-type": "application/json", **PRIVATE_HEADERS, **self.headers},
            "body": json.dumps(
                self.document, ensure_ascii=False, allow_nan=False, separators=(",", ":")
            ),
            "isBase64Encoded": False,
        }
