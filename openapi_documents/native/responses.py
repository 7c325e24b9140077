"""What operations of the native API share: problem documents, pages and entity tags.

Serves the promise that errors are problem documents and lists are paged by a cursor.
"""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

from openapi_documents.description import Header, Parameter
from shared.dialects.native.paging import DEFAULT_LIMIT, MAX_LIMIT
from shared.domain.errors import Fault, InvalidRequest

Thing = TypeVar("Thing")

VariableContent = str | int | float | bool | list[Any] | dict[str, Any]
"""A value of a variable: lists and objects are values of structured types."""


class RequestFault(BaseModel):
    """One fault of a request."""

    pointer: str | None = Field(
        default=None, description="Its location in the body, as a JSON pointer"
    )
    parameter: str | None = Field(default=None, description="The name of the query parameter")
    header: str | None = Field(default=None, description="The name of the header")
    detail: str = Field(description="A message for people")
    code: str = Field(description="A code for programs")


class Problem(BaseModel):
    """An error, as a problem document (RFC 9457)."""

    type: str = Field(description="The path of the page that explains the code")
    title: str = Field(description="The code in words")
    status: int
    detail: str = Field(description="A message for people about this request")
    code: str = Field(description="A code for programs")
    request_id: str = Field(description="The id of the request, for support")
    errors: list[RequestFault] = Field(description="All faults of body and query")
    candidates: list[str] | None = Field(
        default=None,
        description="The ids of the contacts that match, if several do where one is asked for",
    )


class Page(BaseModel, Generic[Thing]):
    """One page of a list."""

    data: list[Thing]
    next_cursor: str | None = Field(
        description="The `cursor` of the next page, null on the last page"
    )


PAGING = (
    Parameter(
        "limit",
        f"The size of the page, {DEFAULT_LIMIT} by default",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        error_responses=(
            InvalidRequest.from_faults(
                [Fault("invalid_value", "it must be a number from 1 to 100", parameter="limit")]
            ),
        ),
    ),
    Parameter(
        "cursor",
        "The `next_cursor` of the previous page",
        {"type": "string", "format": "cursor"},
    ),
)
"""The parameters of every list."""

ETAG = Header("A strong entity tag: the version, a period, and a hash of what this key sees")
"""The header of a response about one thing, for `If-Match`."""
