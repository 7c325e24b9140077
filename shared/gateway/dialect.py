"""Define a dialect: where its API key is, and its response to each error."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.domain.errors import ContextError, PreconditionFailed, RateLimitExceeded, TooSoon
from shared.domain.records import dataclass
from shared.gateway.quoting import truncate_attributes
from shared.gateway.request import Request
from shared.gateway.response import Response


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """The response of a dialect to one error.

    `message` is a format string. Its fields are the attributes of the error.
    """

    status: int
    code: str
    message: str

    def format_message(self, error: ContextError) -> str:
        """Format the message with the attributes of an error, truncated to a readable length."""
        return self.message.format_map(truncate_attributes(vars(error)))


@dataclass(frozen=True, slots=True)
class MappedError:
    """An error with its response and formatted message, as the body of the response needs it."""

    response: ErrorResponse
    message: str
    error: ContextError
    request_id: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API that the service implements.

    Attributes:
        name: The name of the dialect, as in paths of the project and in logs.
        presented_key: Returns the API key of a request, None if it has none.
        error_responses: The error mapping. It has an entry for every error of the domain.
        error_document: Builds the JSON body of an error response.
        resource_of: Returns the resource that the key needs a permission on. None, the default,
            if permissions of this API are not bound to resources.
        error_content_type: The content type of error responses.
        shows_timing: Whether responses have `Server-Timing`.
        shows_limits: Whether responses have `RateLimit` and `RateLimit-Policy`.

    """

    name: str
    presented_key: Callable[[Request], str | None]
    error_responses: Mapping[type[ContextError], ErrorResponse]
    error_document: Callable[[MappedError], Any]
    resource_of: Callable[[Request], str | None] = lambda _: None
    error_content_type: str = "application/json"
    shows_timing: bool = False
    shows_limits: bool = False

    def error_response(self, error: ContextError, request_id: str = "") -> Response:
        """Build the response to an error, with the headers that belong to it."""
        response = self.error_responses[type(error)]
        headers = {"content-type": self.error_content_type}
        if isinstance(error, RateLimitExceeded | TooSoon):
            headers["retry-after"] = str(error.retry_after)
        if isinstance(error, PreconditionFailed) and error.tag:
            headers["etag"] = error.tag
        mapped = MappedError(response, response.format_message(error), error, request_id)
        return Response(response.status, self.error_document(mapped), headers)
