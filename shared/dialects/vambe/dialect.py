"""API keys and error responses of Vambe's API.

Source: Vambe, "Update metadata to an AI contact", Error Responses. The page does not show the body
of an error, so this service defines it.
"""

from typing import Any

from shared.domain import errors
from shared.gateway.dialect import Dialect, ErrorResponse, MappedError

MAX_BODY_BYTES = 1_048_576
"""1 MB in its larger meaning, so that clients of both meanings are served."""

_BAD_REQUEST = "Bad Request"
_UNAUTHORIZED = "Unauthorized"
_FORBIDDEN = "Forbidden"
_NOT_FOUND = "Not Found"
_CONFLICT = "Conflict"
_TOO_LARGE = "Payload Too Large"
_TOO_MANY = "Too Many Requests"
_SERVER_ERROR = "Internal Server Error"


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
        errors.AuthenticationRequired: ErrorResponse(
            401, _UNAUTHORIZED, "Invalid or missing API key"
        ),
        errors.InvalidApiKey: ErrorResponse(401, _UNAUTHORIZED, "Invalid or missing API key"),
        errors.PermissionDenied: ErrorResponse(403, _FORBIDDEN, "The API key lacks: {permission}"),
        errors.RestrictedKey: ErrorResponse(
            403,
            _FORBIDDEN,
            "This API needs an API key without permissions, or with the permission '*'",
        ),
        errors.ReadOnlyKey: ErrorResponse(403, _FORBIDDEN, "The API key is read-only"),
        errors.RateLimitExceeded: ErrorResponse(
            429, _TOO_MANY, "Try again in {retry_after} seconds"
        ),
        errors.TooSoon: ErrorResponse(429, _TOO_MANY, "Try again in {retry_after} seconds"),
        errors.MalformedBody: ErrorResponse(400, _BAD_REQUEST, "Invalid metadata format: {reason}"),
        errors.BodyTooLarge: ErrorResponse(
            413, _TOO_LARGE, "The body is larger than {limit} bytes"
        ),
        errors.MissingField: ErrorResponse(400, _BAD_REQUEST, "{field} is required"),
        errors.InvalidField: ErrorResponse(400, _BAD_REQUEST, "{field} is not valid: {reason}"),
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
        errors.ContactNotFound: ErrorResponse(404, _NOT_FOUND, "Contact not found"),
        errors.ConversationNotFound: ErrorResponse(404, _NOT_FOUND, "Ticket not found"),
        errors.SeveralContacts: ErrorResponse(409, _CONFLICT, "Several contacts have this {kind}"),
        errors.TagNotFound: ErrorResponse(400, _BAD_REQUEST, "There is no tag {tag_id}"),
        errors.AgentNotFound: ErrorResponse(404, _NOT_FOUND, "Agent not found"),
        errors.AgentInUse: ErrorResponse(409, _CONFLICT, "The agent has {hooks} hooks"),
        errors.InvalidDeclaration: ErrorResponse(400, _BAD_REQUEST, "{summary}"),
        errors.HookNotFound: ErrorResponse(404, _NOT_FOUND, "Hook not found"),
        errors.CallNotFound: ErrorResponse(404, _NOT_FOUND, "Call not found"),
        errors.SuggestionNotFound: ErrorResponse(404, _NOT_FOUND, "Suggestion not found"),
        errors.SuggestionDecided: ErrorResponse(
            409, _CONFLICT, "The suggestion is {state} already"
        ),
        errors.InvalidRequest: ErrorResponse(400, _BAD_REQUEST, "{summary}"),
        errors.PreconditionFailed: ErrorResponse(
            400, _BAD_REQUEST, "The stored version is another one"
        ),
        errors.IdempotencyKeyReused: ErrorResponse(
            400, _BAD_REQUEST, "Another request was sent with this idempotency key"
        ),
        errors.RequestInProgress: ErrorResponse(
            400, _BAD_REQUEST, "A request with this idempotency key is in progress"
        ),
        errors.ImportNotFound: ErrorResponse(404, _NOT_FOUND, "Import not found"),
        errors.ImportNotEnded: ErrorResponse(400, _BAD_REQUEST, "The import has not ended yet"),
        errors.ImportWithoutFile: ErrorResponse(
            400, _BAD_REQUEST, "The import ended without a file"
        ),
        errors.ImportEnded: ErrorResponse(400, _BAD_REQUEST, "The import has ended"),
        errors.WebhookNotFound: ErrorResponse(404, _NOT_FOUND, "Webhook not found"),
        errors.TooManyImports: ErrorResponse(
            400, _BAD_REQUEST, "An account has at most {limit} imports that have not ended"
        ),
        errors.WebhookForbidden: ErrorResponse(
            403, _FORBIDDEN, "The webhook cannot be changed: {reason}"
        ),
        errors.WebhookInactive: ErrorResponse(
            409, _CONFLICT, "Nothing is sent to the webhook: {reason}"
        ),
        errors.DeliveryNotFound: ErrorResponse(404, _NOT_FOUND, "Delivery not found"),
        errors.DeliveryNotRepeatable: ErrorResponse(
            409, _CONFLICT, "The delivery cannot be sent again: {reason}"
        ),
        errors.TooManyWebhooks: ErrorResponse(
            400, _BAD_REQUEST, "An account has at most {limit} webhooks"
        ),
        errors.VariableNotSet: ErrorResponse(404, _NOT_FOUND, "The field '{name}' is not set"),
        errors.DefinitionNotFound: ErrorResponse(404, _NOT_FOUND, "Custom field not found"),
        errors.DuplicateDefinition: ErrorResponse(
            409, _CONFLICT, "The field '{name}' is defined already"
        ),
        errors.TooManyDefinitions: ErrorResponse(
            400, _BAD_REQUEST, "An account has at most {limit} custom fields"
        ),
        errors.DefaultDefinitionUnchangeable: ErrorResponse(
            403, _FORBIDDEN, "The field '{name}' cannot be changed"
        ),
        errors.DefaultDefinitionUndeletable: ErrorResponse(
            403, _FORBIDDEN, "The field '{name}' cannot be deleted"
        ),
        errors.AnswerTooLarge: ErrorResponse(
            500, _SERVER_ERROR, "The answer is larger than {limit} bytes"
        ),
        errors.Unavailable: ErrorResponse(
            500, _SERVER_ERROR, "The service could not answer in time; try again"
        ),
        errors.NotDeployed: ErrorResponse(
            501, "Not Implemented", "This deployment has no {resource}, which this request needs"
        ),
        errors.InternalFailure: ErrorResponse(500, _SERVER_ERROR, "Something went wrong"),
    },
    error_document=_document,
)
