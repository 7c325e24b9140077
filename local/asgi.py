"""What the local API and its embedded engine share as ASGI applications."""

import math
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import uvicorn

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ClientLeftError(Exception):
    """The connection ended before the request did."""


def sent_headers(scope: Message) -> list[tuple[str, str]]:
    """Return the headers of a request, with lowercase names."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]


async def read_body(receive: Receive, max_bytes: float = math.inf) -> bytes | None:
    """Read the body of a request. Return None if it exceeds the limit.

    The rest of a large body is read and discarded. Otherwise a client that is still sending would
    see a broken connection and no response.

    Raises:
        ClientLeftError: The client left before the end. A truncated body may parse as a whole one.
    """
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= max_bytes:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= max_bytes else None


async def respond(send: Send, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
    """Send a response."""
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def server_configuration(application: Any, **more: Any) -> uvicorn.Config:
    """Return the configuration of a quiet HTTP/1.1 server that stops within two seconds."""
    return uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=2,
        **more,
    )
