"""Read requests from API Gateway HTTP API events (payload format 2.0).

Source: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs".
"""

import base64
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from shared.domain.errors import (
    BodyTooLarge,
    Fault,
    InvalidField,
    InvalidRequest,
    MalformedBody,
    MissingField,
)
from shared.domain.json_values import JsonObject, JsonValue
from shared.gateway.quoting import MAX_PATH_PART_CHARS, truncate
from shared.validation.json_text import json_object

MAX_ORIGIN_CHARS = 128
"""The longest `X-Origin-Id`, in characters."""

if TYPE_CHECKING:
    from pydantic_core import ValidationError

ParsedInContext = TypeVar("ParsedInContext", bound="ParsableInContext")
Parsed = TypeVar("Parsed", bound="Parsable")


class Parsable(Protocol):
    """A request model, or a model of pydantic."""

    @classmethod
    def model_validate(cls, document: Any, /) -> Self:
        """Validate a JSON document. Raises pydantic's ValidationError."""


class ParsableInContext(Protocol):
    """A model whose validators use a context."""

    @classmethod
    def model_validate(cls, document: Any, /, *, context: Any = None) -> Self:
        """Validate a JSON document. Raises pydantic's ValidationError."""


class Request:
    """The request of a client. Nothing is parsed before it is used."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event

    @property
    def method(self) -> str:
        """The HTTP method, in upper case."""
        return str(self._event["requestContext"]["http"]["method"])

    @property
    def route(self) -> str:
        """The matched route, such as `GET /api/v1/contacts/{contact_id}`."""
        return str(self._event.get("routeKey", ""))

    @property
    def raw_path(self) -> str:
        """The path as it was sent."""
        return str(self._event.get("rawPath", ""))

    @property
    def raw_query(self) -> str:
        """The query as it was sent, without the question mark."""
        return str(self._event.get("rawQueryString", ""))

    @property
    def url(self) -> str:
        """The URL as it was called, with its query."""
        query = f"?{self.raw_query}" if self.raw_query else ""
        return f"https://{self.header('host') or ''}{self.raw_path}{query}"

    @property
    def headers(self) -> Mapping[str, str]:
        """All headers, their names in lower case."""
        return self._headers_in_lower_case

    @property
    def query_parameters(self) -> Mapping[str, str]:
        """All decoded query parameters. Repeated ones are joined by commas."""
        return self._event.get("queryStringParameters") or {}

    @property
    def request_id(self) -> str:
        """The request id of API Gateway."""
        return str(self._event["requestContext"].get("requestId", ""))

    @property
    def received_at(self) -> float:
        """When API Gateway received the request, in seconds since the epoch. 0 if unknown."""
        return float(self._event["requestContext"].get("timeEpoch", 0)) / 1000

    @property
    def origin_id(self) -> str | None:
        """The `X-Origin-Id` by which a system recognizes its own writes. None if invalid."""
        given = self.header("x-origin-id")
        return given if given and len(given) <= MAX_ORIGIN_CHARS and given.isprintable() else None

    def header(self, name: str) -> str | None:
        """Return the value of a header, None if it was not sent. `name` is in lower case.

        Header names are case-insensitive (RFC 9110, section 5.1). API Gateway sends them in lower
        case; the gateway of `sam local start-api` sends them as `Authorization` and `X-Api-Key`.
        """
        value: str | None = (self._event.get("headers") or {}).get(name)
        return self._headers_in_lower_case.get(name) if value is None else value

    @cached_property
    def _headers_in_lower_case(self) -> dict[str, str]:
        # Built only when a header is not found in lower case.
        return {name.lower(): value for name, value in (self._event.get("headers") or {}).items()}

    @property
    def bearer_token(self) -> str | None:
        """The token of `Authorization: Bearer`, None without such a header."""
        scheme, _, token = (self.header("authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def query(self, name: str) -> str | None:
        """Return a decoded query parameter. Repeated ones are joined by commas."""
        value: str | None = (self._event.get("queryStringParameters") or {}).get(name)
        return value

    def path(self, name: str) -> str:
        """Return a decoded path parameter, empty if the route has none of this name."""
        return str((self._event.get("pathParameters") or {}).get(name, ""))

    def with_path(self, name: str, text: str) -> "Request":
        """Return the request with another decoded path parameter. Its raw path stays."""
        parameters = {**(self._event.get("pathParameters") or {}), name: text}
        return Request({**self._event, "pathParameters": parameters})

    @cached_property
    def body(self) -> bytes:
        """The body as it was sent, empty if there was none."""
        body = self._event.get("body") or ""
        if not self._event.get("isBase64Encoded"):
            return str(body).encode(errors="surrogatepass")
        try:
            return base64.b64decode(body)
        except ValueError:
            raise MalformedBody("it is not base64") from None

    def json_object(self, limit: int) -> JsonObject:
        """Parse the body as a JSON object.

        Args:
            limit: The largest body, in bytes.

        Raises:
            BodyTooLarge: The body exceeds the limit.
            MalformedBody: The body is not a JSON object, repeats a name, or has a number that is
                not JSON or text that is not valid Unicode.

        """
        if len(self.body) > limit:
            raise BodyTooLarge(limit)
        return json_object(self.body)

    def parse(self, kind: type[Parsed], limit: int) -> Parsed:
        """Parse the body, and stop at the first fault.

        Raises:
            MissingField: A required field is missing. Takes precedence over other faults.
            InvalidField: A field is not valid.
            ContextError: The body is not a JSON object, as `json_object` raises it.

        """
        # Imported here because endpoints without a body start faster without it.
        from pydantic_core import ValidationError  # noqa: PLC0415

        document = self.json_object(limit)
        try:
            return kind.model_validate(document)
        except ValidationError as invalid:
            raise _first_fault(invalid) from None

    def parse_with_all_faults(
        self, model: type[ParsedInContext], limit: int, *, context: object = None
    ) -> ParsedInContext:
        """Parse the body, and collect all faults.

        Args:
            model: The model to validate with.
            limit: The largest body, in bytes.
            context: The second argument of contextual validators.

        Raises:
            InvalidRequest: The body is not valid. Has all faults.
            ContextError: The body is not a JSON object, as `json_object` raises it.

        """
        return validate_with_all_faults(model, self.json_object(limit), context=context)


def validate_with_all_faults(
    model: type[ParsedInContext], document: JsonValue, *, context: object = None
) -> ParsedInContext:
    """Validate a JSON document, and collect all faults; raises InvalidRequest."""
    from pydantic_core import ValidationError  # noqa: PLC0415

    try:
        return model.model_validate(document, context=context)
    except ValidationError as invalid:
        faults = invalid.errors(include_url=False, include_context=False, include_input=False)
        raise InvalidRequest.from_faults(
            [Fault(_code(each["type"]), each["msg"], _path(each["loc"])) for each in faults]
        ) from None


def _code(kind: str) -> str:
    return {"missing": "required", "extra_forbidden": "unknown_member"}.get(kind, "invalid_value")


def _path(location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    # Pydantic-core appends "[key]" to the location of an invalid key. The path of the fault is that
    # of the member. A shorter location can be a member that is itself named "[key]".
    is_of_key = len(location) > 2 and location[-1] == "[key]"
    parts = location[:-1] if is_of_key else location
    return tuple(truncate(part, MAX_PATH_PART_CHARS) for part in parts)


def _first_fault(invalid: "ValidationError") -> MissingField | InvalidField:
    faults = invalid.errors(include_url=False, include_context=False, include_input=False)
    missing = [fault for fault in faults if fault["type"] == "missing"]
    fault = (missing or faults)[0]
    field = ".".join(str(truncate(part)) for part in fault["loc"])
    return MissingField(field) if missing else InvalidField(field, fault["msg"])
