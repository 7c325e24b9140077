"""Forms of requests that several APIs share, as JSON Schemas."""

from openapi_documents.description import JsonObject
from shared.services.variables import MAX_VARIABLES_PER_REQUEST
from shared.validation.names import MAX_NAME_CHARS
from shared.validation.values import MAX_TEXT_BYTES

NAME_PATTERN = rf"^[\p{{L}}\p{{M}}\p{{N}}_]{{1,{MAX_NAME_CHARS}}}$"
"""The name of a variable: letters of every script, their marks, digits and underscores."""

NAME: JsonObject = {"pattern": NAME_PATTERN, "format": "variable-name"}
"""The same as a schema; the format says what no pattern can, that it is composed (NFC)."""

_LARGEST_NUMBER = 1e38


def texts(most: int, *names: str) -> JsonObject:
    """The properties of these names, as texts of at most so many characters."""
    return {name: {"maxLength": most} for name in names}


def variables() -> JsonObject:
    """Names of variables with their values; null removes one."""
    return {
        "maxProperties": MAX_VARIABLES_PER_REQUEST,
        "propertyNames": NAME,
        "additionalProperties": {
            "type": ["string", "number", "boolean", "null"],
            "maxLength": MAX_TEXT_BYTES,
            "exclusiveMinimum": -_LARGEST_NUMBER,
            "exclusiveMaximum": _LARGEST_NUMBER,
        },
    }
