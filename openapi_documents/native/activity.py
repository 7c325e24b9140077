"""Describe the operations on the activity of contacts in the native API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from openapi_documents.description import JsonObject, Operation, Parameter, SuccessResponse
from openapi_documents.forms import TEXT, in_path, in_query
from openapi_documents.native.responses import Page
from shared.domain import errors
from shared.domain.definitions import VariableType
from shared.domain.disclosure import Withheld
from shared.domain.errors import Fault, InvalidRequest

TAG = "Activity"


class LargeValue(BaseModel):
    """The size and hash of a value that is too large to be repeated."""

    bytes: int
    sha256: str


class WithheldValue(BaseModel):
    """Why the key does not get a value."""

    withheld: Withheld


Content = str | int | float | bool | LargeValue | WithheldValue | None


class Change(BaseModel):
    """A variable of a contact that was changed."""

    sequence: int = Field(description="Counts the changes of a contact, without gaps")
    variable: str
    type: VariableType
    old: Content = Field(description="The value before, null for none")
    new: Content = Field(description="The value after, null for none")
    at: datetime
    source: str | None = Field(description="The API or trigger of the write")
    key_id: str | None = Field(description="The id of the API key that wrote")
    request_id: str | None
    origin_id: str | None = Field(
        description="The X-Origin-Id of the request, by which a system recognizes its own writes"
    )


class ActivityList(Page[Change]):
    """Changes of a contact, newest first."""


_EXAMPLE: dict[str, Any] = {
    "sequence": 7,
    "variable": "membership_level",
    "type": "select",
    "old": "Silver",
    "new": "Gold",
    "at": "2026-11-22T05:00:00.000Z",
    "source": "klen",
    "key_id": "0f3b1c2d4e5f",
    "request_id": "JKJaXmPLvHcESHA=",
    "origin_id": None,
}
_INSTANT: JsonObject = {"type": "string", "format": "date-time"}
_BAD_QUERY = InvalidRequest.from_faults(
    [
        Fault("invalid_value", "it must be a sequence, such as 7", parameter="after"),
        Fault("invalid_value", "it must be an instant", parameter="since"),
    ]
)


def operations(paging: tuple[Parameter, ...]) -> Mapping[tuple[str, str], Operation]:
    """Describe the operations on activity.

    Args:
        paging: The parameters of paged lists.

    """
    return {
        ("list_contact_activity", "GET"): Operation(
            operation_id="listContactActivity",
            summary="List the activity of a contact",
            tag=TAG,
            description=(
                "Lists the changes of a contact, newest first. A page can have fewer changes than "
                "`limit`, or none, although more follow: continue until `next_cursor` is null. "
                "A change appears after a short delay."
            ),
            parameters=(
                in_path("contact_id", "The id of the contact", TEXT, "contact_123"),
                in_query("variable", "Only changes of this variable"),
                in_query("source", "Only changes by this API or trigger"),
                in_query("since", "Only changes at this instant or later", _INSTANT),
                in_query("until", "Only changes before this instant", _INSTANT),
                in_query(
                    "after",
                    "Only changes after this sequence number",
                    {"type": "integer", "minimum": 0},
                ),
                *paging,
            ),
            response=SuccessResponse(
                description="One page of changes",
                model=ActivityList,
                example={"data": [_EXAMPLE], "next_cursor": None},
            ),
            error_responses=(_BAD_QUERY, errors.ContactNotFound("contact_123")),
        ),
    }
