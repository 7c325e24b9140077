"""The body of "Update metadata to an AI contact": any fields, flat or wrapped.

Apart from the other bodies, since it has no model: what is free has nothing to be held against.
"""

from shared.dialects.vambe.dialect import MAX_BODY_BYTES
from shared.dialects.vambe.fields import custom_fields
from shared.domain.variables import JsonValue
from shared.gateway.request import Request


def fields_of(request: Request) -> dict[str, JsonValue]:
    """The fields as they are sent: those of the body, or of the object that is all it holds.

    Vambe's text and examples show the fields flat, and its generated sample under `metadata`.
    """
    document = request.json_object(MAX_BODY_BYTES)
    wrapped = document.get("metadata")
    if len(document) == 1 and isinstance(wrapped, dict):
        return custom_fields(wrapped)
    return custom_fields(document)
