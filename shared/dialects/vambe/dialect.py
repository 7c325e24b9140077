"""How Vambe's API takes keys and words refusals.

Source: Vambe, "Update metadata to an AI contact", Error Responses; the page shows no body of an
error, so its form is this service's.
"""

from typing import Any

from shared.domain import errors
from shared.gateway.dialect import Dialect, Refusal, Refused

MAX_BODY_BYTES = 1_048_576
"""1 MB, whichever of its two meanings a client keeps under."""

_BAD_REQUEST = "Bad Request"
_UNAUTHORIZED = "Unauthorized"
_FORBIDDEN = "Forbidden"
_NOT_FOUND = "Not Found"
_CONFLICT = "Conflict"
_TOO_LARGE = "Payload Too Large"
_TOO_MANY = "Too Many Requests"
_SERVER_ERROR = "Internal Server Error"


def _document(refused: Refused) -> dict[str, Any]:
    return {
        "statusCode": refused.row.status,
        "message": refused.message,
        "error": refused.row.code,
    }


VAMBE = Dialect(
    name="vambe",
    presented_key=lambda request: request.header("x-api-key"),
    refusals={
        errors.AuthenticationRequired: Refusal(401, _UNAUTHORIZED, "Invalid or missing API key"),
        errors.InvalidApiKey: Refusal(401, _UNAUTHORIZED, "Invalid or missing API key"),
        errors.PermissionDenied: Refusal(403, _FORBIDDEN, "The API key lacks: {permission}"),
        errors.RestrictedKey: Refusal(
            403,
            _FORBIDDEN,
            "This API needs an API key without permissions, or with the permission '*'",
        ),
        errors.ReadOnlyKey: Refusal(403, _FORBIDDEN, "The API key is read-only"),
        errors.RateLimitExceeded: Refusal(429, _TOO_MANY, "Try again in {retry_after} seconds"),
        errors.TooSoon: Refusal(429, _TOO_MANY, "Try again in {retry_after} seconds"),
        errors.MalformedBody: Refusal(400, _BAD_REQUEST, "Invalid metadata format: {reason}"),
        errors.BodyTooLarge: Refusal(413, _TOO_LARGE, "The body is larger than {limit} bytes"),
        errors.MissingField: Refusal(400, _BAD_REQUEST, "{field} is required"),
        errors.InvalidField: Refusal(400, _BAD_REQUEST, "{field} is not valid: {reason}"),
        errors.TooManyVariables: Refusal(
            413, _TOO_LARGE, "One request can set at most {limit} fields"
        ),
        errors.ContextTooLarge: Refusal(
            413, _TOO_LARGE, "The fields are too large to be stored together"
        ),
        errors.UndefinedVariable: Refusal(
            400, _BAD_REQUEST, "The field '{name}' cannot be set: {reason}"
        ),
        # Whatever does not fit its type is kept as text, so only its length is left to refuse.
        errors.InvalidValue: Refusal(
            413, _TOO_LARGE, "The field '{name}' cannot be kept as {variable_type}: {reason}"
        ),
        errors.ContactNotFound: Refusal(404, _NOT_FOUND, "Contact not found"),
        errors.ConversationNotFound: Refusal(404, _NOT_FOUND, "Ticket not found"),
        errors.SeveralContacts: Refusal(409, _CONFLICT, "Several contacts have this {kind}"),
        errors.TagNotFound: Refusal(400, _BAD_REQUEST, "There is no tag {tag_id}"),
        errors.InvalidRequest: Refusal(400, _BAD_REQUEST, "{summary}"),
        errors.ImportNotFound: Refusal(404, _NOT_FOUND, "Import not found"),
        errors.ImportNotEnded: Refusal(400, _BAD_REQUEST, "The import has not ended yet"),
        errors.ImportWithoutFile: Refusal(400, _BAD_REQUEST, "The import ended without a file"),
        errors.ImportEnded: Refusal(400, _BAD_REQUEST, "The import has ended"),
        errors.WebhookNotFound: Refusal(404, _NOT_FOUND, "Webhook not found"),
        errors.TooManyImports: Refusal(
            400, _BAD_REQUEST, "An account has at most {limit} imports that have not ended"
        ),
        errors.WebhookForbidden: Refusal(
            403, _FORBIDDEN, "The webhook cannot be changed: {reason}"
        ),
        errors.WebhookInactive: Refusal(409, _CONFLICT, "Nothing is sent to the webhook: {reason}"),
        errors.DeliveryNotFound: Refusal(404, _NOT_FOUND, "Delivery not found"),
        errors.DeliveryNotRepeatable: Refusal(
            409, _CONFLICT, "The delivery cannot be sent again: {reason}"
        ),
        errors.TooManyWebhooks: Refusal(
            400, _BAD_REQUEST, "An account has at most {limit} webhooks"
        ),
        errors.VariableNotSet: Refusal(404, _NOT_FOUND, "The field '{name}' is not set"),
        errors.DefinitionNotFound: Refusal(404, _NOT_FOUND, "Custom field not found"),
        errors.DuplicateDefinition: Refusal(
            409, _CONFLICT, "The field '{name}' is defined already"
        ),
        errors.TooManyDefinitions: Refusal(
            400, _BAD_REQUEST, "An account has at most {limit} custom fields"
        ),
        errors.DefaultDefinitionUnchangeable: Refusal(
            403, _FORBIDDEN, "The field '{name}' cannot be changed"
        ),
        errors.DefaultDefinitionUndeletable: Refusal(
            403, _FORBIDDEN, "The field '{name}' cannot be deleted"
        ),
        errors.AnswerTooLarge: Refusal(
            500, _SERVER_ERROR, "The answer is larger than {limit} bytes"
        ),
        errors.Unavailable: Refusal(
            500, _SERVER_ERROR, "The service could not answer in time; try again"
        ),
        errors.NotDeployed: Refusal(
            501, "Not Implemented", "This deployment has no {resource}, which this request needs"
        ),
        errors.InternalFailure: Refusal(500, _SERVER_ERROR, "Something went wrong"),
    },
    refusal_document=_document,
)
