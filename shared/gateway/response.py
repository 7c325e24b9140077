"""What goes back to API Gateway.

Source: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Response:
    """A status, a JSON document, and headers beside the content type."""

    status: int
    document: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_event(self) -> dict[str, Any]:
        """The response in payload format 2.0."""
        return {
            "statusCode": self.status,
            "headers": {"content-type": "application/json", **self.headers},
            "body": json.dumps(
                self.document, ensure_ascii=False, allow_nan=False, separators=(",", ":")
            ),
            "isBase64Encoded": False,
        }
