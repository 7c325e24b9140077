"""What operations of the native API share: errors, ids, pages, entity tags, conditions, retries."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, create_model

from openapi_documents.description import TEXT, JsonObject, Operation, Parameter, Success, header
from openapi_documents.forms import member
from shared.dialects.native.paging import DEFAULT_LIMIT, MAX_LIMIT
from shared.dialects.native.variable_requests import (
    CONDITION_HEADER,
    IDEMPOTENCY_HEADER,
    MAX_IDEMPOTENCY_KEY_CHARS,
)
from shared.domain import errors
from shared.domain.errors import ContextError, Fault, InvalidRequest
from shared.domain.upserts import UpsertMode
from shared.gateway.request_model import RequestModel, Schema, defaulted, optional

Thing = TypeVar("Thing")

VariableContent = str | int | float | bool | list[Any] | dict[str, Any]
"""A value of a variable: lists and objects are values of structured types."""

Headers: TypeAlias = Mapping[str, JsonObject]
NO_HEADERS: Headers = {}

VERSION = "9f2c41d07a55e8b3"
"""The example of a version."""


class RequestFault(BaseModel):
    """One fault of a request."""

    pointer: str | None = member("Its location in the body, as a JSON pointer", optional=True)
    parameter: str | None = member("The name of the query parameter", optional=True)
    header: str | None = member("The name of the header", optional=True)
    detail: str = member("A message for people")
    code: str = member("A code for programs")


class Problem(BaseModel):
    """An error, as a problem document (RFC 9457)."""

    type: str = member("The path of the page that explains the code")
    title: str = member("The code in words")
    status: int
    detail: str = member("A message for people about this request")
    code: str = member("A code for programs")
    request_id: str = member("The id of the request, for support")
    errors: list[RequestFault] = member("All faults of body and query")
    candidates: list[str] | None = member(
        "The ids of the contacts that match, if several do where one is asked for", optional=True
    )


class Page(BaseModel, Generic[Thing]):
    """One page of a list."""

    data: list[Thing]
    next_cursor: str | None = member("The `cursor` of the next page, null on the last page")


def invalid(*faults: Fault) -> InvalidRequest:
    """Return the error of a request with these faults."""
    return InvalidRequest.from_faults(list(faults))


def bad_member(detail: str, *path: str | int, code: str = "invalid_value") -> InvalidRequest:
    """Return the error of a body with one fault, at this path."""
    return invalid(Fault(code, detail, path))


def bad_parameter(name: str, detail: str, code: str = "invalid_value") -> InvalidRequest:
    """Return the error of a query with one fault, in this parameter."""
    return invalid(Fault(code, detail, parameter=name))


def id_in_path(name: str, example: str, unknown: Callable[[str], ContextError]) -> Parameter:
    """Describe the id of a thing in a path, with the error of an unknown one."""
    noun = name.removesuffix("_id").replace("_", " ")
    description = f"The id of the {noun}"
    return Parameter(name, description, example=example, errors=(unknown(example),))


def paging(cursor: JsonObject) -> Sequence[Parameter]:
    """Describe the parameters of a list that has cursors of this schema."""
    return (
        Parameter(
            "limit",
            f"The size of the page, {DEFAULT_LIMIT} by default",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
            errors=(bad_parameter("limit", "it must be a number from 1 to 100"),),
        ),
        Parameter("cursor", "The `next_cursor` of the previous page", {**TEXT, **cursor}),
    )


PAGING = paging({"format": "cursor"})
"""The parameters of most lists."""


def page_of(
    item: type[BaseModel], plural: str, order: str, name: str = "", headers: Headers = NO_HEADERS
) -> Success:
    """Describe the response with one page of a list. `order` describes its schema."""
    name = name or f"{item.__name__}List"
    model = create_model(name, __base__=Page[item], __doc__=order)  # type: ignore[valid-type]
    return Success(f"One page of {plural}", model, headers=headers)


def listing(plural: str, item: type[BaseModel], order: str, description: str) -> Operation:
    """Describe an operation that lists all things of a kind, such as `agents`."""
    return Operation(description, parameters=PAGING, response=page_of(item, plural, order))


def deletion(
    noun: str,
    example: str,
    description: str,
    headers: Sequence[Parameter] = (),
    errors: Sequence[ContextError] = (),
) -> Operation:
    """Describe an operation that deletes a thing, such as `an agent`, by its id."""
    members: dict[str, Any] = {"id": (str, member(example=example)), "deleted": Literal[True]}
    model = create_model(
        f"{noun.partition(' ')[2].capitalize()}Deleted",
        __doc__=f"{noun.capitalize()} was deleted.",
        **members,
    )
    return Operation(
        description, headers=headers, response=Success("It was deleted", model), errors=errors
    )


def merge_patch_of(creation: type[RequestModel], noun: str, **others: Any) -> type[RequestModel]:
    """Build the model of a merge patch from the body that creates the thing.

    Every member can be missing. Null removes those that a creation does not require. `others` are
    members that are merged, so that they accept more than in a creation.
    """
    fields: dict[str, Schema] = creation.__pydantic_core_schema__["schema"]["fields"]
    members = {name: _patched(field) for name, field in fields.items()} | others
    members["__doc__"] = f"A merge patch (RFC 7396) of {noun}. Null removes a member."
    name = creation.__name__.replace("Creation", "Patch")
    return type(name, (RequestModel,), members, closed=True)


def _patched(field: Schema) -> Any:
    schema, name = field["schema"], field.get("validation_alias", "")
    if schema["type"] == "default":
        return optional(schema["schema"], name)
    return defaulted(schema, None, name)


TAGGED = {
    "ETag": header("A strong entity tag: the version, a period, and a hash of what this key sees")
}
"""The header of a response about one thing, for `If-Match`."""

REPLAYABLE = {
    "Idempotent-Replayed": header(
        "`true` if an earlier request with this `Idempotency-Key` had these results", required=False
    )
}
"""The header of a response to a request with `Idempotency-Key`."""


def if_match(current: str) -> Parameter:
    """Describe the condition of a write.

    `current` is the entity tag that the example of its error has.
    """
    return Parameter(
        CONDITION_HEADER,
        "Change only if the current version is that of one of these entity tags. `*` stands for "
        "any version",
        {"type": "string", "minLength": 1, "format": "entity-tags"},
        errors=(
            invalid(Fault("invalid_value", "it must be * or entity tags", header=CONDITION_HEADER)),
            errors.PreconditionFailed(current),
        ),
    )


IF_MATCH = if_match(f'"{VERSION}.4a1c0d9be2f75386"')
IDEMPOTENCY_KEY = Parameter(
    IDEMPOTENCY_HEADER,
    "Any text that is new for each request. A retry with the same text counts once",
    {
        "type": "string",
        "pattern": "^[!-~]+( +[!-~]+)*$",
        "minLength": 1,
        "maxLength": MAX_IDEMPOTENCY_KEY_CHARS,
    },
    errors=(errors.IdempotencyKeyReused(), errors.RequestInProgress()),
)
MODE = Parameter(
    "mode",
    "`strict`, the default, accepts exact names and valid values; `coerce` also similar names and "
    "localized values; `auto_create` also defines unknown names",
    {"type": "string", "enum": list(UpsertMode)},
)
