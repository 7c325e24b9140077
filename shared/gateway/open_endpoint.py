"""Wrap the handler of an endpoint that needs no API key: run, map errors, log."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from shared.gateway.endpoint import LambdaHandler, Log, error_facts, facts_of
from shared.gateway.file_response import FileResponse
from shared.gateway.request import Request
from shared.gateway.response import Response

OpenHandler: TypeAlias = Callable[[Request], FileResponse]

_NOT_FOUND = Response(404, {"message": "Not Found"})
_FAILED = Response(500, {"message": "Internal Server Error"})
"""Both bodies are those of API Gateway, as the endpoint belongs to no dialect."""


class FileNotServed(Exception):
    """No file has the name in the path."""


def open_endpoint(group: str, log: Log) -> Callable[[OpenHandler], LambdaHandler]:
    """Return a decorator that turns a function of a request into a public Lambda handler.

    Args:
        group: The folder of the function. Logged in place of a dialect.
        log: Where responses and failures are recorded.

    """

    def wrap(handle: OpenHandler) -> LambdaHandler:
        def respond(request: Request, facts: Mapping[str, Any]) -> dict[str, Any]:
            try:
                return handle(request).to_event()
            except FileNotServed:
                return _NOT_FOUND.to_event()
            except Exception as error:  # noqa: BLE001 - every failure gets a response
                log.failed({**facts, **error_facts(error)})
                return _FAILED.to_event()

        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            request = Request(event)
            facts = facts_of(group, request, context)
            rendered = respond(request, facts)
            log.responded({**facts, "status": rendered["statusCode"]})
            return rendered

        return lambda_handler

    return wrap
