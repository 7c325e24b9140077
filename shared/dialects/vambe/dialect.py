"""API keys and error responses of Vambe's API.

Source: Vambe, "Update metadata to an AI contact", Error Responses. The page does not show the body
of an error, so this service defines it.
"""

from typing import Any

from shared.domain import errors
from shared.gateway.default_errors import default_errors
from shared.gateway.dialect import Dialect, ErrorResponse, MappedError

MAX_BODY_BYTES = 1_048_576
"""1 MB in its larger meaning, so that clients of both meanings are served."""

_BAD_REQUEST = "Bad Request"
_UNAUTHORIZED = "Unauthorized"
_NOT_FOUND = "Not Found"
_CONFLICT = "Conflict"
_TOO_LARGE = "Payload Too Large"

_CODES = {
    400: _BAD_REQUEST,
    401: _UNAUTHORIZED,
    403: "Forbidden",
    404: _NOT_FOUND,
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
}
_NO_KEY = ErrorResponse(401, _UNAUTHORIZED, "Invalid or missing API key")


def _document(mapped: MappedError) -> dict[str, Any]:
    return {
        "statusCode": mapped.response.status,
        "message": mapped.message,
        "error": mapped.response.code,
    }


VAMBE = Dialect(
    name="vambe",
    presented_key=lambda request: request.header("x-api-key"),
    error_responses={
        **default_errors(_CODES),
        errors.AuthenticationRequired: _NO_KEY,
        errors.InvalidApiKey: _NO_KEY,
        errors.MalformedBody: ErrorResponse(400, _BAD_REQUEST, "Invalid metadata format: {reason}"),
        errors.BodyTooLarge: ErrorResponse(
            413, _TOO_LARGE, "The body is larger than {limit} bytes"
        ),
        errors.TooManyVariables: ErrorResponse(
            413, _TOO_LARGE, "One request can set at most {limit} fields"
        ),
        errors.ContextTooLarge: ErrorResponse(
            413, _TOO_LARGE, "The fields are too large to be stored together"
        ),
        errors.UndefinedVariable: ErrorResponse(
            400, _BAD_REQUEST, "The field '{name}' cannot be set: {reason}"
        ),
        # Values that do not match their type are stored as text, so only the length can fail.
        errors.InvalidValue: ErrorResponse(
            413, _TOO_LARGE, "The field '{name}' cannot be kept as {variable_type}: {reason}"
        ),
        errors.TooManyDefinitions: ErrorResponse(
            400, _BAD_REQUEST, "An account has at most {limit} custom fields"
        ),
        errors.TooManyContacts: ErrorResponse(
            400, _BAD_REQUEST, "An account has at most {limit} contacts"
        ),
        errors.ConversationNotFound: ErrorResponse(404, _NOT_FOUND, "Ticket not found"),
        errors.SeveralContacts: ErrorResponse(409, _CONFLICT, "Several contacts have this {kind}"),
        errors.TagNotFound: ErrorResponse(400, _BAD_REQUEST, "There is no tag {tag_id}"),
        errors.InternalFailure: ErrorResponse(500, _CODES[500], "Something went wrong"),
    },
    error_document=_document,
)
