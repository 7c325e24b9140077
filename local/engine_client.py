"""A lean client for the JSON services of an engine on this machine.

The readers of streams and queues make a request for every few records. botocore takes over a
millisecond of CPU for each, mostly for signing, models and time stamps that an engine on this
machine does not need, and turns JSON into other types that an event has to be made of again.
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
"""DynamoDB Local requires the header and does not verify the signature."""


class EngineClient:
    """A client with botocore's method names whose responses are the JSON as it is sent.

    Times are numbers and binary values are Base64, as in the events of Lambda.
    Several threads may use it at the same time.

    Args:
        service: `sqs`, `dynamodbstreams` or `local`, the operations of the embedded engine itself.
        endpoint_url: of the engine.
        headers: sent with every request.
        link: to use instead of HTTP.

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
        """Close the connections that are not in use; those of the link stay."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        """Return the method that calls an operation, such as `get_records` for GetRecords.

        The method raises ClientError for an error response and HTTPClientError when there is no
        response.
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
                # The engine may have closed a connection that was idle.
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
