"""What makes a dialect: where its key is, and how it words each refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.errors import ContextError, RateLimitExceeded, TooSoon
from shared.gateway.quoting import shown_attributes
from shared.gateway.request import Request
from shared.gateway.response import Response


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """How a dialect answers an error: status, code, and a message with its attributes in braces."""

    status: int
    code: str
    message: str

    def word(self, error: ContextError) -> str:
        """The message for this very error, which quotes no more of a request than can be read."""
        return self.message.format_map(shown_attributes(vars(error)))


@dataclass(frozen=True, slots=True)
class MappedError:
    """An error on its way to the client: its row, its words, and the request it answers."""

    row: ErrorResponse
    message: str
    error: ContextError
    request_id: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API that is served, as data.

    `presented_key` finds the API key in a request; `refusals` has a row for every error of the
    domain; `refusal_document` makes the body of an answer to an error, of type `refusal_type`;
    `resource_of` names what permissions are asked for, where an API gives them on resources.
    """

    name: str
    presented_key: Callable[[Request], str | None]
    error_responses: Mapping[type[ContextError], ErrorResponse]
    error_document: Callable[[MappedError], Any]
    resource_of: Callable[[Request], str | None] = lambda _: None
    error_content_type: str = "application/json"

    def error_response(self, error: ContextError, request_id: str = "") -> Response:
        """The answer to an error; one over the limit says when to try again."""
        row = self.error_responses[type(error)]
        headers = {"content-type": self.error_content_type}
        if isinstance(error, RateLimitExceeded | TooSoon):
            headers["retry-after"] = str(error.retry_after)
        rejected = MappedError(row, row.word(error), error, request_id)
        return Response(row.status, self.error_document(rejected), headers)
