"""A lightweight client for the JSON services of a local engine.

The readers of streams and queues make one request for every few records. botocore spends over a
millisecond of CPU on each, mostly on signing, service models and timestamps that a local engine
does not need. It also converts the JSON to types that an event has to convert back.
It serves the time of the example import in docs/imports.md (ADR 29).
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3
from botocore.exceptions import ClientError, HTTPClientError

from local.engines.link import EngineLink
from local.environment import LOCAL_CREDENTIAL

_TIMEOUT_SECONDS: Final = 20
_CONNECTIONS: Final = 100
"""Idle connections that are kept. A thread that finds none opens one."""
_TARGETS: Final = {
    "sqs": "AmazonSQS",
    "dynamodbstreams": "DynamoDBStreams_20120810",
    "local": "LocalEngine",
}
_CONTENT_TYPE: Final = "application/x-amz-json-1.0"
_AUTHORIZATION: Final = (
    f"AWS4-HMAC-SHA256 Credential={LOCAL_CREDENTIAL}/20000101/us-east-1/local/aws4_request, "
    "SignedHeaders=host, Signature=0"
)
"""DynamoDB Local requires this header and does not verify the signature."""


class EngineClient:
    """A thread-safe client with botocore's method names that returns the JSON unconverted.

    Times are numbers and binary values are Base64, as in Lambda events.

    Args:
        service: `sqs`, `dynamodbstreams`, or `local` for the operations of the embedded engine.
        endpoint_url: The endpoint of the engine.
        headers: Headers of every request.
        link: The link to use in place of HTTP.
    """

    def __init__(
        self,
        service: str,
        endpoint_url: str,
        headers: Mapping[str, str] | None = None,
        link: EngineLink | None = None,
    ) -> None:
        self._link = link
        self._address = urlsplit(endpoint_url).netloc
        self._target = _TARGETS[service]
        self._headers = {
            "Content-Type": _CONTENT_TYPE,
            "Authorization": _AUTHORIZATION,
            "X-Amz-Date": "20000101T000000Z",
            **(headers or {}),
        }
        # The second try is for an idle connection that the engine has closed.
        self._pool = urllib3.connection_from_url(
            endpoint_url,
            timeout=_TIMEOUT_SECONDS,
            maxsize=_CONNECTIONS,
            retries=urllib3.Retry(1, allowed_methods=None),
        )

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        """Return the method of an operation, such as `get_records` for GetRecords.

        The method raises ClientError for an error response and HTTPClientError without a response.
        """
        operation = name.title().replace("_", "")

        def call(**parameters: Any) -> dict[str, Any]:
            return self._call(operation, parameters)

        return call

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        headers = {**self._headers, "X-Amz-Target": f"{self._target}.{operation}"}
        status, content = self._send(json.dumps(parameters).encode(), headers)
        document: dict[str, Any] = json.loads(content) if content else {}
        if status != HTTPStatus.OK:
            code = str(document.get("__type", status)).rpartition("#")[2]
            message = str(document.get("message") or document.get("Message") or "")
            raise ClientError({"Error": {"Code": code, "Message": message}}, operation)
        return document

    def _send(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        try:
            if self._link:
                lowercase = {name.lower(): value for name, value in headers.items()}
                status, _, content = self._link.send({**lowercase, "host": self._address}, body)
                return status, content
            response = self._pool.request("POST", "/", body=body, headers=headers)
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise HTTPClientError(error=error) from error
        return response.status, response.data
