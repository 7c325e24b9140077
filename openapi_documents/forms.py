"""Forms of requests that several APIs share, and the refusals of what does not fit them."""

from typing import Any

from openapi_documents.description import JsonObject, Parameter
from shared.domain import errors
from shared.validation.names import MAX_NAME_CHARS
from shared.validation.values import MAX_TEXT_BYTES, MAX_VARIABLES_PER_REQUEST

NAME_PATTERN = rf"^[\p{{L}}\p{{M}}\p{{N}}_]{{1,{MAX_NAME_CHARS}}}$"
"""The name of a variable: letters of every script, their marks, digits and underscores."""

NAME: JsonObject = {"pattern": NAME_PATTERN, "format": "variable-name"}
"""The same as a schema; the format says what no pattern can, that it is composed (NFC)."""

VARIABLES_BY_NAME: JsonObject = {
    "maxProperties": MAX_VARIABLES_PER_REQUEST,
    "propertyNames": NAME,
}
"""Names of variables with anything."""

KEY: JsonObject = {"maxLength": MAX_NAME_CHARS, "pattern": r"[\p{L}\p{N}]"}
"""What becomes the name of a variable: it has a letter or a digit."""

METADATA: JsonObject = {"maxProperties": MAX_VARIABLES_PER_REQUEST, "propertyNames": KEY}
"""Such keys with anything."""

TEXT: JsonObject = {"type": "string"}

TOO_LONG = errors.InvalidValue("notes", "text", f"it is longer than {MAX_TEXT_BYTES} bytes")
FULL = errors.TooManyDefinitions(5000)
"""The refusal of a definition beyond those that an account can have by the template's default."""

TOO_MUCH = (
    errors.TooManyVariables(MAX_VARIABLES_PER_REQUEST),
    errors.ContextTooLarge(),
    FULL,
)
"""The refusals of more variables than a request can set, or their owner or account can have."""

_LARGEST_NUMBER = 1e38


def in_path(name: str, description: str, schema: JsonObject, example: Any) -> Parameter:
    """A parameter of a path."""
    return Parameter(
        name=name, place="path", description=description, schema=schema, example=example
    )


def in_query(
    name: str,
    description: str,
    schema: JsonObject = TEXT,
    *,
    example: Any = None,
    required: bool = False,
    may_be_empty: bool = False,
) -> Parameter:
    """A parameter of a query; any text unless told otherwise."""
    return Parameter(
        name=name,
        place="query",
        description=description,
        schema=schema,
        example=example,
        required=required,
        may_be_empty=may_be_empty,
    )


def number_or_any(**bounds: int) -> JsonObject:
    """A number within these bounds, or any text, which is taken for no number at all."""
    return {"anyOf": [{"type": "integer", **bounds}, TEXT]}


def texts(most: int, *names: str) -> JsonObject:
    """The properties of these names, as texts of at most so many characters."""
    return {name: {"maxLength": most} for name in names}


def variables() -> JsonObject:
    """Names of variables with their values; null removes one."""
    return {
        **VARIABLES_BY_NAME,
        "additionalProperties": {
            "type": ["string", "number", "boolean", "null"],
            "maxLength": MAX_TEXT_BYTES,
            "exclusiveMinimum": -_LARGEST_NUMBER,
            "exclusiveMaximum": _LARGEST_NUMBER,
        },
    }
