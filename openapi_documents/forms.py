"""Models, schemas and examples of errors that several APIs share."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from openapi_documents.description import TEXT, JsonObject, header
from shared.domain import errors
from shared.validation.names import MAX_NAME_CHARS
from shared.validation.values import MAX_TEXT_BYTES, MAX_VARIABLES_PER_REQUEST

NAME_PATTERN = rf"^[\p{{L}}\p{{M}}\p{{N}}_]{{1,{MAX_NAME_CHARS}}}$"
"""A variable name: letters of any script, combining marks, digits and underscores."""

NAME: JsonObject = {"pattern": NAME_PATTERN, "format": "variable-name"}
"""The schema of a variable name. The format requires NFC, which a pattern cannot express."""

VARIABLES_BY_NAME: JsonObject = {"maxProperties": MAX_VARIABLES_PER_REQUEST, "propertyNames": NAME}
"""An object of variable names with any values."""

KEY: JsonObject = {"maxLength": MAX_NAME_CHARS, "pattern": r"[\p{L}\p{N}]"}
"""A key that is converted to a variable name. It needs a letter or a digit."""

METADATA: JsonObject = {"maxProperties": MAX_VARIABLES_PER_REQUEST, "propertyNames": KEY}
"""An object of such keys with any values."""

LIMITED_TO_NEWEST = {
    "Limited-To-Newest": header(
        "How many of the newest contacts were read, in an account that has more", required=False
    )
}
"""The header of lists and searches that do not read every contact of a large account."""

LIMITED_TO_OLDEST = {
    "Limited-To-Oldest": header(
        "How many contacts a list without a limit has at most, the oldest since its time, in an "
        "account that has more",
        required=False,
    )
}
"""The header of lists from a time on that end before the newest contacts of a large account."""

TOO_LONG = errors.InvalidValue("notes", "text", f"it is longer than {MAX_TEXT_BYTES} bytes")
FULL = errors.TooManyDefinitions(5000)
"""An account exceeds its limit of definitions, at the template's default."""

NO_ROOM = errors.TooManyContacts(5_000_000)
"""An account exceeds its limit of contacts, at the template's default."""

TOO_MUCH = (errors.TooManyVariables(MAX_VARIABLES_PER_REQUEST), errors.ContextTooLarge(), FULL)
"""The errors of exceeding the limits of variables: per request, per subject, per account."""

_LARGEST_NUMBER = 1e38
_NO_EXAMPLE = object()


def member(
    description: str | None = None,
    *,
    example: Any = _NO_EXAMPLE,
    optional: bool = False,
    **more: Any,
) -> Any:
    """Describe a member of a response. An optional one is not in every response."""
    if example is not _NO_EXAMPLE:
        more["examples"] = [example]
    if optional:
        more["default"] = None
    return Field(description=description, **more)


class CamelModel(BaseModel):
    """Base class of response bodies whose members are in camel case."""

    model_config = ConfigDict(alias_generator=to_camel)


class ErrorResponse(CamelModel):
    """The body of an error response."""

    status_code: int
    message: str = member("A message for people")
    error: str = member("The status in words")


def number_or_any(**bounds: int) -> JsonObject:
    """Build the schema of a number within bounds that also accepts other text, which is ignored."""
    return {"anyOf": [{"type": "integer", **bounds}, TEXT]}


def texts(most: int, *names: str) -> JsonObject:
    """Build properties of these names, limited to `most` characters."""
    return {name: {"maxLength": most} for name in names}


def variables() -> JsonObject:
    """Build the schema of an object of variables. Null removes a variable."""
    return {
        **VARIABLES_BY_NAME,
        "additionalProperties": {
            "type": ["string", "number", "boolean", "null"],
            "maxLength": MAX_TEXT_BYTES,
            "exclusiveMinimum": -_LARGEST_NUMBER,
            "exclusiveMaximum": _LARGEST_NUMBER,
        },
    }
