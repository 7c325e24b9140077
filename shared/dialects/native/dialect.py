"""How the service's own API takes keys and words refusals.

Source of their form: RFC 9457, "Problem Details for HTTP APIs"; RFC 6901, "JSON Pointer".
"""

from collections.abc import Sequence
from typing import Any

from shared.domain import errors
from shared.domain.errors import ContextError, Fault, InvalidField, InvalidRequest, MissingField
from shared.gateway.dialect import Dialect, Refusal, Refused
from shared.gateway.quoting import MAX_WORDS_CHARS, shown
from shared.gateway.request import Request

READ_CONTACTS = "contacts:read"
READ_WEBHOOKS = "webhooks:read"
WRITE_WEBHOOKS = "webhooks:write"
READ_IMPORTS = "imports:read"
WRITE_IMPORTS = "imports:write"

MAX_BODY_BYTES = 1_000_000

PROBLEM = "application/problem+json"

_INVALID_REQUEST = "invalid_request"
_NOT_FOUND = "not_found"
_CONFLICT = "conflict"
_FAILURE = "internal_error"


def _presented_key(request: Request) -> str | None:
    return request.bearer_token or request.header("x-api-key")


def _document(refused: Refused) -> dict[str, Any]:
    row = refused.row
    return {
        "type": f"/docs/errors#{row.code}",
        "title": row.code.replace("_", " ").capitalize(),
        "status": row.status,
        "detail": refused.message,
        "code": row.code,
        "request_id": refused.request_id,
        "errors": [_told(fault) for fault in _faults(refused.error)],
    }


def _faults(error: ContextError) -> Sequence[Fault]:
    match error:
        case InvalidRequest(faults=[*faults]):
            return faults
        case MissingField(field=str(field)):
            return [Fault("required", "it is required", tuple(field.split(".")))]
        case InvalidField(field=str(field), reason=reason):
            return [Fault("invalid_value", reason, tuple(field.split(".")))]
    return []


def _told(fault: Fault) -> dict[str, str]:
    if fault.parameter is not None:
        place = {"parameter": fault.parameter}
    else:
        place = {"pointer": "".join(f"/{_escaped(part)}" for part in fault.path)}
    return {**place, "detail": shown(fault.reason, MAX_WORDS_CHARS), "code": fault.code}


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


NATIVE = Dialect(
    name="native",
    presented_key=_presented_key,
    refusals={
        errors.AuthenticationRequired: Refusal(
            401, "authentication_required", "Send an API key as Authorization: Bearer or X-API-Key"
        ),
        errors.InvalidApiKey: Refusal(
            401, "invalid_api_key", "The API key is unknown, revoked or expired"
        ),
        errors.PermissionDenied: Refusal(
            403, "permission_denied", "The API key lacks: {permission}"
        ),
        errors.RestrictedKey: Refusal(
            403,
            "permission_denied",
            "This needs an API key without permissions, or with the permission '*'",
        ),
        errors.ReadOnlyKey: Refusal(403, "permission_denied", "The API key is read-only"),
        errors.RateLimitExceeded: Refusal(
            429, "rate_limit_exceeded", "Try again in {retry_after} seconds"
        ),
        errors.TooSoon: Refusal(429, "too_soon", "Try again in {retry_after} seconds"),
        errors.MalformedBody: Refusal(
            400, "malformed_body", "The body is no JSON object: {reason}"
        ),
        errors.BodyTooLarge: Refusal(
            413, "body_too_large", "The body is larger than {limit} bytes"
        ),
        errors.InvalidRequest: Refusal(400, _INVALID_REQUEST, "{summary}"),
        errors.MissingField: Refusal(400, _INVALID_REQUEST, "{field}: it is required"),
        errors.InvalidField: Refusal(400, _INVALID_REQUEST, "{field}: {reason}"),
        errors.TooManyVariables: Refusal(
            413, "too_many_variables", "One request can set at most {limit} variables"
        ),
        errors.ContextTooLarge: Refusal(
            413, "context_too_large", "The values are too large to be stored together"
        ),
        errors.UndefinedVariable: Refusal(
            400, "undefined_variable", "The variable '{name}' is not defined: {reason}"
        ),
        errors.InvalidValue: Refusal(
            400, "invalid_value", "The value of '{name}' is no {variable_type}: {reason}"
        ),
        errors.ContactNotFound: Refusal(404, _NOT_FOUND, "There is no such contact"),
        errors.ConversationNotFound: Refusal(404, _NOT_FOUND, "There is no such conversation"),
        errors.DefinitionNotFound: Refusal(404, _NOT_FOUND, "There is no such variable"),
        errors.VariableNotSet: Refusal(404, _NOT_FOUND, "The variable '{name}' is not set"),
        errors.TagNotFound: Refusal(404, _NOT_FOUND, "There is no tag {tag_id}"),
        errors.TooManyImports: Refusal(
            409, "limit_reached", "An account has at most {limit} imports that have not ended"
        ),
        errors.ImportNotFound: Refusal(404, _NOT_FOUND, "There is no such import"),
        errors.ImportNotEnded: Refusal(409, _CONFLICT, "The import has not ended yet"),
        errors.ImportWithoutFile: Refusal(409, _CONFLICT, "The import ended before its file came"),
        errors.ImportEnded: Refusal(409, _CONFLICT, "The import has ended"),
        errors.WebhookNotFound: Refusal(404, _NOT_FOUND, "There is no such webhook"),
        errors.WebhookForbidden: Refusal(
            403, "permission_denied", "The webhook cannot be changed: {reason}"
        ),
        errors.WebhookInactive: Refusal(
            409, "webhook_inactive", "Nothing is sent to the webhook: {reason}"
        ),
        errors.DeliveryNotFound: Refusal(404, _NOT_FOUND, "There is no such delivery"),
        errors.DeliveryNotRepeatable: Refusal(
            409, "not_repeatable", "The delivery cannot be sent again: {reason}"
        ),
        errors.TooManyWebhooks: Refusal(
            409, "limit_reached", "An account has at most {limit} webhooks"
        ),
        errors.SeveralContacts: Refusal(409, _CONFLICT, "Several contacts have this {kind}"),
        errors.DuplicateDefinition: Refusal(
            409, _CONFLICT, "A variable named '{name}' exists already"
        ),
        errors.TooManyDefinitions: Refusal(
            409, "limit_reached", "An account has at most {limit} variables"
        ),
        errors.DefaultDefinitionUnchangeable: Refusal(
            403, "permission_denied", "The variable '{name}' cannot be changed"
        ),
        errors.DefaultDefinitionUndeletable: Refusal(
            403, "permission_denied", "The variable '{name}' cannot be deleted"
        ),
        errors.AnswerTooLarge: Refusal(
            500, "answer_too_large", "The answer is larger than {limit} bytes"
        ),
        errors.Unavailable: Refusal(
            500, "unavailable", "The service could not answer in time; try again"
        ),
        errors.NotDeployed: Refusal(
            501, "not_deployed", "This deployment has no {resource}, which this request needs"
        ),
        errors.InternalFailure: Refusal(500, _FAILURE, "Something went wrong"),
    },
    refusal_document=_document,
    refusal_type=PROBLEM,
)
