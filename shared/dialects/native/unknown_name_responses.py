"""Responses to requests about names that writes were refused for."""

from collections.abc import Sequence
from typing import Any

from shared.dialects.native.instants import format_instant
from shared.domain.unknown_names import OfferedName
from shared.gateway.response import Response


def unknown_name_list(offered: Sequence[OfferedName]) -> Response:
    """Build the response to a request for unknown names."""
    return Response(200, {"data": [_document(each) for each in offered]})


def _document(offered: OfferedName) -> dict[str, Any]:
    noted = offered.noted
    return {
        "name": noted.unknown.name,
        "context_type": noted.unknown.context_type,
        "requests": noted.requests,
        "first_seen": format_instant(noted.first_seen),
        "last_seen": format_instant(noted.last_seen),
        "suggestions": [
            {
                "definition_id": each.definition.external_id,
                "name": each.definition.name,
                "display_name": each.definition.display_name,
                "similarity": each.similarity,
            }
            for each in offered.suggestions
        ],
    }
