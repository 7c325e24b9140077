"""API keys and error responses of Klen AI's API.

Sources: Klen AI, "Authentication" for where the key is sent, "Development Guide" for the body of an
error, and the error table of each endpoint's page.
"""

from shared.domain import errors
from shared.gateway.dialect import Dialect, ErrorResponse, MappedError
from shared.gateway.request import Request

READ = "can_read_contacts"
WRITE = "can_write_contacts"

MAX_BODY_BYTES = 1_000_000


def _presented_key(request: Request) -> str | None:
    return request.bearer_token or request.header("x-api-key") or request.query("api_key")


def _document(mapped: MappedError) -> dict[str, str]:
    return {"error": mapped.response.code, "message": mapped.message}


KLEN = Dialect(
    name="klen",
    presented_key=_presented_key,
    error_responses={
        errors.AuthenticationRequired: ErrorResponse(
            401, "authentication_required", "No API key was provided"
        ),
        errors.InvalidApiKey: ErrorResponse(401, "invalid_key", "Invalid or inactive API key"),
        errors.PermissionDenied: ErrorResponse(
            403, "permission_denied", "The API key lacks the required permission: {permission}"
        ),
        errors.RestrictedKey: ErrorResponse(
            403,
            "permission_denied",
            "This needs an API key without permissions, or with the permission '*'",
        ),
        errors.ReadOnlyKey: ErrorResponse(403, "permission_denied", "The API key is read-only"),
        errors.RateLimitExceeded: ErrorResponse(
            429, "rate_limit_exceeded", "Rate limit exceeded; try again in {retry_after} seconds"
        ),
        errors.MalformedBody: ErrorResponse(400, "invalid_json", "Invalid JSON payload: {reason}"),
        errors.BodyTooLarge: ErrorResponse(
            400, "invalid_json", "Invalid JSON payload: it is larger than {limit} bytes"
        ),
        errors.MissingField: ErrorResponse(400, "missing_parameter", "{field} is required"),
        errors.InvalidField: ErrorResponse(
            400, "validation_error", "{field} is not valid: {reason}"
        ),
        errors.TooManyVariables: ErrorResponse(
            400, "validation_error", "At most {limit} variables can be set in one request"
        ),
        errors.ContextTooLarge: ErrorResponse(
            400, "validation_error", "The values are too many or too large to be stored together"
        ),
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
        errors.SeveralContacts: ErrorResponse(
            400, "validation_error", "Several contacts have this {kind}"
        ),
        errors.DefinitionNotFound: ErrorResponse(
            404, "not_found", "Variable definition not found or you do not have access"
        ),
        errors.ConversationNotFound: ErrorResponse(404, "not_found", "Conversation not found"),
        errors.TagNotFound: ErrorResponse(404, "not_found", "Tag '{tag_id}' not found"),
        errors.AgentNotFound: ErrorResponse(404, "not_found", "Agent not found"),
        errors.AgentInUse: ErrorResponse(400, "validation_error", "The agent has {hooks} hooks"),
        errors.InvalidDeclaration: ErrorResponse(400, "validation_error", "{summary}"),
        errors.HookNotFound: ErrorResponse(404, "not_found", "Hook not found"),
        errors.CallNotFound: ErrorResponse(404, "not_found", "Call not found"),
        errors.SuggestionNotFound: ErrorResponse(404, "not_found", "Suggestion not found"),
        errors.SuggestionDecided: ErrorResponse(
            400, "validation_error", "The suggestion is {state} already"
        ),
        errors.InvalidRequest: ErrorResponse(400, "validation_error", "{summary}"),
        errors.PreconditionFailed: ErrorResponse(
            400, "validation_error", "The stored version is another one"
        ),
        errors.IdempotencyKeyReused: ErrorResponse(
            400, "validation_error", "Another request was sent with this idempotency key"
        ),
        errors.RequestInProgress: ErrorResponse(
            400, "validation_error", "A request with this idempotency key is in progress"
        ),
        errors.ImportNotFound: ErrorResponse(404, "not_found", "Import not found"),
        errors.ImportNotEnded: ErrorResponse(
            400, "validation_error", "The import has not ended yet"
        ),
        errors.ImportWithoutFile: ErrorResponse(
            400, "validation_error", "The import ended without a file"
        ),
        errors.ImportEnded: ErrorResponse(400, "validation_error", "The import has ended"),
        errors.WebhookNotFound: ErrorResponse(404, "not_found", "Webhook not found"),
        errors.TooManyImports: ErrorResponse(
            400,
            "validation_error",
            "An account has at most {limit} imports that have not ended",
        ),
        errors.WebhookForbidden: ErrorResponse(
            403, "permission_denied", "The webhook cannot be changed: {reason}"
        ),
        errors.WebhookInactive: ErrorResponse(
            400, "validation_error", "Nothing is sent to the webhook: {reason}"
        ),
        errors.DeliveryNotFound: ErrorResponse(404, "not_found", "Delivery not found"),
        errors.DeliveryNotRepeatable: ErrorResponse(
            400, "validation_error", "The delivery cannot be sent again: {reason}"
        ),
        errors.TooManyWebhooks: ErrorResponse(
            400, "validation_error", "An account has at most {limit} webhooks"
        ),
        errors.VariableNotSet: ErrorResponse(404, "not_found", "Variable '{name}' is not set"),
        errors.TooSoon: ErrorResponse(
            429, "rate_limit_exceeded", "Try again in {retry_after} seconds"
        ),
        errors.DuplicateDefinition: ErrorResponse(
            400, "duplicate_variable", "A variable named '{name}' already exists"
        ),
        errors.TooManyDefinitions: ErrorResponse(
            400, "validation_error", "An account has at most {limit} variable definitions"
        ),
        errors.DefaultDefinitionUnchangeable: ErrorResponse(
            403, "permission_denied", "The default variable '{name}' cannot be modified"
        ),
        errors.DefaultDefinitionUndeletable: ErrorResponse(
            403, "delete_not_allowed", "The default variable '{name}' cannot be deleted"
        ),
        errors.AnswerTooLarge: ErrorResponse(
            500, "server_error", "The answer is larger than {limit} bytes"
        ),
        errors.Unavailable: ErrorResponse(
            500, "server_error", "The service could not answer in time; try again"
        ),
        errors.NotDeployed: ErrorResponse(
            501, "server_error", "This deployment has no {resource}, which this request needs"
        ),
        errors.InternalFailure: ErrorResponse(
            500, "server_error", "An unexpected server error occurred"
        ),
    },
    error_document=_document,
)
