"""How Setter AI's API takes keys and words refusals.

Source: Setter AI, "Update Contact", Important Notes and Error Handling, and "Send Message", Rate
Limiting; the pages show no body of an error, so its form is this service's.
"""

from shared.domain import errors
from shared.gateway.dialect import Dialect, Refusal, Refused

MAX_BODY_BYTES = 1_000_000


def _document(refused: Refused) -> dict[str, str]:
    return {"error": refused.row.code, "message": refused.message}


_UNAUTHORIZED = "Unauthorized"
_BAD_REQUEST = "Bad Request"
_FORBIDDEN = "Forbidden"
_NOT_FOUND = "Not Found"

SETTER = Dialect(
    name="setter",
    presented_key=lambda request: request.bearer_token,
    refusals={
        errors.AuthenticationRequired: Refusal(401, _UNAUTHORIZED, "No API key was provided"),
        errors.InvalidApiKey: Refusal(401, _UNAUTHORIZED, "The API key is not valid"),
        errors.PermissionDenied: Refusal(403, _FORBIDDEN, "The API key lacks: {permission}"),
        errors.RestrictedKey: Refusal(
            403,
            _FORBIDDEN,
            "This API needs an API key without permissions, or with the permission '*'",
        ),
        errors.ReadOnlyKey: Refusal(403, _FORBIDDEN, "The API key is read-only"),
        errors.RateLimitExceeded: Refusal(
            429, "Too Many Requests", "Try again in {retry_after} seconds"
        ),
        errors.MalformedBody: Refusal(400, _BAD_REQUEST, "The body is not valid: {reason}"),
        errors.BodyTooLarge: Refusal(400, _BAD_REQUEST, "The body is larger than {limit} bytes"),
        errors.MissingField: Refusal(400, _BAD_REQUEST, "{field} is required"),
        errors.InvalidField: Refusal(400, _BAD_REQUEST, "{field} is not valid: {reason}"),
        errors.TooManyVariables: Refusal(
            400, _BAD_REQUEST, "metadata can have at most {limit} keys in one request"
        ),
        errors.ContextTooLarge: Refusal(
            400, _BAD_REQUEST, "metadata is too large to be stored together"
        ),
        errors.UndefinedVariable: Refusal(
            400, _BAD_REQUEST, "metadata.{name} cannot be set: {reason}"
        ),
        errors.InvalidValue: Refusal(
            400, _BAD_REQUEST, "metadata.{name} cannot be kept as {variable_type}: {reason}"
        ),
        errors.ContactNotFound: Refusal(
            404, _NOT_FOUND, "No contacts found with the provided identifier"
        ),
        errors.SeveralContacts: Refusal(
            409, "Conflict", "Multiple contacts matched the identifier"
        ),
        errors.DefinitionNotFound: Refusal(404, _NOT_FOUND, "No such definition"),
        errors.ConversationNotFound: Refusal(404, _NOT_FOUND, "Conversation not found"),
        errors.TagNotFound: Refusal(404, _NOT_FOUND, "Tag '{tag_id}' not found"),
        errors.InvalidRequest: Refusal(400, _BAD_REQUEST, "{summary}"),
        errors.ImportNotFound: Refusal(404, _NOT_FOUND, "Import not found"),
        errors.ImportNotEnded: Refusal(400, _BAD_REQUEST, "The import has not ended yet"),
        errors.ImportWithoutFile: Refusal(400, _BAD_REQUEST, "The import ended without a file"),
        errors.ImportEnded: Refusal(400, _BAD_REQUEST, "The import has ended"),
        errors.WebhookNotFound: Refusal(404, _NOT_FOUND, "Webhook not found"),
        errors.TooManyImports: Refusal(
            400, _BAD_REQUEST, "An organization has at most {limit} imports that have not ended"
        ),
        errors.WebhookForbidden: Refusal(
            403, _FORBIDDEN, "The webhook cannot be changed: {reason}"
        ),
        errors.WebhookInactive: Refusal(
            400, _BAD_REQUEST, "Nothing is sent to the webhook: {reason}"
        ),
        errors.DeliveryNotFound: Refusal(404, _NOT_FOUND, "Delivery not found"),
        errors.DeliveryNotRepeatable: Refusal(
            400, _BAD_REQUEST, "The delivery cannot be sent again: {reason}"
        ),
        errors.TooManyWebhooks: Refusal(
            400, _BAD_REQUEST, "An organization has at most {limit} webhooks"
        ),
        errors.VariableNotSet: Refusal(404, _NOT_FOUND, "Variable '{name}' is not set"),
        errors.TooSoon: Refusal(
            429,
            "Too Many Requests",
            "A message to this number was taken not long ago; try again in {retry_after} seconds",
        ),
        errors.DuplicateDefinition: Refusal(400, _BAD_REQUEST, "'{name}' is defined already"),
        errors.TooManyDefinitions: Refusal(
            400, _BAD_REQUEST, "An account has at most {limit} metadata keys"
        ),
        errors.DefaultDefinitionUnchangeable: Refusal(
            403, _FORBIDDEN, "'{name}' cannot be changed"
        ),
        errors.DefaultDefinitionUndeletable: Refusal(403, _FORBIDDEN, "'{name}' cannot be deleted"),
        errors.AnswerTooLarge: Refusal(
            500, "Internal Server Error", "The answer is larger than {limit} bytes"
        ),
        errors.Unavailable: Refusal(
            500, "Internal Server Error", "The service could not answer in time; try again"
        ),
        errors.NotDeployed: Refusal(
            501, "Not Implemented", "This deployment has no {resource}, which this request needs"
        ),
        errors.InternalFailure: Refusal(
            500, "Internal Server Error", "An unexpected error occurred"
        ),
    },
    refusal_document=_document,
)
