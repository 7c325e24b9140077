"""HTTP connections to DynamoDB that are kept open and shared by threads."""

from __future__ import annotations

import os
import socket
import ssl
import weakref
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import SplitResult

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import create_urllib3_context, get_cert_path
from urllib3.util import wait_for_read

from shared.table.lean.responses import read_response

_CHECKSUM_HEADER = "x-amz-crc32"
_ErrorClass = Callable[..., BotoCoreError]
_GZIP = 16 + zlib.MAX_WBITS


class Response(NamedTuple):
    """A response, with the attributes that handlers of botocore's events read.

    Attributes:
        headers: The headers. Their names are in lower case.
        content: The body, decompressed.
        received: The body as it was sent.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    received: bytes

    @classmethod
    def of(cls, given: Any) -> Response:
        """Return the response of a listener that answered in place of DynamoDB."""
        headers = {name.lower(): value for name, value in given.headers.items()}
        return cls(given.status_code, headers, given.content, given.content)

    @property
    def is_intact(self) -> bool:
        """Whether the body matches DynamoDB's checksum, if there is one."""
        expected = self.headers.get(_CHECKSUM_HEADER)
        if expected is None:
            return True
        # Of a compressed body, the checksum is that of the bytes that were sent.
        return int(expected) in map(zlib.crc32, (self.received, self.content))


class ConnectionPool:
    """Connections to one endpoint, with the timeouts and trusted authorities of botocore.

    Args:
        endpoint: The URL of the endpoint.
        config: The settings of the botocore client.
        ca_bundle: The file of trusted certificate authorities. None uses botocore's default.
    """

    def __init__(self, endpoint: SplitResult, config: Config, ca_bundle: str | None) -> None:
        self._endpoint = endpoint
        self._url = endpoint.geturl()
        self._config: Any = config
        self._ca_bundle = ca_bundle or os.environ.get("REQUESTS_CA_BUNDLE")
        self._tls_context: ssl.SSLContext | None = None
        self._lock = Lock()
        # Appending and popping are atomic. The connection that was used last is used first, as
        # the others may have been closed by the server.
        self._idle: deque[HTTPConnection] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def send(self, request: bytes) -> Response:
        """Send a request and read the response.

        Raises:
            BotoCoreError: There is no response, or half of one. The class is botocore's.
        """
        connection = self._idle_connection() or self._connect()
        is_reusable = False
        try:
            # http.client would format all headers again.
            connection.sock.sendall(request)
            with connection.sock.makefile("rb") as reader:
                response = read_response(reader)
            content = _decoded(response.received, response.headers)
            is_reusable = not response.will_close
        except (IncompleteRead, zlib.error) as error:
            raise HTTPClientError(error=error) from error
        except (OSError, HTTPException) as error:
            raise self._translation(error, ConnectionClosedError, ReadTimeoutError) from error
        finally:
            if is_reusable and len(self._idle) < self._config.max_pool_connections:
                self._idle.append(connection)
            else:
                connection.close()
        return Response(response.status_code, response.headers, content, response.received)

    def close(self) -> None:
        """Close all idle connections."""
        _close_all(self._idle)

    def _idle_connection(self) -> HTTPConnection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            # A connection without a request is readable only if the server has closed it.
            if not wait_for_read(connection.sock, timeout=0):
                return connection
            connection.close()

    def _connect(self) -> HTTPConnection:
        host, port = str(self._endpoint.hostname), self._endpoint.port
        timeout = self._config.connect_timeout
        connection = (
            HTTPSConnection(host, port, timeout=timeout, context=self._trusted())
            if self._endpoint.scheme == "https"
            else HTTPConnection(host, port, timeout=timeout)
        )
        try:
            connection.connect()
            connection.sock.settimeout(self._config.read_timeout)
            if self._config.tcp_keepalive:
                connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        except OSError as error:
            connection.close()
            raise self._translation(error, EndpointConnectionError, ConnectTimeoutError) from error
        return connection

    def _translation(
        self, error: Exception, failure: _ErrorClass, timeout: _ErrorClass
    ) -> BotoCoreError:
        """Return the error that botocore raises for an error of the standard library."""
        if isinstance(error, TimeoutError):
            return timeout(endpoint_url=self._url, error=error)
        if isinstance(error, ssl.SSLError):
            return SSLError(endpoint_url=self._url, error=error)
        return failure(endpoint_url=self._url, error=error)

    def _trusted(self) -> ssl.SSLContext:
        with self._lock:
            if self._tls_context is None:
                context: ssl.SSLContext = create_urllib3_context()
                # botocore leaves the check of names to urllib3.
                context.check_hostname = True
                trusted: Any = self._ca_bundle or True
                try:
                    context.load_verify_locations(get_cert_path(trusted))
                except OSError as error:
                    raise SSLError(endpoint_url=self._url, error=error) from error
                self._tls_context = context
            return self._tls_context


def _close_all(connections: deque[HTTPConnection]) -> None:
    while True:
        try:
            connections.pop().close()
        except IndexError:
            return


def _decoded(received: bytes, headers: Mapping[str, str]) -> bytes:
    if headers.get("content-encoding") == "gzip":
        return zlib.decompress(received, wbits=_GZIP)
    return received
