"""Measure warm requests of `app` in a new process: `warm_probe.py TASK REPORT`.

CPU is the time of all threads of this process, per request, for each batch. Separate requests trace
the memory, because tracing is slow. The report is a file, because handlers log to the standard
output.
"""

import gc
import json
import pickle
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import app  # type: ignore[import-not-found]


def measure(run: Callable[[int], None], task: dict[str, Any]) -> dict[str, Any]:
    """Measure the cost of a request. `run` makes a given number of requests."""
    run(task["warm_up"])
    gc.collect()
    batches = [_cpu_ns(run, task["batch"]) for _ in range(task["batches"])]
    tracemalloc.start()
    run(task["warm_up"])
    peaks = [_peak_bytes(run) for _ in range(task["batch"])]
    tracemalloc.stop()
    gc.collect()
    blocks = sys.getallocatedblocks()
    run(task["batch"])
    gc.collect()
    kept = (sys.getallocatedblocks() - blocks) / task["batch"]
    return {"cpu_ns": batches, "peak_bytes": statistics.median(peaks), "kept_blocks": kept}


def _cpu_ns(run: Callable[[int], None], requests: int) -> float:
    before = time.process_time_ns()
    run(requests)
    return (time.process_time_ns() - before) / requests


def _peak_bytes(run: Callable[[int], None]) -> int:
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    run(1)
    _, peak = tracemalloc.get_traced_memory()
    return peak - before


def _requests_of(event: dict[str, Any]) -> Callable[[int], None]:
    def run(requests: int) -> None:
        for _ in range(requests):
            if "requestContext" in event:
                # Deadlines count from the time of the request.
                event["requestContext"]["timeEpoch"] = time.time_ns() // 1_000_000
            answer = app.lambda_handler(event, None)
            if not 200 <= answer["statusCode"] < 300:
                sys.exit(f"the handler answered {answer}")

    return run


def main() -> None:
    """Read the task, measure and write the report."""
    with open(sys.argv[1], "rb") as file:  # noqa: PTH123 - keeps imports minimal
        task = pickle.load(file)  # noqa: S301 - written by benchmarks/warm.py
    # The peer is not a Lambda function and defines how to make requests.
    requests_of = getattr(app, "requests_of", _requests_of)
    report = measure(requests_of(task["event"]), task)
    with open(sys.argv[2], "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(report, file)


main()
