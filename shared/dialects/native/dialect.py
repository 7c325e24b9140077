"""API keys and error responses of the native API.

Sources: RFC 9457, "Problem Details for HTTP APIs"; RFC 6901, "JSON Pointer".
"""

from collections.abc import Sequence
from typing import Any

from shared.domain import errors
from shared.domain.errors import (
    ContextError,
    Fault,
    InvalidField,
    InvalidRequest,
    MissingField,
    SeveralContacts,
)
from shared.gateway.dialect import Dialect, ErrorResponse, MappedError
from shared.gateway.quoting import MAX_PATH_PART_CHARS, MAX_WORDS_CHARS, truncate
from shared.gateway.request import Request

READ_CONTACTS = "contacts:read"
WRITE_CONTACTS = "contacts:write"
READ_WEBHOOKS = "webhooks:read"
WRITE_WEBHOOKS = "webhooks:write"
READ_IMPORTS = "imports:read"
WRITE_IMPORTS = "imports:write"
READ_KEYS = "keys:read"
WRITE_KEYS = "keys:write"
READ_ACCOUNT = "account:read"
READ_AGENTS = "agents:read"
WRITE_AGENTS = "agents:write"
READ_DEFINITIONS = "definitions:read"
WRITE_DEFINITIONS = "definitions:write"

MAX_BODY_BYTES = 1_000_000

PROBLEM = "application/problem+json"

_INVALID_REQUEST = "invalid_request"
_NOT_FOUND = "not_found"
_CONFLICT = "conflict"
_FAILURE = "internal_error"


def _presented_key(request: Request) -> str | None:
    return request.bearer_token or request.header("x-api-key")


def _document(mapped: MappedError) -> dict[str, Any]:
    response = mapped.response
    return {
        "type": f"/docs/errors#{response.code}",
        "title": response.code.replace("_", " ").capitalize(),
        "status": response.status,
        "detail": mapped.message,
        "code": response.code,
        "request_id": mapped.request_id,
        "errors": [_fault_document(fault) for fault in _faults(mapped.error)],
        **_extension(mapped.error),
    }


def _extension(error: ContextError) -> dict[str, Any]:
    """Return the members that a problem has of its own."""
    match error:
        case SeveralContacts(candidates=[_, *_] as candidates):
            return {"candidates": [f"contact_{each}" for each in candidates]}
    return {}


def _faults(error: ContextError) -> Sequence[Fault]:
    match error:
        case InvalidRequest(faults=[*faults]):
            return faults
        case MissingField(field=str(field)):
            return [Fault("required", "it is required", tuple(field.split(".")))]
        case InvalidField(field=str(field), reason=reason):
            return [Fault("invalid_value", reason, tuple(field.split(".")))]
    return []


def _fault_document(fault: Fault) -> dict[str, str]:
    if fault.parameter is not None:
        location = {"parameter": fault.parameter}
    elif fault.header is not None:
        location = {"header": fault.header}
    else:
        location = {"pointer": "".join(f"/{_escaped(part)}" for part in fault.path)}
    return {**location, "detail": truncate(fault.reason, MAX_WORDS_CHARS), "code": fault.code}


def _escaped(part: str | int) -> str:
    named = str(truncate(part, MAX_PATH_PART_CHARS))
    return named.replace("~", "~0").replace("/", "~1")


