"""Processes for functions that run long, so that they do not slow down each other and the API.

On Lambda each concurrent invocation has an environment of its own. Here most functions share one
process, and with it one interpreter lock: enough for requests, which are short.
"""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from local.environment import use_link
from local.functions import (
    MAX_INTEGRATION_SECONDS,
    FunctionError,
    LoadedFunction,
    load_functions,
)
from local.template import FunctionDefinition

_loaded: dict[str, LoadedFunction] = {}
"""The function of this process, if the process is one of a pool."""


def runs_long(definition: FunctionDefinition) -> bool:
    """Return whether a function may run longer than an HTTP API waits for it."""
    return definition.timeout_seconds > MAX_INTEGRATION_SECONDS


class PooledFunction(LoadedFunction):
    """A function with processes of its own, each of which runs one event at a time.

    A process starts when an event comes and no other one is free.

    Args:
        function: The function.
        processes: The most processes.
        link: The link to the embedded engine, if there is one.
    """

    def __init__(self, function: LoadedFunction, processes: int, link: Path | None) -> None:
        super().__init__(function.definition, function.handler)
        self._processes = processes
        self._link = link
        self._lock = threading.Lock()
        self._pool = self._new_pool()

    def run(self, event: dict[str, Any]) -> object:
        """Call the handler in a process of the pool.

        Raises:
            FunctionError: The handler raised, or its process has ended.
            FunctionTimeoutError: The `Timeout` of the function passed.
        """
        pool = self._pool
        try:
            return pool.submit(_run, event).result()
        except (BrokenExecutor, CancelledError) as error:
            self._replace(pool)
            raise FunctionError from error

    def stop(self) -> None:
        """Kill the processes. What they have not finished is retried, as after a kill on Lambda."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is broken:
                self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._processes,
            # A fork would copy the locks that other threads of this process hold.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=(self.definition, self._link),
        )


@contextmanager
def pooled(function: LoadedFunction, processes: int, link: Path | None) -> Iterator[PooledFunction]:
    """Run a function in processes of its own within the context."""
    pool = PooledFunction(function, processes, link)
    try:
        yield pool
    finally:
        pool.stop()


def _start(definition: FunctionDefinition, link: Path | None) -> None:
    """Prepare a process of a pool."""
    # Ctrl-C reaches the parent too, which stops its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if link:
        use_link(link)
    _loaded.update(load_functions({definition.logical_id: definition}))
    gc.freeze()


def _run(event: dict[str, Any]) -> object:
    (function,) = _loaded.values()
    return function.run(event)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
