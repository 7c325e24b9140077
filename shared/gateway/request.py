"""An API Gateway HTTP API event (payload format 2.0) as a request.

Source: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs".
"""

import base64
import binascii
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
from shared.domain.variables import JsonObject
from shared.gateway.quoting import MAX_PLACE_CHARS, shown
from shared.validation.json_text import json_object

MAX_ORIGIN_CHARS = 128
"""The longest id of an origin, in characters."""

if TYPE_CHECKING:
    from pydantic_core import ValidationError

Whole = TypeVar("Whole", bound="ParsableInContext")
Parsed = TypeVar("Parsed", bound="Parsable")


class Parsable(Protocol):
    """A body that pydantic, or its core alone, reads from a document."""

    @classmethod
    def model_validate(cls, document: Any, /) -> Self:
        """The body that a document is; raises pydantic's ValidationError."""


class ParsableInContext(Protocol):
    """The same with functions that ask a context."""

    @classmethod
    def model_validate(cls, document: Any, /, *, context: Any = None) -> Self:
        """The body that a document is; raises pydantic's ValidationError."""


class Request:
    """What the client sent; nothing is parsed before it is asked for."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event

    @property
    def method(self) -> str:
        """The HTTP method, in capitals."""
        return str(self._event["requestContext"]["http"]["method"])

    @property
    def route(self) -> str:
        """The route that matched, such as `GET /api/v1/contacts/{contact_id}`."""
        return str(self._event.get("routeKey", ""))

    @property
    def request_id(self) -> str:
        """The id API Gateway gave the request."""
        return str(self._event["requestContext"].get("requestId", ""))

    @property
    def origin_id(self) -> str | None:
        """The `X-Origin-Id` by which a system knows its own writes again; None for none fit."""
        given = self.header("x-origin-id")
        return given if given and len(given) <= MAX_ORIGIN_CHARS and given.isprintable() else None

    def header(self, name: str) -> str | None:
        """Return the value of a header, whose `name` is given in lower case; None if not sent.

        Header names are case-insensitive (RFC 9110, section 5.1). API Gateway sends them in lower
        case; the gateway of `sam local start-api` sends them as `Authorization` and `X-Api-Key`.
        """
        value: str | None = (self._event.get("headers") or {}).get(name)
        return self._headers_in_lower_case.get(name) if value is None else value

    @cached_property
    def _headers_in_lower_case(self) -> dict[str, str]:
        # Built at the first header that is not found as it is: once in a request, in a microsecond.
        return {name.lower(): value for name, value in (self._event.get("headers") or {}).items()}

    @property
    def bearer_token(self) -> str | None:
        """The token of `Authorization: Bearer`; None when there is no such header."""
        scheme, _, token = (self.header("authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def query(self, name: str) -> str | None:
        """A query parameter, decoded; several of one name are joined by commas."""
        value: str | None = (self._event.get("queryStringParameters") or {}).get(name)
        return value

    def path(self, name: str) -> str:
        """A path parameter, decoded."""
        return str((self._event.get("pathParameters") or {}).get(name, ""))

    @cached_property
    def body(self) -> bytes:
        """The body as it was sent; empty when there was none."""
        body = self._event.get("body") or ""
        if not self._event.get("isBase64Encoded"):
            return str(body).encode(errors="surrogatepass")
        try:
            return base64.b64decode(body)
        except binascii.Error:
            raise MalformedBody("it is not base64") from None

    def json_object(self, limit: int) -> JsonObject:
        """The body as a JSON object of at most `limit` bytes.

        Raises BodyTooLarge or MalformedBody; a name given twice, a number JSON does not know
        and text that UTF-8 cannot carry are faults too.
        """
        if len(self.body) > limit:
            raise BodyTooLarge(limit)
        return json_object(self.body)

    def parse(self, kind: type[Parsed], limit: int) -> Parsed:
        """The body as its members; raises what `json_object` does, MissingField, InvalidField."""
        # Endpoints without a body start faster without it.
        from pydantic_core import ValidationError  # noqa: PLC0415

        document = self.json_object(limit)
        try:
            return kind.model_validate(document)
        except ValidationError as invalid:
            raise _first_fault(invalid) from None

    def parse_whole(self, model: type[Whole], limit: int, *, context: object = None) -> Whole:
        """The body as its members; raises what `json_object` does, or InvalidRequest.

        That one tells all that is wrong; `context` is what the body's functions may ask.
        """
        from pydantic_core import ValidationError  # noqa: PLC0415

        document = self.json_object(limit)
        try:
            return model.model_validate(document, context=context)
        except ValidationError as invalid:
            faults = invalid.errors(include_url=False, include_context=False, include_input=False)
            told = [Fault(_code(each["type"]), each["msg"], _path(each["loc"])) for each in faults]
            raise InvalidRequest.from_faults(told) from None


def _code(kind: str) -> str:
    return {"missing": "required", "extra_forbidden": "unknown_member"}.get(kind, "invalid_value")


def _path(place: tuple[str | int, ...]) -> tuple[str | int, ...]:
    # A fault of a name is one of its member; objects whose members can be named so are in another.
    is_of_name = len(place) > 2 and place[-1] == "[key]"
    return tuple(shown(part, MAX_PLACE_CHARS) for part in (place[:-1] if is_of_name else place))


def _first_fault(invalid: "ValidationError") -> MissingField | InvalidField:
    faults = invalid.errors(include_url=False, include_context=False, include_input=False)
    missing = [fault for fault in faults if fault["type"] == "missing"]
    fault = (missing or faults)[0]
    field = ".".join(str(shown(part)) for part in fault["loc"])
    return MissingField(field) if missing else InvalidField(field, fault["msg"])
