"""Types for describing an API: what its document says and its code does not.

Paths, permissions, request bodies and error messages come from the code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Protocol, TypeAlias

from pydantic import BaseModel

from shared.domain.errors import ContextError
from shared.gateway.dialect import Dialect
from shared.gateway.request_model import RequestModel

JsonObject = dict[str, Any]

TEXT: JsonObject = {"type": "string"}

Model: TypeAlias = type[BaseModel] | type[RequestModel]
"""What a schema is generated from: a request model, or a pydantic model of the same body."""

Key: TypeAlias = tuple[str, str]
"""The name of an endpoint and a method, such as `("get_contact", "GET")`."""

EVENT = "the body of the example event"
"""The example of a request body that is the body of the endpoint's event in `events`."""


class Handler(Protocol):
    """What the handler of an endpoint declares. Any one of the permissions is enough."""

    dialect: Dialect
    permissions: Sequence[str]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a path or a query or a header of a request, a text by default.

    Those of a path are always required. With `may_be_empty`, an empty value means that the
    parameter is not set. `errors` are examples of the errors that a value can cause.
    """

    name: str
    description: str
    schema: JsonObject = field(default_factory=lambda: TEXT)
    _: KW_ONLY
    example: Any = None
    required: bool = False
    may_be_empty: bool = False
    errors: Sequence[ContextError] = ()


def header(
    description: str, schema: JsonObject | None = None, *, required: bool = True
) -> JsonObject:
    """Describe a header of a response, a text by default.

    One that is not required is sent in some responses only.
    """
    return {"description": description, "required": required, "schema": schema or TEXT}


@dataclass(frozen=True)
class Success:
    """The response to a successful request: JSON of a model, or a text file.

    The examples of the model's fields make up the example of the response. `example` replaces
    members of it, or the whole if it is not an object.
    """

    description: str
    model: type[BaseModel]
    _: KW_ONLY
    example: Any = None
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, JsonObject] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One method of an endpoint.

    Args:
        description: What the operation does, in Markdown.
        summary: The title of the operation, as the vendor words it. The docstring of the handler
            has it by default.
        response: The response to a successful request.
        other_responses: Further responses to successful requests, each with its own status.
        operation_id: Its name in generated clients, the name of the endpoint by default.
        body: The model of the request body, None without a body.
        body_is_optional: Whether a request without a body is valid.
        examples: Examples of the request body, by name. The first is usually `EVENT`.
        parameters: The parameters of the query, and those of the path that are not the API's.
        headers: The headers of the request, apart from those of every request.
        errors: Examples of errors of this operation, in addition to those of its
            parameters and those of every operation.

    """

    description: str = ""
    _: KW_ONLY
    summary: str = ""
    response: Success
    operation_id: str = ""
    body: Model | None = None
    body_is_optional: bool = False
    examples: Mapping[str, Any] = field(default_factory=lambda: {"example": EVENT})
    parameters: Sequence[Parameter] = ()
    headers: Sequence[Parameter] = ()
    errors: Sequence[ContextError] = ()
    other_responses: Sequence[Success] = ()

    @property
    def success_responses(self) -> Sequence[Success]:
        """All responses to successful requests."""
        return (self.response, *self.other_responses)


@dataclass(frozen=True)
class Event:
    """A request that the service sends to webhooks.

    `example` replaces members of the example that those of the schema's members make up.
    """

    topic: str
    description: str
    schema: JsonObject
    example: JsonObject = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The topic in words."""
        return self.topic.replace(".", " ").replace("_", " ").capitalize()

    @property
    def name(self) -> str:
        """The name of the schema."""
        return f"{self.summary.title().replace(' ', '')}Event"


@dataclass(frozen=True)
class Group:
    """Operations that a document shows together, under one tag, with the events beside them.

    `path_parameters` and `limits` are part of those of the API.
    """

    tag: str
    description: str
    operations: Mapping[Key, Operation]
    events: Sequence[Event] = ()
    _: KW_ONLY
    path_parameters: Sequence[Parameter] = ()
    limits: Mapping[Model, JsonObject] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Api:
    """The description of one API.

    Args:
        dialect: The dialect, with its error mapping.
        title: The name of the API.
        description: An introduction in Markdown.
        security: The alternative places of the API key, as security schemes.
        error_response: The body of an error response.
        coded: The members of that body whose values come from the error mapping.
        max_body_bytes: The largest request body.
        groups: The groups of operations.
        path_parameters: What the parameters in the paths of the template mean.
        in_band: The body of an error with a success status, None if the API has none.
        limits: Constraints of request bodies that their models lack, as partial schemas.

    """

    dialect: Dialect
    title: str
    description: str
    security: Mapping[str, JsonObject]
    error_response: type[BaseModel]
    coded: Sequence[str]
    max_body_bytes: int
    groups: Sequence[Group]
    path_parameters: Sequence[Parameter] = ()
    in_band: type[BaseModel] | None = None
    limits: Mapping[Model, JsonObject] = field(default_factory=dict)

    @property
    def operations(self) -> dict[Key, Operation]:
        """The operations of all groups."""
        return {key: each for group in self.groups for key, each in group.operations.items()}

    @property
    def all_path_parameters(self) -> list[Parameter]:
        """The parameters of paths, with those of all groups."""
        return [*self.path_parameters, *(each for g in self.groups for each in g.path_parameters)]

    @property
    def all_limits(self) -> dict[Model, JsonObject]:
        """The constraints of request bodies, with those of all groups."""
        return {**self.limits, **{key: each for g in self.groups for key, each in g.limits.items()}}

    @property
    def events(self) -> list[Event]:
        """The events that the webhooks of this API receive."""
        return [event for group in self.groups for event in group.events]
