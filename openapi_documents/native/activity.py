"""Describe the activity of contacts in the native API, and its responses."""

from datetime import datetime

from pydantic import BaseModel

from openapi_documents.description import Group, JsonObject, Operation, Parameter
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from shared.domain.definitions import VariableType
from shared.domain.disclosure import Withheld
from shared.domain.errors import Fault


class LargeValue(BaseModel):
    """The size and hash of a value that is too large to be repeated."""

    bytes: int
    sha256: str


class WithheldValue(BaseModel):
    """Why the key does not get a value."""

    withheld: Withheld


Content = native.VariableContent | LargeValue | WithheldValue | None


class Change(BaseModel):
    """A variable of a contact that was changed."""

    sequence: int = member("Counts the changes of a contact, without gaps", example=7)
    variable: str = member(example="membership_level")
    type: VariableType = member(example="select")
    old: Content = member("The value before, null for none", example="Silver")
    new: Content = member("The value after, null for none", example="Gold")
    at: datetime = member(example="2026-11-22T05:00:00.000Z")
    source: str | None = member("The API or trigger of the write", example="klen")
    key_id: str | None = member("The id of the API key that wrote", example="0f3b1c2d4e5f")
    request_id: str | None = member(example="JKJaXmPLvHcESHA=")
    origin_id: str | None = member(
        "The X-Origin-Id of the request, by which a system recognizes its own writes"
    )


_INSTANT: JsonObject = {"type": "string", "format": "date-time"}
_BAD_QUERY = native.invalid(
    Fault("invalid_value", "it must be a sequence, such as 7", parameter="after"),
    Fault("invalid_value", "it must be an instant", parameter="since"),
)

_OPERATIONS = {
    ("list_contact_activity", "GET"): Operation(
        "Lists the changes of a contact, newest first. A page can have fewer changes than "
        "`limit`, or none, although more follow: continue until `next_cursor` is null. "
        "A change appears after a short delay.",
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
            *native.PAGING,
        ),
        response=native.page_of(
            Change, "changes", "Changes of a contact, newest first.", "ActivityList"
        ),
        errors=(_BAD_QUERY,),
    )
}

GROUP = Group("Activity", "The changes of a contact: who changed what, and when.", _OPERATIONS)
