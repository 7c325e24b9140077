"""Load and call handlers as Lambda does."""

import asyncio
import concurrent.futures
import importlib.util
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from local.failure import LocalApiError
from local.resources import LOCAL_ACCOUNT_ID
from local.template import DEFAULT_REGION, FunctionDefinition

HandlerFunction = Callable[[dict[str, Any], "LambdaContext"], object]

MAX_INTEGRATION_SECONDS = 30
"""The integration timeout of an HTTP API.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""


class FunctionError(Exception):
    """A handler raised an error, which is the cause."""


class FunctionTimeoutError(Exception):
    """A function exceeded its `Timeout`."""


class IntegrationTimeoutError(Exception):
    """A function exceeded the integration timeout of an HTTP API."""


class LambdaContext:
    """The context object of one invocation.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_version = "$LATEST"
    log_stream_name = "local"
    identity = None
    client_context = None

    def __init__(self, definition: FunctionDefinition) -> None:
        name = definition.logical_id
        region = os.environ.get("AWS_REGION", DEFAULT_REGION)
        self.function_name = name
        self.memory_limit_in_mb = str(definition.memory_mb)
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{name}"
        self.invoked_function_arn = f"arn:aws:lambda:{region}:{LOCAL_ACCOUNT_ID}:function:{name}"
        self._deadline = time.monotonic() + definition.timeout_seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the timeout of the function, at least 0."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class LoadedFunction:
    """An imported handler."""

    def __init__(self, definition: FunctionDefinition, handler: HandlerFunction) -> None:
        self.definition = definition
        self.handler = handler

    async def invoke(self, event: dict[str, Any]) -> object:
        """Call the handler in its own thread and return its result.

        A handler that times out continues in its thread, because Python can't stop threads. Lambda
        would stop it.

        Raises:
            FunctionError: The handler raised; its error is the cause.
            FunctionTimeoutError: The `Timeout` of the function passed.
            IntegrationTimeoutError: 30 seconds passed first.
        """
        outcome = self._start(event, LambdaContext(self.definition))
        allowed = min(self.definition.timeout_seconds, MAX_INTEGRATION_SECONDS)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(outcome), allowed)
        except TimeoutError:
            if self.definition.timeout_seconds < MAX_INTEGRATION_SECONDS:
                raise FunctionTimeoutError from None
            raise IntegrationTimeoutError from None

    def run(self, event: dict[str, Any]) -> object:
        """Call the handler like `invoke`, limited only by the `Timeout` of the function.

        Raises:
            FunctionError: The handler raised; its error is the cause.
            FunctionTimeoutError: The `Timeout` of the function passed.
        """
        outcome = self._start(event, LambdaContext(self.definition))
        try:
            return outcome.result(self.definition.timeout_seconds)
        except TimeoutError:
            raise FunctionTimeoutError from None

    def _start(
        self, event: dict[str, Any], context: LambdaContext
    ) -> concurrent.futures.Future[object]:
        outcome: concurrent.futures.Future[object] = concurrent.futures.Future()
        # A running future can't be cancelled, so a late handler may still set its result.
        outcome.set_running_or_notify_cancel()

        def call() -> None:
            try:
                outcome.set_result(self.handler(event, context))
            # On Lambda sys.exit fails the invocation. Here it must not end the process.
            except BaseException as error:  # noqa: BLE001
                failure = FunctionError()
                failure.__cause__ = error
                outcome.set_exception(failure)

        # A thread pool would fill up with hanging handlers and block the stop of the server.
        name = f"{self.definition.logical_id}-{context.aws_request_id}"
        threading.Thread(target=call, name=name, daemon=True).start()
        return outcome


def function_environment(functions: Mapping[str, FunctionDefinition]) -> dict[str, str]:
    """Merge the environment variables of all functions, which share one process here.

    Raises:
        LocalApiError: Two functions have different values for one variable.
    """
    merged: dict[str, str] = {}
    owners: dict[str, str] = {}
    for definition in functions.values():
        for name, value in definition.environment.items():
            if merged.setdefault(name, value) != value:
                raise LocalApiError(
                    f"The functions {owners[name]} and {definition.logical_id} set {name} to "
                    "different values, which the local API can't do: it runs them in one process."
                )
            owners.setdefault(name, definition.logical_id)
    return merged


def load_functions(functions: Mapping[str, FunctionDefinition]) -> dict[str, LoadedFunction]:
    """Import each function's handler, by logical id.

    Every handler module is called `app`, so each is imported under another name.

    Raises:
        LocalApiError: A handler is missing, or its import fails.
    """
    return {
        logical_id: LoadedFunction(definition, _load_handler(definition))
        for logical_id, definition in functions.items()
    }


def _load_handler(definition: FunctionDefinition) -> HandlerFunction:
    module_path, _, function_name = definition.handler.rpartition(".")
    path = (definition.code_folder / module_path.replace(".", "/")).with_suffix(".py")
    name = f"local_function_{definition.logical_id}"
    spec = importlib.util.spec_from_file_location(name, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise LocalApiError(f"The function {definition.logical_id} has no file {path}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise LocalApiError(
            f"The function {definition.logical_id} can't be imported from {path}: {reason}."
        ) from error
    handler: HandlerFunction | None = getattr(module, function_name, None)
    if not callable(handler):
        raise LocalApiError(
            f"The function {definition.logical_id} has no {function_name} in {path}."
        )
    return handler
