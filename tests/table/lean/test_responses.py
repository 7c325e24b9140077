"""A response is what http.client makes of it, whether it looks as DynamoDB's do or not."""

from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from typing import Any

import pytest

from shared.table.lean.responses import ReceivedResponse, read_response

BODY = b'{"Item": {}}'
LENGTH = b"Content-Length: 12\r\n"
USUAL = (
    b"HTTP/1.1 200 OK\r\nServer: Server\r\nx-amzn-RequestId: AN-ID\r\n" + LENGTH + b"\r\n" + BODY
)

RESPONSES = {
    "usual": USUAL,
    "spaces around a value": USUAL.replace(b"AN-ID", b" \t AN ID\t "),
    "a value without a space before it": USUAL.replace(b": AN-ID", b":AN-ID"),
    "an empty value": USUAL.replace(b"AN-ID", b""),
    "letters beyond ASCII": USUAL.replace(b"AN-ID", b"\xe9\xff"),
    "no reason": USUAL.replace(b"200 OK", b"200 "),
    "no space after the status": USUAL.replace(b"200 OK", b"200"),
    "closes": USUAL.replace(b"AN-ID\r\n", b"AN-ID\r\nConnection: Close\r\n"),
    "an earlier version": USUAL.replace(b"HTTP/1.1", b"HTTP/1.0"),
    "a later version": USUAL.replace(b"HTTP/1.1", b"HTTP/2"),
    "an error": USUAL.replace(b"200 OK", b"400 Bad Request"),
    "without content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "an interim response": b"HTTP/1.1 100 Continue\r\n\r\n" + USUAL,
    "in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n"
    + BODY
    + b"\r\n0\r\n\r\n",
    "in chunks and with a length": USUAL.replace(
        LENGTH, LENGTH + b"Transfer-Encoding: chunked\r\n"
    ),
    "up to the end": USUAL.replace(LENGTH, b""),
    "a folded line": USUAL.replace(b"AN-ID", b"AN\r\n -ID"),
    "bare line feeds": USUAL.replace(b"\r\n", b"\n"),
    "a bare line feed": USUAL.replace(b"Server\r\n", b"Server\n"),
    "two lengths": USUAL.replace(LENGTH, b"Content-Length: 5\r\n" + LENGTH),
    "a repeated header": USUAL.replace(b"AN-ID\r\n", b"AN-ID\r\nX-Amzn-RequestId: ANOTHER\r\n"),
    "a length that is no number": USUAL.replace(b": 12", b": twelve"),
    "a negative length": USUAL.replace(b": 12", b": -12"),
    "a length in other digits": USUAL.replace(b": 12", b": \xb2"),
    "no colon": USUAL.replace(b"Server: Server", b"Server"),
    "a space in a name": USUAL.replace(b"Server: ", b"Ser ver: "),
    "no name": USUAL.replace(b"Server: ", b": "),
    "no header": b"HTTP/1.1 200 OK\r\n\r\n" + BODY,
    "a head that does not end": USUAL[:40],
    "a body that is too short": USUAL[:-1],
    "a body that is too long": USUAL + b"HTTP/1.1 200 OK",
    "a large head": USUAL.replace(b"AN-ID", b"A" * 20_000),
    "a line that is too long": USUAL.replace(b"AN-ID", b"A" * 70_000),
    "a large body": b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + b"x" * 90_000,
    "nothing": b"",
    "no HTTP": b"\x16\x03\x01",
}


class Received(RawIOBase):
    """Bytes as a connection delivers them, in pieces."""

    def __init__(self, content: bytes, size: int) -> None:
        self._pieces: Iterator[bytes] = iter(
            [content[start : start + size] for start in range(0, len(content), size)]
        )

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = next(self._pieces, b"")
        buffer[: len(piece)] = piece
        return len(piece)

    def makefile(self, _mode: str) -> BufferedReader:
        return BufferedReader(self)


def by_http_client(received: Received) -> ReceivedResponse:
    source: Any = received
    response = HTTPResponse(source, method="POST")
    response.begin()
    content = response.read()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return ReceivedResponse(response.status, headers, content, response.will_close)


def outcome(read: Callable[[], ReceivedResponse]) -> Any:
    try:
        return read()
    except (HTTPException, ValueError) as error:
        return type(error)


@pytest.mark.parametrize("size", [1, 7, 60, 4096])
@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_is_what_http_client_makes_of_it(name: str, size: int):
    content = RESPONSES[name]
    expected = outcome(lambda: by_http_client(Received(content, size)))
    assert outcome(lambda: read_response(Received(content, size).makefile("rb"))) == expected


def test_a_usual_response_is_read_without_http_client(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr("shared.table.lean.responses.HTTPResponse")
    found = read_response(Received(USUAL, 4096).makefile("rb"))
    assert found.headers["x-amzn-requestid"] == "AN-ID"
    assert (found.status_code, found.received, found.will_close) == (200, BODY, False)
