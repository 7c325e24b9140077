"""The embedded engine as an ASGI application.

Importing this module imports ministack, which reads the environment at its import.
"""

import contextlib
import json
from asyncio import IncompleteReadError, StreamReader, StreamWriter, create_task
from collections.abc import Mapping

from local.asgi import ClientLeftError, Message, Receive, Send, read_body, respond, sent_headers
from local.engines.journal import Journal
from local.engines.link import LENGTHS, frame
from local.engines.queue_log import QueueLog
from local.engines.services import Answer, Request, call_service

_NOT_KEPT: Answer = (500, {}, b"The messages can't be written: is the disk full?")
"""The client sends it again, so a message may arrive twice, as on AWS."""


class Application:
    """An ASGI application that responds for the services.

    Args:
        journal: Persists the tables. None keeps them in memory only.
        queue_log: Persists the messages. None keeps them in memory only.
    """

    def __init__(self, journal: Journal | None, queue_log: QueueLog | None) -> None:
        self._journal = journal
        self._queue_log = queue_log

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Respond to one HTTP request."""
        try:
            body = await read_body(receive) or b""
        except ClientLeftError:
            return
        status, headers, answer = await self._answer(_request(scope, body))
        await respond(send, status, _with_length(headers, answer).items(), answer)

    async def serve_link(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Respond to the requests of one link connection in turn."""
        with contextlib.suppress(IncompleteReadError, ConnectionError):
            while True:
                header_length, body_length = LENGTHS.unpack(await reader.readexactly(LENGTHS.size))
                headers = json.loads(await reader.readexactly(header_length))
                body = await reader.readexactly(body_length)
                request = Request(method="POST", path="/", query="", headers=headers, body=body)
                # Each task has its own context, which holds ministack's account and region.
                status, answer_headers, answer = await create_task(self._answer(request))
                writer.write(frame([status, answer_headers], answer))
                await writer.drain()
        writer.close()

    async def _answer(self, request: Request) -> Answer:
        if self._journal and request.is_for_table:
            return await self._journal.record(request.target, request.body)
        answer = await call_service(request)
        if self._queue_log:
            try:
                self._queue_log.record()
            except OSError:
                return _NOT_KEPT
        return answer


def _request(scope: Message, body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=dict(sent_headers(scope)),
        body=body,
    )


def _with_length(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """Add the length of a body. A response to HEAD has that of a body that is not sent."""
    lowercase = {name.lower(): value for name, value in headers.items()}
    return {"content-length": str(len(body)), **lowercase}
