"""API keys and error responses of Setter AI's API.

Sources: Setter AI, "Update Contact", Important Notes and Error Handling, and "Send Message", Rate
Limiting. The pages do not show the body of an error, so this service defines it.
"""

from shared.domain import errors
from shared.gateway.default_errors import default_errors
from shared.gateway.dialect import Dialect, ErrorResponse, MappedError

MAX_BODY_BYTES = 1_000_000


def _document(mapped: MappedError) -> dict[str, str]:
    return {"error": mapped.response.code, "message": mapped.message}


_BAD_REQUEST = "Bad Request"

_CODES = {
    400: _BAD_REQUEST,
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
}

SETTER = Dialect(
    name="setter",
    presented_key=lambda request: request.bearer_token,
    error_responses={
        **default_errors(_CODES),
        errors.TooManyVariables: ErrorResponse(
            400, _BAD_REQUEST, "metadata can have at most {limit} keys in one request"
        ),
        errors.ContextTooLarge: ErrorResponse(
            400, _BAD_REQUEST, "metadata is too large to be stored together"
        ),
        errors.UndefinedVariable: ErrorResponse(
            400, _BAD_REQUEST, "metadata.{name} cannot be set: {reason}"
        ),
        errors.InvalidValue: ErrorResponse(
            400, _BAD_REQUEST, "metadata.{name} cannot be kept as {variable_type}: {reason}"
        ),
        errors.TooManyDefinitions: ErrorResponse(
            400, _BAD_REQUEST, "An account has at most {limit} metadata keys"
        ),
        errors.TooManyContacts: ErrorResponse(
            400, _BAD_REQUEST, "An account has at most {limit} contacts"
        ),
        errors.ContactNotFound: ErrorResponse(
            404, _CODES[404], "No contacts found with the provided identifier"
        ),
        errors.SeveralContacts: ErrorResponse(
            409, "Conflict", "Multiple contacts matched the identifier"
        ),
        errors.TooSoon: ErrorResponse(
            429,
            _CODES[429],
            "A message to this number was taken not long ago; try again in {retry_after} seconds",
        ),
    },
    error_document=_document,
)
