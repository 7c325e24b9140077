"""The body of "Update metadata to an AI contact": any fields, flat or wrapped.

It has no request model, as every field is allowed. A module of its own keeps pydantic-core out of
the cold start.
"""

from shared.dialects.vambe.dialect import MAX_BODY_BYTES
from shared.dialects.vambe.fields import custom_fields
from shared.domain.json_values import JsonValue
from shared.gateway.request import Request


def fields_of(request: Request) -> dict[str, JsonValue]:
    """Return the fields of the body, or of `metadata` if the body has no other member.

    Vambe's text and examples show flat fields, its generated sample shows them under `metadata`.
    """
    document = request.json_object(MAX_BODY_BYTES)
    wrapped = document.get("metadata")
    if len(document) == 1 and isinstance(wrapped, dict):
        return custom_fields(wrapped)
    return custom_fields(document)
