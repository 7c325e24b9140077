"""Describe the activity of contacts in the native API, and its responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/activity.py`.
"""

from datetime import datetime

from pydantic import BaseModel, Field

from openapi_documents.description import Group, JsonObject, Operation, Parameter, Success
from openapi_documents.native.responses import PAGING, Page, VariableContent
from shared.domain.definitions import VariableType
from shared.domain.disclosure import Withheld
from shared.domain.errors import Fault, InvalidRequest


class LargeValue(BaseModel):
    """The size and hash of a value that is too large to be repeated."""

    bytes: int
    sha256: str


class WithheldValue(BaseModel):
    """Why the key does not get a value."""

    withheld: Withheld


Content = VariableContent | LargeValue | WithheldValue | None


class Change(BaseModel):
    """A variable of a contact that was changed."""

    sequence: int = Field(description="Counts the changes of a contact, without gaps", examples=[7])
    variable: str = Field(examples=["membership_level"])
    type: VariableType = Field(examples=["select"])
    old: Content = Field(description="The value before, null for none", examples=["Silver"])
    new: Content = Field(description="The value after, null for none", examples=["Gold"])
    at: datetime = Field(examples=["2026-11-22T05:00:00.000Z"])
    source: str | None = Field(description="The API or trigger of the write", examples=["klen"])
    key_id: str | None = Field(
        description="The id of the API key that wrote", examples=["0f3b1c2d4e5f"]
    )
    request_id: str | None = Field(examples=["JKJaXmPLvHcESHA="])
    origin_id: str | None = Field(
        description="The X-Origin-Id of the request, by which a system recognizes its own writes"
    )


class ActivityList(Page[Change]):
    """Changes of a contact, newest first."""


_INSTANT: JsonObject = {"type": "string", "format": "date-time"}
_BAD_QUERY = InvalidRequest.from_faults(
    [
        Fault("invalid_value", "it must be a sequence, such as 7", parameter="after"),
        Fault("invalid_value", "it must be an instant", parameter="since"),
    ]
)

_OPERATIONS = {
    ("list_contact_activity", "GET"): Operation(
        summary="List the activity of a contact",
        description=(
            "Lists the changes of a contact, newest first. A page can have fewer changes than "
            "`limit`, or none, although more follow: continue until `next_cursor` is null. "
            "A change appears after a short delay."
        ),
        parameters=(
            Parameter("variable", "Only changes of this variable"),
            Parameter("source", "Only changes by this API or trigger"),
            Parameter("since", "Only changes at this instant or later", _INSTANT),
            Parameter("until", "Only changes before this instant", _INSTANT),
            Parameter(
                "after",
                "Only changes after this sequence number",
                {"type": "integer", "minimum": 0},
            ),
            *PAGING,
        ),
        response=Success("One page of changes", ActivityList),
        error_responses=(_BAD_QUERY,),
    ),
}

GROUP = Group("Activity", "The changes of a contact: who changed what, and when.", _OPERATIONS)
