"""Describe the operations on suggestions in the native API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from openapi_documents.description import Operation, Parameter, SuccessResponse
from openapi_documents.forms import TEXT, in_path, in_query
from openapi_documents.native.responses import Page
from shared.domain import errors
from shared.domain.definitions import ContextType, VariableType
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.sources import Source
from shared.domain.suggestions import SuggestionState

TAG = "Suggestions"


class Evidence(BaseModel):
    """What a value was taken from."""

    call_id: str | None
    turn: int | None = Field(description="The turn of the call")
    quote: str | None = Field(description="The words of the call")


class Suggestion(BaseModel):
    """A write that could not replace a value, as a stronger source had set it."""

    id: str
    subject: ContextType
    subject_id: str | None = Field(
        description="The id of the contact or conversation, null for the business"
    )
    variable: str
    type: VariableType
    action: Literal["set", "remove"]
    value: str | int | float | bool | None = Field(
        default=None, description="The suggested value. Absent if the action is `remove`"
    )
    source: Source = Field(description="The source of the suggestion")
    confidence: float | None = Field(default=None, ge=0, le=1)
    evidence: Evidence | None = None
    suggested_by: str | None = Field(description="The id of the API key that wrote")
    suggested_at: datetime
    standing_version: str = Field(description="The version of the value that stood then")
    state: SuggestionState
    decided_by: str | None = Field(description="The id of the API key that decided")
    decided_at: datetime | None
    expires_at: datetime


class SuggestionList(Page[Suggestion]):
    """Suggestions, newest first."""


class SuggestedChange(BaseModel):
    """The change was not made. It is a suggestion now."""

    suggestion: Suggestion


_ID = "sug_3f9a1c0d5b7e24680ace_contact_123"

EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "subject": "contact",
    "subject_id": "contact_123",
    "variable": "membership_level",
    "type": "select",
    "action": "set",
    "value": "Gold",
    "source": "ai",
    "confidence": 0.9,
    "evidence": {"call_id": "CA1", "turn": 4, "quote": "I am a gold member"},
    "suggested_by": "0f3b1c2d4e5f",
    "suggested_at": "2026-11-22T05:00:00.000Z",
    "standing_version": "gAGTZ5XuQAABAgMEBQYH",
    "state": "pending",
    "decided_by": None,
    "decided_at": None,
    "expires_at": "2026-12-22T05:00:00.000Z",
}

SUGGESTED = SuccessResponse(
    status=202,
    description="A stronger source has set another value: the change is a suggestion",
    model=SuggestedChange,
    example={"suggestion": EXAMPLE},
)

_WHICH = in_path("suggestion_id", "The id of the suggestion", TEXT, _ID)
_MISSING = errors.SuggestionNotFound(_ID)
_DECIDED = errors.SuggestionDecided("accepted")
_BAD_QUERY = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must be the id of a contact", parameter="contact_id")]
)


def _decision(state: str) -> SuccessResponse:
    return SuccessResponse(
        description="The suggestion as it was decided",
        model=Suggestion,
        example={
            **EXAMPLE,
            "state": state,
            "decided_by": "9a8b7c6d5e4f",
            "decided_at": "2026-11-22T06:00:00.000Z",
        },
    )


def operations(paging: tuple[Parameter, ...]) -> Mapping[tuple[str, str], Operation]:
    """Describe the operations on suggestions.

    Args:
        paging: The parameters of paged lists.

    """
    return {
        ("list_suggestions", "GET"): Operation(
            operation_id="listSuggestions",
            summary="List suggestions",
            tag=TAG,
            description=(
                "Lists suggestions, newest first. A page can have fewer than `limit`, or none, "
                "although more follow: continue until `next_cursor` is null. A new suggestion "
                "can take a moment to appear."
            ),
            parameters=(
                in_query(
                    "contact_id",
                    "Only suggestions for this contact",
                    {"type": "string", "pattern": "^contact_[1-9][0-9]{0,17}$"},
                    example="contact_123",
                ),
                *paging,
            ),
            response=SuccessResponse(
                description="One page of suggestions",
                model=SuggestionList,
                example={"data": [EXAMPLE], "next_cursor": None},
            ),
            error_responses=(_BAD_QUERY,),
        ),
        ("accept_suggestion", "POST"): Operation(
            operation_id="acceptSuggestion",
            summary="Accept a suggestion",
            tag=TAG,
            description=(
                "Sets the suggested value, or removes the value, as the key that accepts: it "
                "needs a source that may replace what is stored."
            ),
            parameters=(_WHICH,),
            response=_decision("accepted"),
            error_responses=(
                _MISSING,
                _DECIDED,
                errors.InvalidValue("membership_level", "select", "it must be one of: Silver"),
                errors.ContextTooLarge(),
            ),
        ),
        ("reject_suggestion", "POST"): Operation(
            operation_id="rejectSuggestion",
            summary="Reject a suggestion",
            tag=TAG,
            description=(
                "Marks a suggestion as rejected. The same write by the same key does not become "
                "another suggestion while the same value stands."
            ),
            parameters=(_WHICH,),
            response=_decision("rejected"),
            error_responses=(_MISSING, _DECIDED),
        ),
    }
