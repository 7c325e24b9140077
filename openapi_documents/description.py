"""What a dialect says of its API beyond what its code tells by itself.

The code tells routes, permissions, bodies, statuses and the words of refusals; a description adds
summaries, parameters, the form of answers, examples, and which refusals an endpoint can give.
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
"""What a schema is made of: what parses a body, or a model that stands for it."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a path or a query; those of a path are always required.

    With `may_be_empty`, an empty value is the same as none.
    """

    name: str
    place: str
    description: str
    schema: JsonObject
    example: Any = None
    required: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True, kw_only=True)
class Body:
    """The body of a request, by the model that parses it."""

    model: Model
    examples: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a request that succeeds: JSON of a model, or a file of text."""

    description: str
    model: Any
    example: Any
    status: int = 200
    content_type: str = "application/json"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What one method of an endpoint takes and answers.

    `refusals` are examples of the errors that this operation can meet beside those of its API;
    `dialect` words them, if it does so otherwise than the API's.
    """

    operation_id: str
    summary: str
    tag: str
    answer: Answer
    description: str = ""
    body: Body | None = None
    parameters: Sequence[Parameter] = ()
    error_responses: Sequence[ContextError] = ()
    dialect: Dialect | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """A request that the service sends to webhooks; `name` is that of its schema."""

    topic: str
    name: str
    summary: str
    description: str
    tag: str
    schema: JsonObject
    example: JsonObject


@dataclass(frozen=True, kw_only=True)
class Api:
    """One API that is served.

    Args:
        dialect: the dialect itself, with its table of refusals.
        title: the name of the API.
        description: what is to be known before the first request, in Markdown.
        tags: the groups of operations, each with a sentence.
        security: the places of the key, any one of which is enough, as security schemes.
        refusal: the body of a refusal.
        coded: the members of that body whose words are those of the table of refusals.
        operations: by name of endpoint and method, such as `("get_contact", "GET")`.
        in_band: the body of a refusal that is answered with the status of a success, if any is.
        events: what the webhooks of this API are sent.
        limits: what validation asks of bodies beyond their models, as parts of their schemas.

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
