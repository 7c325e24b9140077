"""The embedded engine's process: a few services of ministack, and nothing else of it, on 127.0.0.1.

They are DynamoDB and its streams, SQS, EventBridge and S3.
ministack's own server would also open ports for other services and look for containers to remove,
and would start more slowly.
Every access key and region sees the same tables, as with DynamoDB Local's `-sharedDb`, and the same
queues, buses and buckets.

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

from local.engines.child_guard import when_parent_ends

if TYPE_CHECKING:
    from local.engines.application import Application


_ALLOCATIONS_PER_COLLECTION = 20_000
"""Objects between two collections of garbage; nearly all that requests leave is in no cycle."""


def main() -> int:
    """Serve until the parent process ends or a signal comes.

    Returns: the exit status; 1 with a sentence on stderr when the folder can't be used.
    """
    gc.callbacks.append(_freeze_survivors)
    gc.set_threshold(_ALLOCATIONS_PER_COLLECTION)
    arguments = _arguments()
    port, folder = arguments.port, arguments.folder
    # ministack reads the environment when it is imported.
    os.environ.update(_environment(folder))
    from local.engines.application import Application  # noqa: PLC0415
    from local.engines.journal import Journal, JournalError  # noqa: PLC0415
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
    except JournalError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The data folder {folder} can't be used: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


def _freeze_survivors(phase: str, information: dict[str, int]) -> None:
    """Take what has survived a full collection of garbage out of the next ones.

    They would look at every item there is, and nothing is answered meanwhile: seconds, with a
    hundred thousand contacts. Items are in no cycles, so that they are freed without it.
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
    """A server that also listens on the socket of the link, if there is one."""

    def __init__(
        self, configuration: uvicorn.Config, application: "Application", link: Path | None
    ) -> None:
        super().__init__(configuration)
        self._application = application
        self._link = link

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # Before the port, since whoever finds the port open uses the link.
        if self._link:
            await asyncio.start_unix_server(self._application.serve_link, self._link)
        await super().startup(sockets)


def _serve(port: int, application: "Application", link: Path | None) -> None:
    server = _LinkedServer(
        uvicorn.Config(
            application,
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
        ),
        application,
        link,
    )

    def stop() -> None:
        server.should_exit = True

    when_parent_ends(stop)
    # uvicorn stops on these, and then hands them on: without this, they would end us right there.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run()


if __name__ == "__main__":
    sys.exit(main())
