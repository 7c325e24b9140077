"""API keys and error responses of Setter AI's API.

Sources: Setter AI, "Update Contact", Important Notes and Error Handling, and "Send Message", Rate
Limiting. The pages do not show the body of an error, so this service defines it.
"""

from shared.domain import errors
from shared.gateway.dialect import Dialect, ErrorResponse, MappedError

MAX_BODY_BYTES = 1_000_000


def _document(mapped: MappedError) -> dict[str, str]:
    return {"error": mapped.response.code, "message": mapped.message}


_UNAUTHORIZED = "Unauthorized"
_BAD_REQUEST = "Bad Request"
_FORBIDDEN = "Forbidden"
_NOT_FOUND = "Not Found"

SETTER = Dialect(
    name="setter",
    presented_key=lambda request: request.bearer_token,
    error_responses={
        errors.AuthenticationRequired: ErrorResponse(401, _UNAUTHORIZED, "No API key was provided"),
        errors.InvalidApiKey: ErrorResponse(401, _UNAUTHORIZED, "The API key is not valid"),
        errors.PermissionDenied: ErrorResponse(403, _FORBIDDEN, "The API key lacks: {permission}"),
        errors.RestrictedKey: ErrorResponse(
            403,
            _FORBIDDEN,
            "This API needs an API key without permissions, or with the permission '*'",
        ),
        errors.ReadOnlyKey: ErrorResponse(403, _FORBIDDEN, "The API key is read-only"),
        errors.RateLimitExceeded: ErrorResponse(
            429, "Too Many Requests", "Try again in {retry_after} seconds"
        ),
        errors.MalformedBody: ErrorResponse(400, _BAD_REQUEST, "The body is not valid: {reason}"),
        errors.BodyTooLarge: ErrorResponse(
            400, _BAD_REQUEST, "The body is larger than {limit} bytes"
        ),
        errors.MissingField: ErrorResponse(400, _BAD_REQUEST, "{field} is required"),
        errors.InvalidField: ErrorResponse(400, _BAD_REQUEST, "{field} is not valid: {reason}"),
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
        errors.ContactNotFound: ErrorResponse(
            404, _NOT_FOUND, "No contacts found with the provided identifier"
        ),
        errors.SeveralContacts: ErrorResponse(
            409, "Conflict", "Multiple contacts matched the identifier"
        ),
        errors.DefinitionNotFound: ErrorResponse(404, _NOT_FOUND, "No such definition"),
        errors.ConversationNotFound: ErrorResponse(404, _NOT_FOUND, "Conversation not found"),
        errors.TagNotFound: ErrorResponse(404, _NOT_FOUND, "Tag '{tag_id}' not found"),
        errors.AgentNotFound: ErrorResponse(404, _NOT_FOUND, "Agent not found"),
        errors.AgentInUse: ErrorResponse(400, _BAD_REQUEST, "The agent has {hooks} hooks"),
        errors.InvalidDeclaration: ErrorResponse(400, _BAD_REQUEST, "{summary}"),
        errors.HookNotFound: ErrorResponse(404, _NOT_FOUND, "Hook not found"),
        errors.CallNotFound: ErrorResponse(404, _NOT_FOUND, "Call not found"),
        errors.SuggestionNotFound: ErrorResponse(404, _NOT_FOUND, "Suggestion not found"),
        errors.SuggestionDecided: ErrorResponse(
            400, _BAD_REQUEST, "The suggestion is {state} already"
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
            400, _BAD_REQUEST, "An organization has at most {limit} imports that have not ended"
        ),
        errors.WebhookForbidden: ErrorResponse(
            403, _FORBIDDEN, "The webhook cannot be changed: {reason}"
        ),
        errors.WebhookInactive: ErrorResponse(
            400, _BAD_REQUEST, "Nothing is sent to the webhook: {reason}"
        ),
        errors.DeliveryNotFound: ErrorResponse(404, _NOT_FOUND, "Delivery not found"),
        errors.DeliveryNotRepeatable: ErrorResponse(
            400, _BAD_REQUEST, "The delivery cannot be sent again: {reason}"
        ),
        errors.TooManyWebhooks: ErrorResponse(
            400, _BAD_REQUEST, "An organization has at most {limit} webhooks"
        ),
        errors.VariableNotSet: ErrorResponse(404, _NOT_FOUND, "Variable '{name}' is not set"),
        errors.TooSoon: ErrorResponse(
            429,
            "Too Many Requests",
            "A message to this number was taken not long ago; try again in {retry_after} seconds",
        ),
        errors.DuplicateDefinition: ErrorResponse(400, _BAD_REQUEST, "'{name}' is defined already"),
        errors.TooManyDefinitions: ErrorResponse(
            400, _BAD_REQUEST, "An account has at most {limit} metadata keys"
        ),
        errors.DefaultDefinitionUnchangeable: ErrorResponse(
            403, _FORBIDDEN, "'{name}' cannot be changed"
        ),
        errors.DefaultDefinitionUndeletable: ErrorResponse(
            403, _FORBIDDEN, "'{name}' cannot be deleted"
        ),
        errors.AnswerTooLarge: ErrorResponse(
            500, "Internal Server Error", "The answer is larger than {limit} bytes"
        ),
        errors.Unavailable: ErrorResponse(
            500, "Internal Server Error", "The service could not answer in time; try again"
        ),
        errors.NotDeployed: ErrorResponse(
            501, "Not Implemented", "This deployment has no {resource}, which this request needs"
        ),
        errors.InternalFailure: ErrorResponse(
            500, "Internal Server Error", "An unexpected error occurred"
        ),
    },
    error_document=_document,
)
