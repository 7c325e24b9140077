"""The peer for `warm_probe.py`: sequential requests on one event loop.

It is called through ASGI without a server, as a Lambda function has none.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import uvloop

from benchmarks.fastapi_postgres.service import service


def requests_of(event: dict[str, Any]) -> Callable[[int], None]:
    """Return a function that repeats the request of an event: method, path, headers and body."""
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    app = service()
    loop.run_until_complete(app.router.lifespan_context(app).__aenter__())
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": event["method"],
        "path": event["path"],
        "raw_path": event["path"].encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in event["headers"].items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    body = event["body"].encode()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message.get("status", 200) != 200:
            sys.exit(f"the service answered {message}")

    async def run_all(requests: int) -> None:
        for _ in range(requests):
            await app(dict(scope), receive, send)

    return lambda requests: loop.run_until_complete(run_all(requests))
