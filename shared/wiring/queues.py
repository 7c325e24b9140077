"""Triggers of functions that process a queue."""

from collections.abc import Callable

from shared.gateway.endpoint import error_facts
from shared.triggers.queue import LambdaHandler, MessageHandler
from shared.triggers.queue import queue_trigger as make_queue_trigger
from shared.wiring.endpoints import log, table


def queue_trigger(name: str) -> Callable[[MessageHandler], LambdaHandler]:
    """Create a decorator that makes a Lambda handler of a function for one message."""
    # Create the client during initialization, outside of the first invocation.
    table()
    return make_queue_trigger(name, log(), error_facts)
