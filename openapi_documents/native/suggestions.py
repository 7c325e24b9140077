"""Describe the operations on suggestions in the native API, and their responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/suggestion_responses.py`.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from openapi_documents.description import Group, JsonObject, Operation, Parameter, Success
from openapi_documents.native.responses import PAGING, Page, VariableContent
from shared.domain import errors
from shared.domain.definitions import ContextType, VariableType
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.sources import Source
from shared.domain.suggestions import SuggestionState

_SUGGESTION_ID = "sug_3f9a1c0d5b7e24680ace_contact_123"

PATH_PARAMETERS = (
    Parameter(
        "suggestion_id",
        "The id of the suggestion",
        example=_SUGGESTION_ID,
        error_responses=(errors.SuggestionNotFound(_SUGGESTION_ID),),
    ),
)


class Evidence(BaseModel):
    """What a value was taken from."""

    call_id: str | None = Field(examples=["CA1"])
    turn: int | None = Field(description="The turn of the call", examples=[4])
    quote: str | None = Field(description="The words of the call", examples=["I am a gold member"])


class Suggestion(BaseModel):
    """A write that could not replace a value, as a stronger source had set it."""

    id: str = Field(examples=[_SUGGESTION_ID])
    subject: ContextType = Field(examples=["contact"])
    subject_id: str | None = Field(
        description="The id of the contact or conversation, null for the business",
        examples=["contact_123"],
    )
    variable: str = Field(examples=["membership_level"])
    type: VariableType = Field(examples=["select"])
    action: Literal["set", "remove"] = Field(examples=["set"])
    value: VariableContent | None = Field(
        default=None,
        description="The suggested value. Absent if the action is `remove`",
        examples=["Gold"],
    )
    source: Source = Field(description="The source of the suggestion", examples=["ai"])
    confidence: float | None = Field(default=None, ge=0, le=1, examples=[0.9])
    evidence: Evidence | None = Field(
        default=None, examples=[{"call_id": "CA1", "turn": 4, "quote": "I am a gold member"}]
    )
    suggested_by: str | None = Field(
        description="The id of the API key that wrote", examples=["0f3b1c2d4e5f"]
    )
    suggested_at: datetime = Field(examples=["2026-11-22T05:00:00.000Z"])
    standing_version: str = Field(
        description="The version of the value that stood then", examples=["gAGTZ5XuQAABAgMEBQYH"]
    )
    state: SuggestionState = Field(examples=["pending"])
    decided_by: str | None = Field(
        description="The id of the API key that decided", examples=[None]
    )
    decided_at: datetime | None = Field(examples=[None])
    expires_at: datetime = Field(examples=["2026-12-22T05:00:00.000Z"])


class SuggestionList(Page[Suggestion]):
    """Suggestions, newest first."""


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
_BAD_QUERY = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must be the id of a contact", parameter="contact_id")]
)


def _narrowed(parameter: Parameter) -> Parameter:
    """Return a parameter of lists as this list takes it: a cursor of another is refused."""
    if parameter.name != "cursor":
        return parameter
    return replace(
        parameter, schema={"type": "string", "minLength": 1, "format": "suggestion-cursor"}
    )


_OPERATIONS = {
    ("list_suggestions", "GET"): Operation(
        summary="List suggestions",
        description=(
            "Lists suggestions, newest first. A page can have fewer than `limit`, or none, "
            "although more follow: continue until `next_cursor` is null. A new suggestion "
            "can take a moment to appear."
        ),
        parameters=(
            Parameter(
                "contact_id",
                "Only suggestions for this contact",
                {"type": "string", "pattern": "^contact_[1-9][0-9]{0,17}$"},
                example="contact_123",
            ),
            *(_narrowed(each) for each in PAGING),
        ),
        response=Success("One page of suggestions", SuggestionList),
        error_responses=(_BAD_QUERY,),
    ),
    ("accept_suggestion", "POST"): Operation(
        summary="Accept a suggestion",
        description=(
            "Sets the suggested value, or removes the value, as the key that accepts: it "
            "needs a source that may replace what is stored."
        ),
        response=Success(
            "The suggestion as it was decided",
            Suggestion,
            example={"state": "accepted", **_DECISION},
        ),
        error_responses=(
            _DECIDED,
            errors.InvalidValue("membership_level", "select", "it must be one of: Silver"),
            errors.ContextTooLarge(),
        ),
    ),
    ("reject_suggestion", "POST"): Operation(
        summary="Reject a suggestion",
        description=(
            "Marks a suggestion as rejected. The same write by the same key does not become "
            "another suggestion while the same value stands."
        ),
        response=Success(
            "The suggestion as it was decided",
            Suggestion,
            example={"state": "rejected", **_DECISION},
        ),
        error_responses=(_DECIDED,),
    ),
}

GROUP = Group("Suggestions", "Writes of weaker sources, for a person to decide.", _OPERATIONS)
