"""Describe the operations on suggestions in the native API, and their responses."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from openapi_documents.description import Group, JsonObject, Operation, Parameter, Success
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from shared.domain import errors
from shared.domain.definitions import ContextType, VariableType
from shared.domain.sources import Source
from shared.domain.suggestions import SuggestionState

_SUGGESTION_ID = "sug_3f9a1c0d5b7e24680ace_contact_123"


class Evidence(BaseModel):
    """What a value was taken from."""

    call_id: str | None = member(example="CA1")
    turn: int | None = member("The turn of the call", example=4)
    quote: str | None = member("The words of the call", example="I am a gold member")


class Suggestion(BaseModel):
    """A write that could not replace a value, as a stronger source had set it."""

    id: str = member(example=_SUGGESTION_ID)
    subject: ContextType = member(example="contact")
    subject_id: str | None = member(
        "The id of the contact or conversation, null for the business", example="contact_123"
    )
    variable: str = member(example="membership_level")
    type: VariableType = member(example="select")
    action: Literal["set", "remove"] = member(example="set")
    value: native.VariableContent | None = member(
        "The suggested value. Absent if the action is `remove`", example="Gold", optional=True
    )
    source: Source = member("The source of the suggestion", example="ai")
    confidence: float | None = member(example=0.9, optional=True, ge=0, le=1)
    evidence: Evidence | None = member(
        example={"call_id": "CA1", "turn": 4, "quote": "I am a gold member"}, optional=True
    )
    suggested_by: str | None = member("The id of the API key that wrote", example="0f3b1c2d4e5f")
    suggested_at: datetime = member(example="2026-11-22T05:00:00.000Z")
    standing_version: str = member(
        "The version of the value that stood then", example="gAGTZ5XuQAABAgMEBQYH"
    )
    state: SuggestionState = member(example="pending")
    decided_by: str | None = member("The id of the API key that decided")
    decided_at: datetime | None
    expires_at: datetime = member(example="2026-12-22T05:00:00.000Z")


class SuggestedChange(BaseModel):
    """The change was not made. It is a suggestion now."""

    suggestion: Suggestion


SUGGESTED = Success(
    "A stronger source has set another value: the change is a suggestion",
    SuggestedChange,
    status=202,
)

_DECIDED = errors.SuggestionDecided("accepted")
_DECISION: JsonObject = {"decided_by": "9a8b7c6d5e4f", "decided_at": "2026-11-22T06:00:00.000Z"}

_OPERATIONS = {
    ("list_suggestions", "GET"): Operation(
        "Lists suggestions, newest first. A page can have fewer than `limit`, or none, "
        "although more follow: continue until `next_cursor` is null. A new suggestion "
        "can take a moment to appear.",
        parameters=(
            Parameter(
                "contact_id",
                "Only suggestions for this contact",
                {"type": "string", "pattern": "^contact_[1-9][0-9]{0,17}$"},
                example="contact_123",
            ),
            *native.paging({"minLength": 1, "format": "suggestion-cursor"}),
        ),
        response=native.page_of(Suggestion, "suggestions", "Suggestions, newest first."),
        errors=(native.bad_parameter("contact_id", "it must be the id of a contact"),),
    ),
    ("accept_suggestion", "POST"): Operation(
        "Sets the suggested value, or removes the value, as the key that accepts: it "
        "needs a source that may replace what is stored.",
        response=Success(
            "The suggestion as it was decided",
            Suggestion,
            example={"state": "accepted", **_DECISION},
        ),
        errors=(
            _DECIDED,
            errors.InvalidValue("membership_level", "select", "it must be one of: Silver"),
            errors.ContextTooLarge(),
        ),
    ),
    ("reject_suggestion", "POST"): Operation(
        "Marks a suggestion as rejected. The same write by the same key does not become "
        "another suggestion while the same value stands.",
        response=Success(
            "The suggestion as it was decided",
            Suggestion,
            example={"state": "rejected", **_DECISION},
        ),
        errors=(_DECIDED,),
    ),
}

GROUP = Group(
    "Suggestions",
    "Writes of weaker sources, for a person to decide.",
    _OPERATIONS,
    path_parameters=(
        native.id_in_path("suggestion_id", _SUGGESTION_ID, errors.SuggestionNotFound),
    ),
)
