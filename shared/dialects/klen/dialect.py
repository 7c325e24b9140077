"""API keys and error responses of Klen AI's API.

Sources: Klen AI, "Authentication" for where the key is sent, "Development Guide" for the body of an
error, and the error table of each endpoint's page.
"""

from shared.domain import errors
from shared.gateway.default_errors import default_errors
from shared.gateway.dialect import Dialect, ErrorResponse, MappedError
from shared.gateway.request import Request

READ = "can_read_contacts"
WRITE = "can_write_contacts"

MAX_BODY_BYTES = 1_000_000


def _presented_key(request: Request) -> str | None:
    return request.bearer_token or request.header("x-api-key") or request.query("api_key")


def _document(mapped: MappedError) -> dict[str, str]:
    return {"error": mapped.response.code, "message": mapped.message}


_CODES = {
    400: "validation_error",
    401: "authentication_required",
    403: "permission_denied",
    404: "not_found",
    429: "rate_limit_exceeded",
    500: "server_error",
    501: "server_error",
}

KLEN = Dialect(
    name="klen",
    presented_key=_presented_key,
    error_responses={
        **default_errors(_CODES),
        errors.InvalidApiKey: ErrorResponse(401, "invalid_key", "Invalid or inactive API key"),
        errors.PermissionDenied: ErrorResponse(
            403, "permission_denied", "The API key lacks the required permission: {permission}"
        ),
        errors.RestrictedKey: ErrorResponse(
            403,
            "permission_denied",
            "This needs an API key without permissions, or with the permission '*'",
        ),
        errors.RateLimitExceeded: ErrorResponse(
            429, "rate_limit_exceeded", "Rate limit exceeded; try again in {retry_after} seconds"
        ),
        errors.MalformedBody: ErrorResponse(400, "invalid_json", "Invalid JSON payload: {reason}"),
        errors.BodyTooLarge: ErrorResponse(
            400, "invalid_json", "Invalid JSON payload: it is larger than {limit} bytes"
        ),
        errors.MissingField: ErrorResponse(400, "missing_parameter", "{field} is required"),
        errors.UndefinedVariable: ErrorResponse(
            400, "undefined_variable", "Variable '{name}' is not defined: {reason}"
        ),
        errors.InvalidValue: ErrorResponse(
            400,
            "invalid_value",
            "The value of '{name}' does not fit the type {variable_type}: {reason}",
        ),
        errors.ContactNotFound: ErrorResponse(
            404, "not_found", "Contact not found or you do not have access"
        ),
        errors.DefinitionNotFound: ErrorResponse(
            404, "not_found", "Variable definition not found or you do not have access"
        ),
        errors.DuplicateDefinition: ErrorResponse(
            400, "duplicate_variable", "A variable named '{name}' already exists"
        ),
        errors.TooManyDefinitions: ErrorResponse(
            400, "validation_error", "An account has at most {limit} variable definitions"
        ),
        errors.TooManyContacts: ErrorResponse(
            400, "validation_error", "An account has at most {limit} contacts"
        ),
        errors.DefaultDefinitionUnchangeable: ErrorResponse(
            403, "permission_denied", "The default variable '{name}' cannot be modified"
        ),
        errors.DefaultDefinitionUndeletable: ErrorResponse(
            403, "delete_not_allowed", "The default variable '{name}' cannot be deleted"
        ),
        errors.InternalFailure: ErrorResponse(
            500, "server_error", "An unexpected server error occurred"
        ),
    },
    error_document=_document,
)
