"""The process of the embedded engine: some services of ministack on 127.0.0.1.

It serves DynamoDB and its streams, SQS, EventBridge and S3. The server of ministack starts more
slowly, opens ports for other services, and looks for containers to remove.
All access keys and regions share the tables, as with DynamoDB Local's `-sharedDb`, and the queues,
buses and buckets.

Run as `python -m local.engines.ministack_server PORT [FOLDER] [--link SOCKET]`.
"""

import argparse
import asyncio
import gc
import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from local.asgi import server_configuration
from local.engines.child_guard import when_parent_ends
from local.engines.line_log import DataError

if TYPE_CHECKING:
    from local.engines.application import Application


_ALLOCATIONS_PER_COLLECTION = 20_000
"""Allocations between two garbage collections. Requests leave hardly any reference cycles."""


def main() -> int:
    """Serve until the parent process ends or a signal arrives.

    Returns:
        The exit status: 1, with a sentence on stderr, if the folder is not usable.
    """
    gc.callbacks.append(_freeze_survivors)
    gc.set_threshold(_ALLOCATIONS_PER_COLLECTION)
    arguments = _arguments()
    port, folder = arguments.port, arguments.folder
    # ministack reads the environment when it is imported.
    os.environ.update(_environment(folder))
    from local.engines.application import Application  # noqa: PLC0415
    from local.engines.journal import Journal  # noqa: PLC0415
    from local.engines.queue_log import QueueLog  # noqa: PLC0415

    if folder is None:
        _serve(port, Application(None, None), arguments.link)
        return 0
    try:
        journal = Journal(folder)
        if journal.failed_replays:
            count = journal.failed_replays
            print(f"{count} writes of the last run could not be restored.", file=sys.stderr)
        _serve(port, Application(journal, QueueLog(folder)), arguments.link)
        journal.compact()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The data folder {folder} can't be used: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


def _freeze_survivors(phase: str, information: dict[str, int]) -> None:
    """Freeze the objects that survive a full garbage collection.

    A full collection scans every stored item and blocks requests: for seconds, with 100,000
    contacts. Items have no reference cycles, so reference counting frees them.
    """
    if phase == "stop" and information["generation"] == 2:
        gc.freeze()


def _environment(folder: Path | None) -> dict[str, str]:
    quiet = {"LOG_LEVEL": "ERROR"}
    if folder is None:
        return quiet
    state = {"PERSIST_STATE": "1", "STATE_DIR": str(folder)}
    return {**quiet, **state, "S3_PERSIST": "1", "S3_DATA_DIR": str(folder / "objects")}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--link", type=Path)
    return parser.parse_args()


class _LinkedServer(uvicorn.Server):
    """A server that also listens on the socket of the link, if given."""

    def __init__(
        self, configuration: uvicorn.Config, application: "Application", link: Path | None
    ) -> None:
        super().__init__(configuration)
        self._application = application
        self._link = link

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # Before the port, because clients use the link once the port is open.
        if self._link:
            await asyncio.start_unix_server(self._application.serve_link, self._link)
        await super().startup(sockets)


def _serve(port: int, application: "Application", link: Path | None) -> None:
    server = _LinkedServer(
        # Connections stay open longer than the pool of a client keeps an idle one.
        server_configuration(application, host="127.0.0.1", port=port, timeout_keep_alive=75),
        application,
        link,
    )

    def stop() -> None:
        server.should_exit = True

    when_parent_ends(stop)
    # uvicorn stops on these signals and raises them again, which would end the process early.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run()


if __name__ == "__main__":
    sys.exit(main())
