"""Sign events and send them to webhooks, protected against server-side request forgery.

Source of headers and signature: Standard Webhooks, "Webhook metadata" and "Signature scheme".
"""

import base64
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from standardwebhooks import Webhook as Signer

from shared.adapters.delivery_failures import ConnectTimeout, Failure, failure_of, failure_of_status
from shared.domain.deliveries import (
    Attempt,
    DeliveryTask,
)
from shared.domain.errors import Unreachable
from shared.domain.webhooks import (
    SECRET_PREFIX,
    UrlPolicy,
    Webhook,
)

TOTAL_SECONDS = 10.0
"""The deadline of a request, from the start of the DNS lookup to the status of the response.

It does not end a DNS lookup, for which the resolver has timeouts of its own. After a lookup that
exceeds the deadline, no connection is made.
"""

_CONNECT_SECONDS = 3.0
_PORTS = {"https": 443, "http": 80}
_USER_AGENT = "contact-context-webhooks/1"


class HttpWebhookSender:
    """Implements the port `WebhookSender` over HTTP.

    The sender resolves the host once, checks all of its addresses, and connects to one of those
    addresses. A DNS record that changes after the check therefore has no effect. The sender does
    not follow redirects.

    Args:
        url_policy: Decides which URLs and addresses are allowed.
        check_time_left: Raises Unavailable if it is too late to begin a request.
    """

    def __init__(
        self, url_policy: UrlPolicy, check_time_left: Callable[[], None] = lambda: None
    ) -> None:
        self._url_policy = url_policy
        self._check_time_left = check_time_left

    @cached_property
    def tls_context(self) -> ssl.SSLContext:
        """The TLS settings with the trusted certificate authorities."""
        return ssl.create_default_context()

    def send(self, webhook: Webhook, task: DeliveryTask) -> Attempt:
        """Send a signed request and return its outcome; a failed request does not raise.

        Raises:
            Unavailable: It is too late to begin a request.
        """
        self._check_time_left()
        at, started = datetime.now(UTC), time.monotonic()
        body = json.dumps(task.payload, ensure_ascii=False, separators=(",", ":"))
        headers = signed_headers(webhook.secrets(at), task.event_id, at, body)
        status, failure = self._outcome(
            webhook.url, headers, body.encode(), started + TOTAL_SECONDS
        )
        milliseconds = round((time.monotonic() - started) * 1000)
        code, error = failure or (None, None)
        return Attempt(at, status, error, milliseconds, code)

    def _outcome(
        self, url: str, headers: dict[str, str], body: bytes, deadline: float
    ) -> tuple[int | None, Failure | None]:
        try:
            status = self._post(url, headers, body, deadline)
        except (Unreachable, OSError, HTTPException, ValueError) as error:
            return None, failure_of(error)
        return status, failure_of_status(status)

    def _post(self, url: str, headers: dict[str, str], body: bytes, deadline: float) -> int:
        reason = self._url_policy.find_fault(url)
        if reason:
            raise Unreachable(reason)
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        host = parts.hostname or ""
        connected = _connect(self._url_policy.resolve(host, port), port, deadline)
        with self._wrap_tls(connected, parts) as stream, _closed_at(deadline, stream):
            if isinstance(stream, ssl.SSLSocket):
                stream.do_handshake()
            connection = HTTPConnection(host, port)
            connection.sock = stream
            target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request("POST", target, body, {"host": parts.netloc, **headers})
            # Only the status matters. A slow response body must not keep the function waiting.
            return connection.getresponse().status

    def _wrap_tls(self, connected: socket.socket, parts: SplitResult) -> socket.socket:
        if parts.scheme != "https":
            return connected
        return self.tls_context.wrap_socket(
            connected, server_hostname=parts.hostname, do_handshake_on_connect=False
        )


def signed_headers(
    secrets: Sequence[str], event_id: str, at: datetime, body: str
) -> dict[str, str]:
    """Return the headers of a request, with one signature per secret."""
    signatures = [_signer(secret).sign(event_id, at, body) for secret in secrets]
    return {
        "content-type": "application/json",
        "user-agent": _USER_AGENT,
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _signer(secret: str) -> Signer:
    return Signer(_generated_key(secret) or secret.encode())


def _generated_key(secret: str) -> bytes | None:
    """Decode a generated secret.

    Returns:
        The key, or None for a secret that the owner chose: its own bytes are the key.

    """
    if not secret.startswith(SECRET_PREFIX):
        return None
    encoded = secret.removeprefix(SECRET_PREFIX)
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        return None


def _connect(addresses: Sequence[str], port: int, deadline: float) -> socket.socket:
    """Connect to the first address that accepts a connection."""
    failure: OSError = ConnectTimeout()
    for address in addresses:
        remaining = min(_CONNECT_SECONDS, deadline - time.monotonic())
        if remaining <= 0:
            raise ConnectTimeout
        try:
            return socket.create_connection((address, port), timeout=remaining)
        except TimeoutError:
            failure = ConnectTimeout()
        except OSError as error:
            failure = error
    raise failure


@contextmanager
def _closed_at(deadline: float, stream: socket.socket) -> Iterator[None]:
    """Close a connection at the deadline, and raise TimeoutError for the resulting error.

    A socket timeout applies to each read, so a receiver that sends one byte a second never
    reaches it.
    """
    remaining = max(deadline - time.monotonic(), 0.001)
    stream.settimeout(remaining)
    # Call `socket.socket.shutdown` directly: `SSLSocket.shutdown` changes TLS state that the main
    # thread is using.
    timer = Timer(remaining, socket.socket.shutdown, (stream, socket.SHUT_RDWR))
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        _check_deadline(deadline)
        raise
    finally:
        timer.cancel()
    # A connection that was closed at the deadline can look like a complete response.
    _check_deadline(deadline)


def _check_deadline(deadline: float) -> None:
    if time.monotonic() >= deadline:
        raise TimeoutError