NATIVE = Dialect(
    name="native",
    presented_key=_presented_key,
    error_responses={
        errors.AuthenticationRequired: ErrorResponse(
            401, "authentication_required", "Send an API key as Authorization: Bearer or X-API-Key"
        ),
        errors.InvalidApiKey: ErrorResponse(
            401, "invalid_api_key", "The API key is unknown, revoked or expired"
        ),
        errors.PermissionDenied: ErrorResponse(
            403, "permission_denied", "The API key lacks: {permission}"
        ),
        errors.RestrictedKey: ErrorResponse(
            403,
            "permission_denied",
            "This needs an API key without permissions, or with the permission '*'",
        ),
        errors.ReadOnlyKey: ErrorResponse(403, "permission_denied", "The API key is read-only"),
        errors.RateLimitExceeded: ErrorResponse(
            429, "rate_limit_exceeded", "Try again in {retry_after} seconds"
        ),
        errors.TooSoon: ErrorResponse(429, "too_soon", "Try again in {retry_after} seconds"),
        errors.MalformedBody: ErrorResponse(
            400, "malformed_body", "The body is no JSON object: {reason}"
        ),
        errors.BodyTooLarge: ErrorResponse(
            413, "body_too_large", "The body is larger than {limit} bytes"
        ),
        errors.InvalidRequest: ErrorResponse(400, _INVALID_REQUEST, "{summary}"),
        errors.MissingField: ErrorResponse(400, _INVALID_REQUEST, "{field}: it is required"),
        errors.InvalidField: ErrorResponse(400, _INVALID_REQUEST, "{field}: {reason}"),
        errors.PreconditionFailed: ErrorResponse(
            412, "precondition_failed", "The current version is another one: {tag}"
        ),
        errors.IdempotencyKeyReused: ErrorResponse(
            422, "idempotency_key_reused", "Another request was sent with this Idempotency-Key"
        ),
        errors.RequestInProgress: ErrorResponse(
            409, "request_in_progress", "A request with this Idempotency-Key is in progress"
        ),
        errors.TooManyVariables: ErrorResponse(
            413, "too_many_variables", "One request can set at most {limit} variables"
        ),
        errors.ContextTooLarge: ErrorResponse(
            413,
            "context_too_large",
            "The values are too large to be stored together: one write has at most {limit}",
        ),
        errors.UndefinedVariable: ErrorResponse(
            400, "undefined_variable", "The variable '{name}' is not defined: {reason}"
        ),
        errors.InvalidValue: ErrorResponse(
            400, "invalid_value", "The value of '{name}' is no {variable_type}: {reason}"
        ),
        errors.ContactNotFound: ErrorResponse(404, _NOT_FOUND, "There is no such contact"),
        errors.ContactMerged: ErrorResponse(
            409, "contact_merged", "The contact was merged into contact_{contact_id}"
        ),
        errors.TooLargeToMerge: ErrorResponse(
            422, "too_large_to_merge", "The contacts are too large to be merged: {reason}"
        ),
        errors.ConversationNotFound: ErrorResponse(
            404, _NOT_FOUND, "There is no such conversation"
        ),
        errors.DefinitionNotFound: ErrorResponse(404, _NOT_FOUND, "There is no such variable"),
        errors.VariableNotSet: ErrorResponse(404, _NOT_FOUND, "The variable '{name}' is not set"),
        errors.TagNotFound: ErrorResponse(404, _NOT_FOUND, "There is no tag {tag_id}"),
        errors.AgentNotFound: ErrorResponse(404, _NOT_FOUND, "There is no such agent"),
        errors.AgentInUse: ErrorResponse(
            409, _CONFLICT, "The agent has {hooks} hooks: delete them first"
        ),
        errors.InvalidDeclaration: ErrorResponse(422, "invalid_declaration", "{summary}"),
        errors.HookNotFound: ErrorResponse(404, _NOT_FOUND, "There is no such hook"),
        errors.CallNotFound: ErrorResponse(404, _NOT_FOUND, "There is no such call"),
        errors.SuggestionNotFound: ErrorResponse(404, _NOT_FOUND, "There is no such suggestion"),
        errors.SuggestionDecided: ErrorResponse(
            409, _CONFLICT, "The suggestion is {state} already"
        ),
        errors.TooManyImports: ErrorResponse(
            409, "limit_reached", "An account has at most {limit} imports that have not ended"
        ),
        errors.ImportNotFound: ErrorResponse(404, _NOT_FOUND, "There is no such import"),
        errors.ImportNotEnded: ErrorResponse(409, _CONFLICT, "The import has not ended yet"),
        errors.ImportWithoutFile: ErrorResponse(
            409, _CONFLICT, "The import ended before its file came"
        ),
        errors.ImportEnded: ErrorResponse(409, _CONFLICT, "The import has ended"),
        errors.WebhookNotFound: ErrorResponse(404, _NOT_FOUND, "There is no such webhook"),
        errors.WebhookForbidden: ErrorResponse(
            403, "permission_denied", "The webhook cannot be changed: {reason}"
        ),
        errors.WebhookInactive: ErrorResponse(
            409, "webhook_inactive", "Nothing is sent to the webhook: {reason}"
        ),
        errors.DeliveryNotFound: ErrorResponse(404, _NOT_FOUND, "There is no such delivery"),
        errors.DeliveryNotRepeatable: ErrorResponse(
            409, "not_repeatable", "The delivery cannot be sent again: {reason}"
        ),
        errors.TooManyWebhooks: ErrorResponse(
            409, "limit_reached", "An account has at most {limit} webhooks"
        ),
        errors.TooManyAgents: ErrorResponse(
            409, "limit_reached", "An account has at most {limit} agents"
        ),
        errors.TooManyHooks: ErrorResponse(
            409, "limit_reached", "An account has at most {limit} hooks"
        ),
        errors.SeveralContacts: ErrorResponse(409, _CONFLICT, "Several contacts have this {kind}"),
        errors.DuplicateDefinition: ErrorResponse(
            409, _CONFLICT, "A variable named '{name}' exists already"
        ),
        errors.TooManyDefinitions: ErrorResponse(
            409, "limit_reached", "An account has at most {limit} variables"
        ),
        errors.TooManyContacts: ErrorResponse(
            409, "limit_reached", "An account has at most {limit} contacts"
        ),
        errors.DefaultDefinitionUnchangeable: ErrorResponse(
            403, "permission_denied", "The variable '{name}' cannot be changed"
        ),
        errors.DefaultDefinitionUndeletable: ErrorResponse(
            403, "permission_denied", "The variable '{name}' cannot be deleted"
        ),
        errors.ApiKeyNotFound: ErrorResponse(404, _NOT_FOUND, "There is no such API key"),
        errors.ApiKeyForbidden: ErrorResponse(
            403, "permission_denied", "The API key cannot give what it lacks: {reason}"
        ),
        errors.ApiKeyInactive: ErrorResponse(
            409, _CONFLICT, "The API key cannot be rotated: {reason}"
        ),
        errors.TooManyApiKeys: ErrorResponse(
            409, "limit_reached", "An account has at most {limit} valid API keys"
        ),
        errors.AnswerTooLarge: ErrorResponse(
            500, "answer_too_large", "The answer is larger than {limit} bytes"
        ),
        errors.Unavailable: ErrorResponse(
            500,
            "unavailable",
            "The service did not answer in time, or other requests kept changing the data; "
            "try again",
        ),
        errors.NotDeployed: ErrorResponse(
            501, "not_deployed", "This deployment has no {resource}, which this request needs"
        ),
        errors.InternalFailure: ErrorResponse(500, _FAILURE, "Something went wrong"),
    },
    error_document=_document,
    error_content_type=PROBLEM,
    shows_timing=True,
    shows_limits=True,
)
