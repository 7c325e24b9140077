"""Types for describing an API in addition to its code.

Routes, permissions, request bodies and error messages come from the code. A description adds
summaries, parameters, response bodies, examples, and the errors of each operation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import BaseModel

from shared.domain.errors import ContextError
from shared.gateway.dialect import Dialect
from shared.gateway.request_model import RequestModel

JsonObject = dict[str, Any]

Model: TypeAlias = type[BaseModel] | type[RequestModel]
"""What a schema is generated from: a request model, or a pydantic model of the same body."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a path, query or header. Path parameters are always required.

    With `may_be_empty`, an empty value means that the parameter is not set.
    """

    name: str
    place: str
    description: str
    schema: JsonObject
    example: Any = None
    required: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True, kw_only=True)
class RequestBody:
    """The body of a request, with examples by name."""

    model: Model
    examples: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Header:
    """A header of a response. One that is not required is sent in some responses only."""

    description: str
    schema: JsonObject
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class SuccessResponse:
    """The response to a successful request: JSON of a model, or a text file."""

    description: str
    model: Any
    example: Any
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, Header] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of an endpoint.

    `error_responses` are examples of errors of this operation, in addition to those of every
    operation. `dialect` maps them to responses, if it is not the dialect of the API.
    `other_responses` are successful too, with other statuses than `response`.
    """

    operation_id: str
    summary: str
    tag: str
    response: SuccessResponse
    description: str = ""
    body: RequestBody | None = None
    parameters: Sequence[Parameter] = ()
    error_responses: Sequence[ContextError] = ()
    dialect: Dialect | None = None
    other_responses: Sequence[SuccessResponse] = ()

    @property
    def success_responses(self) -> Sequence[SuccessResponse]:
        """All responses to successful requests."""
        return (self.response, *self.other_responses)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A request that the service sends to webhooks. `name` is the name of its schema."""

    topic: str
    name: str
    summary: str
    description: str
    tag: str
    schema: JsonObject
    example: JsonObject


@dataclass(frozen=True, kw_only=True)
class Api:
    """The description of one API.

    Args:
        dialect: The dialect, with its error mapping.
        title: The name of the API.
        description: An introduction in Markdown.
        tags: The groups of operations, with a sentence for each.
        security: The alternative places of the API key, as security schemes.
        error_response: The body of an error response.
        coded: The members of that body whose values come from the error mapping.
        operations: By endpoint and method, such as `("get_contact", "GET")`.
        in_band: The body of an error with a success status, None if the API has none.
        events: The events that the webhooks of this API receive.
        limits: Constraints of request bodies that their models lack, as partial schemas.

    """

    dialect: Dialect
    title: str
    description: str
    tags: Mapping[str, str]
    security: Mapping[str, JsonObject]
    error_response: type[BaseModel]
    coded: Sequence[str]
    operations: Mapping[tuple[str, str], Operation]
    in_band: type[BaseModel] | None = None
    events: Sequence[Event] = ()
    limits: Mapping[Model, JsonObject] = field(default_factory=dict)
