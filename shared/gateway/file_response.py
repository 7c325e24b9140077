"""Responses of API Gateway with a body of any type.

Source: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs".
"""

import base64
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from shared.domain.records import dataclass
from shared.gateway.response import PRIVATE_HEADERS


@dataclass(frozen=True, slots=True)
class FileResponse:
    """A response of bytes. `headers` are added to those of every response."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_event(self) -> dict[str, Any]:
        """Build the response in payload format 2.0, with the body as base64."""
        return {
            "statusCode": self.status,
            "headers": {**PRIVATE_HEADERS, **self.headers},
            "body": base64.b64encode(self.body).decode(),
            "isBase64Encoded": True,
        }
