"""Start and stop the triggers of a local run."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from local.database import make_local_client
from local.engine_client import EngineClient
from local.engines.link import EngineLink
from local.engines.stream_filter import filter_header
from local.environment import Endpoints
from local.event_sources import EventSource, QueueSource, StreamSource
from local.failure import LocalApiError
from local.function_processes import pooled, runs_long
from local.functions import LoadedFunction
from local.positions import Positions
from local.template import DEFAULT_REGION, Template
from local.triggers.bus_printer import BusPrinter
from local.triggers.import_printer import IMPORT_CHANGES, ImportPrinter
from local.triggers.invocation import Caller, Invoker, Log
from local.triggers.queue_reader import QueueReader
from local.triggers.stream_reader import StreamReader

_STOP_SECONDS = 2


@contextlib.contextmanager
def running_triggers(
    template: Template,
    functions: Mapping[str, LoadedFunction],
    *,
    table: str,
    endpoints: Endpoints,
    folder: Path | None,
    log: Log,
) -> Iterator[None]:
    """Run the event sources of the template within the context.

    Args:
        template: The template with the event sources.
        functions: The handlers by logical id.
        table: The name of the table with the stream.
        endpoints: The endpoints of the local engines.
        folder: The folder for stream positions. None keeps them in memory only.
        log: Called with one line for each call of a function and each event of a bus.
    """
    # Clients are slow to create, and a template without triggers needs none.
    if not template.sources and not template.resources.buses:
        yield
        return
    stop = threading.Event()
    positions = Positions(folder)
    link = _link(endpoints)
    queues = EngineClient("sqs", endpoints.services, link=link)
    runs: list[Callable[[], None]] = []
    queue_readers: list[QueueReader] = []

    def read_stream(source: StreamSource, caller: Caller) -> None:
        reader = StreamReader(
            source,
            caller,
            _stream_arn(table, endpoints.table),
            streams=EngineClient(
                "dynamodbstreams", endpoints.table, filter_header(source.patterns), link
            ),
            queues=queues,
            positions=positions,
            stop=stop,
        )
        runs.append(reader.run)

    pools = contextlib.ExitStack()
    for source in template.sources:
        function = functions[source.function]
        if runs_long(function.definition):
            processes = source.max_concurrency if isinstance(source, QueueSource) else 1
            function = pools.enter_context(pooled(function, processes, endpoints.link))
        invoker = _invoker(source, function, log, stop)
        if isinstance(source, QueueSource):
            queue_readers.append(QueueReader(source, invoker, queues=queues, stop=stop))
        elif isinstance(source, StreamSource):
            read_stream(source, invoker)
    if template.resources.buckets:
        read_stream(IMPORT_CHANGES, ImportPrinter(log))
    if template.resources.buses:
        runs.append(
            BusPrinter(
                engine=EngineClient("local", endpoints.services, link=link), log=log, stop=stop
            ).run
        )
    threads = [_started(run) for run in runs]
    for queue_reader in queue_readers:
        _started(queue_reader.run)
    try:
        yield
    finally:
        stop.set()
        pools.close()
        _join(threads, queue_readers)
        # Records that a stop interrupts are retried at the next start, so they are no error.
        logging.disable()


def _started(run: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=run, name="trigger", daemon=True)
    thread.start()
    return thread


def _join(threads: Sequence[threading.Thread], queue_readers: Sequence[QueueReader]) -> None:
    deadline = time.monotonic() + _STOP_SECONDS
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    # Their threads wait for messages for up to two seconds.
    for queue_reader in queue_readers:
        queue_reader.join(deadline)


def _link(endpoints: Endpoints) -> EngineLink | None:
    return EngineLink(endpoints.link) if endpoints.link else None


def _invoker(
    source: EventSource, function: LoadedFunction, log: Log, stop: threading.Event
) -> Invoker:
    kind = "STREAM" if isinstance(source, StreamSource) else "QUEUE"
    return Invoker(function, kind, reports_failures=source.reports_failures, log=log, stop=stop)


def _stream_arn(table: str, endpoint_url: str) -> str:
    client: Any = make_local_client("dynamodb", DEFAULT_REGION, endpoint_url)
    arn = client.describe_table(TableName=table)["Table"].get("LatestStreamArn")
    if arn is None:
        raise LocalApiError(f"The table {table} has no stream: use an empty --data folder.")
    return str(arn)
