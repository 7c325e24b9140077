"""What an endpoint does around its work that asks for no key: run, answer, log."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from shared.gateway.endpoint import LambdaHandler, Log, anonymous, facts_of
from shared.gateway.file_response import FileResponse
from shared.gateway.request import Request
from shared.gateway.response import Response

OpenHandler: TypeAlias = Callable[[Request], FileResponse]

_NOT_FOUND = Response(404, {"message": "Not Found"})
_FAILED = Response(500, {"message": "Internal Server Error"})
"""Both in the words of API Gateway: no dialect has a say here."""


class FileNotServed(Exception):
    """There is no file of the name that the path has."""


def open_endpoint(group: str, log: Log) -> Callable[[OpenHandler], LambdaHandler]:
    """Make a Lambda handler of a function from request to file, for every caller.

    `group` stands in the log where endpoints with a key have their dialect.
    """

    def wrap(handle: OpenHandler) -> LambdaHandler:
        def answer(request: Request, facts: Mapping[str, Any]) -> dict[str, Any]:
            try:
                return handle(request).to_event()
            except FileNotServed:
                return _NOT_FOUND.to_event()
            except Exception as error:  # noqa: BLE001 - the one place that answers for all others
                log.failed({**facts, **anonymous(error)})
                return _FAILED.to_event()

        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            request = Request(event)
            facts = facts_of(group, request, context)
            rendered = answer(request, facts)
            log.responded({**facts, "status": rendered["statusCode"]})
            return rendered

        return lambda_handler

    return wrap
