"""Requests for suggestions, and the responses to them."""

import re
from typing import Any

from shared.dialects.native.instants import format_instant
from shared.dialects.native.paging import Listed, page, page_parameters
from shared.dialects.native.parameters import CONTACT_ID
from shared.domain.definitions import ContextType
from shared.domain.errors import Fault
from shared.domain.suggestions import Suggestion, SuggestionPage
from shared.domain.values import Evidence, Subject
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.validation.value_forms import json_form

_POSITION = re.compile(r"SUGGESTION#[0-9]{15}#[0-9a-f]{20}")


def suggestions_query(request: Request) -> tuple[Subject | None, str | None, int]:
    """Parse the query of a list of suggestions.

    Returns:
        The contact, None for all; the position after which the page starts; and its size.

    Raises:
        InvalidRequest: The query is not valid. Has all faults.

    """
    faults: list[Fault] = []
    given = request.query("contact_id")
    named = None if given is None else CONTACT_ID.fullmatch(given)
    if given is not None and named is None:
        reason = "it must be the id of a contact, such as contact_123"
        faults.append(Fault("invalid_value", reason, parameter="contact_id"))
    position, limit = page_parameters(request, Listed.SUGGESTIONS, faults, _POSITION)
    return (Subject.contact(int(named[1])) if named else None), position, limit


def suggestion_list(found: SuggestionPage) -> Response:
    """Build the response to a request for suggestions."""
    return page(
        [suggestion_document(each) for each in found.suggestions],
        found.following,
        Listed.SUGGESTIONS,
    )


def suggestion_shown(suggestion: Suggestion) -> Response:
    """Build the response to a decision about a suggestion."""
    return Response(200, suggestion_document(suggestion))


def suggestion_document(suggestion: Suggestion) -> dict[str, Any]:
    """Build the document of a suggestion."""
    by = suggestion.suggested_by
    document: dict[str, Any] = {
        "id": suggestion.suggestion_id,
        "subject": suggestion.subject.context_type,
        "subject_id": _subject_id(suggestion.subject),
        "variable": suggestion.name,
        "type": suggestion.variable_type,
        "action": "remove" if suggestion.value is None else "set",
        "source": suggestion.source,
        "suggested_by": by.key_id or None,
        "suggested_at": format_instant(by.at),
        "standing_version": suggestion.standing_version,
        "state": suggestion.state,
        "decided_by": suggestion.decided_by or None,
        "decided_at": format_instant(suggestion.decided_at),
        "expires_at": format_instant(suggestion.expires_at.replace(microsecond=0)),
    }
    if suggestion.value is not None:
        document["value"] = json_form(suggestion.variable_type, suggestion.value)
    if suggestion.confidence is not None:
        document["confidence"] = suggestion.confidence
    if suggestion.evidence is not None:
        document["evidence"] = evidence_document(suggestion.evidence)
    return document


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    """Build the document of an evidence."""
    return {"call_id": evidence.call_id, "turn": evidence.turn, "quote": evidence.quote}


def _subject_id(subject: Subject) -> str | None:
    if subject.context_type is ContextType.CONTACT:
        return f"contact_{subject.subject_id}"
    return subject.subject_id or None
