"""The embedded engine's process: ministack's DynamoDB, and nothing else of it, on 127.0.0.1.

ministack's own server would also open ports for other services and look for containers to remove,
and would start more slowly.
Every access key and region sees the same tables, as with DynamoDB Local's `-sharedDb`.

Run as `python -m local.engines.ministack_server PORT [FOLDER]`.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn

from local.engines.leash import when_parent_ends

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Answer = tuple[int, dict[str, str], bytes]
Call = Callable[[str, bytes], Awaitable[Answer]]


def main() -> int:
    """Serve until the parent process ends or a signal comes.

    Returns: the exit status; 1 with a sentence on stderr when the folder can't be used.
    """
    port = int(sys.argv[1])
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    if folder:
        os.environ.update(PERSIST_STATE="1", STATE_DIR=str(folder))
    # ministack reads the environment when it is imported.
    from local.engines.journal import Journal, JournalError, call_service  # noqa: PLC0415

    if folder is None:
        _serve(port, call_service)
        return 0
    try:
        journal = Journal(folder)
        if journal.failed_replays:
            count = journal.failed_replays
            print(f"{count} writes of the last run could not be restored.", file=sys.stderr)
        _serve(port, journal.record)
        journal.compact()
    except JournalError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The data folder {folder} can't be used: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


def _serve(port: int, call: Call) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            _Application(call),
            host="127.0.0.1",
            port=port,
            http="h11",
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            # Longer than a client's pool would keep a connection that it may still use.
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
        )
    )

    def stop() -> None:
        server.should_exit = True

    when_parent_ends(stop)
    # uvicorn stops on these, and then hands them on: without this, they would end us right there.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run()


class _Application:
    """An ASGI application that answers DynamoDB and DynamoDB Streams requests."""

    def __init__(self, call: Call) -> None:
        self._call = call

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        target = dict(scope["headers"]).get(b"x-amz-target", b"").decode("latin-1")
        body = await _read(receive)
        # Half a request may well look like a whole one.
        if body is None:
            return
        answer = await self._call(target, body) if target else (404, {}, b"")
        await _reply(answer, send)


async def _read(receive: Receive) -> bytes | None:
    """Read the whole body, or return None when the client leaves before its end."""
    chunks = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def _reply(answer: Answer, send: Send) -> None:
    status, headers, body = answer
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    encoded.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    sys.exit(main())
