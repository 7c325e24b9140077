"""Read HTTP responses.

http.client reads them, except for those that look as DynamoDB's do: a 200 of HTTP/1.1 with a
length, whose head arrives at once. http.client parses a head as an e-mail, which takes five times
as long.

Source of the form of a head: RFC 9112, "HTTP/1.1", sections 2 to 6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.client import HTTPResponse, IncompleteRead
from io import BufferedReader
from typing import Any, NamedTuple

_USUAL_HEAD = re.compile(rb"HTTP/1\.1 200 [^\r\n]*\r\n((?:[\w!#$%&'*+.^`|~-]+:[^\r\n]*\r\n)+)\r\n")
_LENGTH = re.compile("[0-9]{1,9}")


class ReceivedResponse(NamedTuple):
    """A response as it was sent.

    Attributes:
        headers: The headers. Their names are in lower case.
        received: The body, still compressed if it is.
        will_close: Whether no other request can follow on the connection.
    """

    status_code: int
    headers: Mapping[str, str]
    received: bytes
    will_close: bool


def read_response(reader: BufferedReader) -> ReceivedResponse:
    """Read the response to a POST.

    Raises:
        HTTPException: The response is not HTTP, or ends early.
        OSError: The connection failed, or timed out.
    """
    head = _USUAL_HEAD.match(reader.peek())
    headers = _headers(head[1]) if head else {}
    length = headers.get("content-length", "")
    if head is None or "transfer-encoding" in headers or not _LENGTH.fullmatch(length):
        return _read_any(reader)
    reader.read(head.end())
    received = reader.read(int(length))
    if len(received) < int(length):
        raise IncompleteRead(received, int(length) - len(received))
    will_close = "close" in headers.get("connection", "").lower()
    return ReceivedResponse(200, headers, received, will_close)


def _headers(lines: bytes) -> dict[str, str]:
    """Return the headers of a head, none if one is repeated."""
    fields = [line.partition(":") for line in lines.decode("latin-1").split("\r\n")[:-1]]
    headers = {name.lower(): value.lstrip(" \t") for name, _, value in fields}
    return headers if len(headers) == len(fields) else {}


def _read_any(reader: BufferedReader) -> ReceivedResponse:
    source: Any = _Source(reader)
    response = HTTPResponse(source, method="POST")
    try:
        response.begin()
        received = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return ReceivedResponse(response.status, headers, received, response.will_close)
    finally:
        response.close()


class _Source(NamedTuple):
    """What http.client reads from, in place of a socket."""

    reader: BufferedReader

    def makefile(self, _mode: str) -> BufferedReader:
        """Return the reader."""
        return self.reader
