"""Events, signed and brought to webhooks: one request each, that nobody can send elsewhere.

Source of headers and signature: Standard Webhooks, "Webhook metadata" and "Signature scheme".
"""

import base64
import json
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
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
    UrlPolicy,
    Webhook,
)

TOTAL_SECONDS = 10.0
"""From the look-up of the host to the status of the answer, however slowly that comes."""

_CONNECT_SECONDS = 3.0
_PORTS = {"https": 443, "http": 80}
_USER_AGENT = "contact-context-webhooks/1"
_GENERATED = "whsec_"


class HttpWebhookSender:
    """The port `Courier`.

    The host is looked up once, all of its addresses are judged, and one of these very addresses is
    called: a name that leads elsewhere a moment later leads nowhere. Redirects are not followed.
    """

    def __init__(self, url_policy: UrlPolicy) -> None:
        self._destinations = url_policy

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """Whose certificates are believed."""
        return ssl.create_default_context()

    def deliver(self, webhook: Webhook, order: DeliveryTask) -> Attempt:
        """Sign and send once, and tell how that went; never raises for what the other did."""
        at, begun = datetime.now(UTC), time.monotonic()
        body = json.dumps(order.payload, ensure_ascii=False, separators=(",", ":"))
        headers = signed_headers(webhook.secrets(at), order.event_id, at, body)
        status, failure = self._outcome(webhook.url, headers, body.encode(), begun + TOTAL_SECONDS)
        milliseconds = round((time.monotonic() - begun) * 1000)
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
        reason = self._destinations.find_fault(url)
        if reason:
            raise Unreachable(reason)
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        host = parts.hostname or ""
        connected = _connected(self._destinations.resolve(host, port), port, deadline)
        with self._wrapped(connected, parts) as stream, _ended_at(deadline, stream):
            if isinstance(stream, ssl.SSLSocket):
                stream.do_handshake()
            connection = HTTPConnection(host, port)
            connection.sock = stream
            target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request("POST", target, body, {"host": parts.netloc, **headers})
            # The status is all that counts: however slowly the body comes, nobody waits for it.
            return connection.getresponse().status

    def _wrapped(self, connected: socket.socket, parts: SplitResult) -> socket.socket:
        if parts.scheme != "https":
            return connected
        return self.trust.wrap_socket(
            connected, server_hostname=parts.hostname, do_handshake_on_connect=False
        )


def signed_headers(
    secrets: Sequence[str], event_id: str, at: datetime, body: str
) -> dict[str, str]:
    """The headers of a request, with a signature by each secret."""
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
    """What a secret says in base64, None of one whose own bytes are the key: it was chosen."""
    if not secret.startswith(_GENERATED):
        return None
    encoded = secret.removeprefix(_GENERATED)
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        return None


def _connected(addresses: Sequence[str], port: int, deadline: float) -> socket.socket:
    """A connection to the first of these addresses that takes one."""
    failure: OSError = ConnectTimeout()
    for address in addresses:
        left = min(_CONNECT_SECONDS, deadline - time.monotonic())
        if left <= 0:
            raise ConnectTimeout
        try:
            return socket.create_connection((address, port), timeout=left)
        except TimeoutError:
            failure = ConnectTimeout()
        except OSError as error:
            failure = error
    raise failure


@contextmanager
def _ended_at(deadline: float, stream: socket.socket) -> Iterator[None]:
    """Cut a connection at a time, and raise TimeoutError for what comes of that.

    The time-out of a socket is for each read: one byte a second would never reach it.
    """
    left = max(deadline - time.monotonic(), 0.001)
    stream.settimeout(left)
    # The plain shutdown, also of an encrypted stream: its own would take part in what is going on.
    timer = Timer(left, socket.socket.shutdown, (stream, socket.SHUT_RDWR))
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        _hold_to(deadline)
        raise
    finally:
        timer.cancel()
    # What was cut off can look like an answer that has ended.
    _hold_to(deadline)


def _hold_to(deadline: float) -> None:
    if time.monotonic() >= deadline:
        raise TimeoutError
