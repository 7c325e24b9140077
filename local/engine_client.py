"""A lightweight client for the JSON services of a local engine.

The readers of streams and queues make one request for every few records. botocore spends over a
millisecond of CPU on each, mostly on signing, service models and timestamps that a local engine
does not need. It also converts the JSON to types that an event has to convert back.
"""

import contextlib
import http.client
import json
import queue
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import ClientError, HTTPClientError

from local.engines.link import EngineLink
from local.environment import LOCAL_CREDENTIAL

_TIMEOUT_SECONDS: Final = 20
_ATTEMPTS: Final = 2
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
        self._idle: queue.SimpleQueue[http.client.HTTPConnection] = queue.SimpleQueue()

    def close(self) -> None:
        """Close the idle HTTP connections; those of the link stay open."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

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
        if status != http.HTTPStatus.OK:
            code = str(document.get("__type", status)).rpartition("#")[2]
            message = str(document.get("message") or document.get("Message") or "")
            raise ClientError({"Error": {"Code": code, "Message": message}}, operation)
        return document

    def _send(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        if self._link:
            return self._send_over(self._link, body, headers)
        for attempt in range(_ATTEMPTS):
            connection = self._connection(is_new=attempt > 0)
            try:
                connection.request("POST", "/", body, headers)
                response = connection.getresponse()
                received = response.status, response.read()
            except (OSError, http.client.HTTPException) as error:
                # The engine may have closed an idle connection.
                connection.close()
                failure = error
                continue
            self._idle.put(connection)
            return received
        raise HTTPClientError(error=failure)

    def _send_over(
        self, link: EngineLink, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        lowercase = {name.lower(): value for name, value in headers.items()}
        try:
            status, _, content = link.send({**lowercase, "host": self._address}, body)
        except OSError as error:
            raise HTTPClientError(error=error) from error
        return status, content

    def _connection(self, *, is_new: bool) -> http.client.HTTPConnection:
        if not is_new:
            try:
                return self._idle.get_nowait()
            except queue.Empty:
                pass
        return http.client.HTTPConnection(self._address, timeout=_TIMEOUT_SECONDS)
