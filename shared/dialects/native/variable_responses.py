"""Responses to requests about the variables of contacts and of the business."""

from collections.abc import Mapping
from typing import Any

from shared.dialects.native.instants import format_instant
from shared.dialects.native.suggestion_responses import (
    evidence_document,
    suggestion_document,
)
from shared.domain.entity_tags import tag_of
from shared.domain.subject_variables import AttributedValue, SubjectVariables
from shared.domain.suggestions import Suggestion
from shared.domain.value_changes import ChangedVariables, ChangeResult
from shared.gateway.response import Response
from shared.validation.value_forms import json_form


def variables_shown(found: SubjectVariables) -> Response:
    """Build the response to a request for the variables of a subject."""
    document: dict[str, Any] = {
        "variables": {each.value.name: _variable(each) for each in found.values}
    }
    if found.unset is not None:
        document["unset"] = {each.name: {"type": each.variable_type} for each in found.unset}
    if found.withheld:
        document["withheld"] = {
            each.name: {"type": each.variable_type, "reason": each.reason}
            for each in found.withheld
        }
    return Response(200, document, {"etag": str(found.tag)})


def variable_set(found: AttributedValue | Suggestion) -> Response:
    """Build the response to a request that sets one variable."""
    return _suggested(found) if isinstance(found, Suggestion) else variable_shown(found)


def variable_shown(found: AttributedValue) -> Response:
    """Build the response to a request for one variable."""
    document = {"name": found.value.name, **_variable(found)}
    return Response(200, document, {"etag": str(tag_of(found.value))})


def variable_removed(name: str, suggestion: Suggestion | None) -> Response:
    """Build the response to the removal of a value, or to the suggestion that it became."""
    if suggestion is not None:
        return _suggested(suggestion)
    return Response(200, {"name": name, "deleted": True})


def variables_changed(changed: ChangedVariables) -> Response:
    """Build the response to a request that changes several variables."""
    headers = {"idempotent-replayed": "true"} if changed.is_replay else {}
    return Response(200, {"results": change_results(changed.results)}, headers)


def change_results(results: Mapping[str, ChangeResult]) -> dict[str, Any]:
    """Build the documents of what became of each variable, by name."""
    return {name: _result(each) for name, each in results.items()}


def _suggested(suggestion: Suggestion) -> Response:
    return Response(202, {"suggestion": suggestion_document(suggestion)})


def _result(result: ChangeResult) -> dict[str, Any]:
    members = {
        "version": result.version,
        "suggestion_id": result.suggestion_id,
        "value": result.value,
    }
    present = {name: value for name, value in members.items() if value is not None}
    return {"outcome": result.outcome, **present}


def _variable(found: AttributedValue) -> dict[str, Any]:
    value = found.value
    document: dict[str, Any] = {
        "value": json_form(value.variable_type, value.value),
        "type": value.variable_type,
        "updated_at": format_instant(value.updated_at),
        "version": value.version,
        "source": value.source,
        "set_by": found.key_id,
    }
    if value.confidence is not None:
        document["confidence"] = value.confidence
    if found.evidence is not None:
        document["evidence"] = evidence_document(found.evidence)
    return document
