"""Triggers of functions that process a queue."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from shared.gateway.endpoint import error_facts
from shared.triggers.queue import LambdaHandler, MessageHandler
from shared.triggers.queue import queue_trigger as make_queue_trigger
from shared.wiring.endpoints import log, table


def queue_trigger(
    name: str, around_batch: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Callable[[MessageHandler], LambdaHandler]:
    """Create a decorator that makes a Lambda handler of a function for one message.

    Args:
        name: The name of the trigger in the log.
        around_batch: Makes the context in which the messages of a batch are processed.
    """
    # Create the client during initialization, outside of the first invocation.
    table()
    return make_queue_trigger(name, log(), error_facts, around_batch)
