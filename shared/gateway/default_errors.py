"""The error responses that a dialect has unless its vendor documents others.

Every error of the domain is here, so most vendors' APIs need not word the errors that only other
APIs can cause.
"""

from collections.abc import Mapping

from shared.domain import errors
from shared.domain.errors import ContextError
from shared.gateway.dialect import ErrorResponse

DEFAULT_ERRORS: Mapping[type[ContextError], tuple[int, str]] = {
    errors.AuthenticationRequired: (401, "No API key was provided"),
    errors.InvalidApiKey: (401, "The API key is not valid"),
    errors.PermissionDenied: (403, "The API key lacks: {permission}"),
    errors.RestrictedKey: (
        403,
        "This API needs an API key without permissions, or with the permission '*'",
    ),
    errors.ReadOnlyKey: (403, "The API key is read-only"),
    errors.RateLimitExceeded: (429, "Try again in {retry_after} seconds"),
    errors.TooSoon: (429, "Try again in {retry_after} seconds"),
    errors.MalformedBody: (400, "The body is not valid: {reason}"),
    errors.BodyTooLarge: (400, "The body is larger than {limit} bytes"),
    errors.MissingField: (400, "{field} is required"),
    errors.InvalidField: (400, "{field} is not valid: {reason}"),
    errors.InvalidRequest: (400, "{summary}"),
    errors.TooManyVariables: (400, "At most {limit} variables can be set in one request"),
    errors.ContextTooLarge: (
        400,
        "The values are too many or too large to be stored together: one write has at most {limit}",
    ),
    errors.UndefinedVariable: (400, "The variable '{name}' cannot be set: {reason}"),
    errors.InvalidValue: (400, "The value of '{name}' cannot be kept as {variable_type}: {reason}"),
    errors.VariableNotSet: (404, "Variable '{name}' is not set"),
    errors.ContactNotFound: (404, "Contact not found"),
    errors.ContactMerged: (400, "The contact was merged into contact {contact_id}"),
    errors.TooLargeToMerge: (400, "The contacts are too large to be merged: {reason}"),
    errors.SeveralContacts: (400, "Several contacts have this {kind}"),
    errors.ConversationNotFound: (404, "Conversation not found"),
    errors.DefinitionNotFound: (404, "Variable definition not found"),
    errors.DuplicateDefinition: (400, "A variable named '{name}' already exists"),
    errors.TooManyDefinitions: (400, "An account has at most {limit} variables"),
    errors.TooManyContacts: (400, "An account has at most {limit} contacts"),
    errors.DefaultDefinitionUnchangeable: (403, "The variable '{name}' cannot be changed"),
    errors.DefaultDefinitionUndeletable: (403, "The variable '{name}' cannot be deleted"),
    errors.TagNotFound: (404, "Tag '{tag_id}' not found"),
    errors.SuggestionNotFound: (404, "Suggestion not found"),
    errors.SuggestionDecided: (400, "The suggestion is {state} already"),
    errors.PreconditionFailed: (400, "The stored version is another one"),
    errors.IdempotencyKeyReused: (400, "Another request was sent with this idempotency key"),
    errors.RequestInProgress: (400, "A request with this idempotency key is in progress"),
    errors.ImportNotFound: (404, "Import not found"),
    errors.ImportNotEnded: (400, "The import has not ended yet"),
    errors.ImportWithoutFile: (400, "The import ended without a file"),
    errors.ImportEnded: (400, "The import has ended"),
    errors.TooManyImports: (400, "An account has at most {limit} imports that have not ended"),
    errors.WebhookNotFound: (404, "Webhook not found"),
    errors.WebhookForbidden: (403, "The webhook cannot be changed: {reason}"),
    errors.WebhookInactive: (400, "Nothing is sent to the webhook: {reason}"),
    errors.TooManyWebhooks: (400, "An account has at most {limit} webhooks"),
    errors.TooManyAgents: (400, "An account has at most {limit} agents"),
    errors.TooManyHooks: (400, "An account has at most {limit} hooks"),
    errors.DeliveryNotFound: (404, "Delivery not found"),
    errors.DeliveryNotRepeatable: (400, "The delivery cannot be sent again: {reason}"),
    errors.AgentNotFound: (404, "Agent not found"),
    errors.AgentInUse: (400, "The agent has {hooks} hooks"),
    errors.InvalidDeclaration: (400, "{summary}"),
    errors.HookNotFound: (404, "Hook not found"),
    errors.CallNotFound: (404, "Call not found"),
    errors.ApiKeyNotFound: (404, "API key not found"),
    errors.ApiKeyForbidden: (403, "The API key cannot give what it lacks: {reason}"),
    errors.ApiKeyInactive: (400, "The API key cannot be rotated: {reason}"),
    errors.TooManyApiKeys: (400, "An account has at most {limit} valid API keys"),
    errors.AnswerTooLarge: (500, "The answer is larger than {limit} bytes"),
    errors.Unavailable: (
        500,
        "The service did not answer in time, or other requests kept changing the data; try again",
    ),
    errors.NotDeployed: (501, "This deployment has no {resource}, which this request needs"),
    errors.InternalFailure: (500, "An unexpected error occurred"),
}
"""The status and the message of each error."""


def default_errors(codes: Mapping[int, str]) -> dict[type[ContextError], ErrorResponse]:
    """Return the default response to each error, with the dialect's code for its status."""
    return {
        error: ErrorResponse(status, codes[status], message)
        for error, (status, message) in DEFAULT_ERRORS.items()
    }
