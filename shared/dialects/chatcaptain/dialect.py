"""API keys, resources and error responses of ChatCaptain's API.

Sources: ChatCaptain, "Contact variables", "Chatbot variables", "Conversation variables",
"Conversation contacts" and "App public". They document 400 for writes, 403 for all requests, and an
`error` in the body of a 200 response. The bodies of 400 and 403 are those of the framework that the
pages show.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from shared.domain import errors
from shared.gateway.dialect import Dialect, ErrorResponse, MappedError
from shared.gateway.request import Request

MAX_BODY_BYTES = 1_000_000

_FORBIDDEN = ErrorResponse(403, "Forbidden", "Insufficient permissions.")
_TOO_MANY = ErrorResponse(429, "Too Many Requests", "Try again in {retry_after} seconds.")
_FAILURE = "Internal Server Error"

_COMMON: Mapping[type[errors.ContextError], ErrorResponse] = {
    errors.AuthenticationRequired: _FORBIDDEN,
    errors.InvalidApiKey: _FORBIDDEN,
    errors.PermissionDenied: _FORBIDDEN,
    errors.RestrictedKey: _FORBIDDEN,
    errors.ReadOnlyKey: _FORBIDDEN,
    errors.RateLimitExceeded: _TOO_MANY,
    errors.TooSoon: _TOO_MANY,
    errors.AnswerTooLarge: ErrorResponse(500, _FAILURE, "The answer is larger than {limit} bytes."),
    errors.Unavailable: ErrorResponse(
        500, _FAILURE, "The service could not answer in time; try again."
    ),
    errors.NotDeployed: ErrorResponse(
        501, "Not Implemented", "This deployment has no {resource}, which this request needs."
    ),
    errors.InternalFailure: ErrorResponse(500, _FAILURE, "An unexpected error occurred."),
}

_MESSAGES: Mapping[type[errors.ContextError], str] = {
    errors.MalformedBody: "The body is not valid: {reason}.",
    errors.BodyTooLarge: "The body is larger than {limit} bytes.",
    errors.MissingField: "{field} is required.",
    errors.InvalidField: "{field} is not valid: {reason}.",
    errors.TooManyVariables: "At most {limit} variables can be set in one request.",
    errors.ContextTooLarge: "The values are too many or too large to be stored together.",
    errors.UndefinedVariable: "The variable '{name}' cannot be set: {reason}.",
    errors.InvalidValue: "The value of '{name}' cannot be kept as {variable_type}: {reason}.",
    errors.ContactNotFound: "The contact was not found.",
    errors.SeveralContacts: "Several contacts have this id.",
    errors.ConversationNotFound: "The conversation was not found.",
    errors.DefinitionNotFound: "The variable was not found.",
    errors.VariableNotSet: "The variable '{name}' has no value.",
    errors.DuplicateDefinition: "A variable named '{name}' exists already.",
    errors.TooManyDefinitions: "An account has at most {limit} variables.",
    errors.DefaultDefinitionUnchangeable: "The variable '{name}' cannot be changed.",
    errors.DefaultDefinitionUndeletable: "The variable '{name}' cannot be deleted.",
    errors.TagNotFound: "The tag was not found.",
    errors.AgentNotFound: "The agent was not found.",
    errors.AgentInUse: "The agent has {hooks} hooks.",
    errors.InvalidDeclaration: "{summary}.",
    errors.HookNotFound: "The hook was not found.",
    errors.CallNotFound: "The call was not found.",
    errors.SuggestionNotFound: "The suggestion was not found.",
    errors.SuggestionDecided: "The suggestion is {state} already.",
    errors.InvalidRequest: "{summary}.",
    errors.PreconditionFailed: "The stored version is another one.",
    errors.IdempotencyKeyReused: "Another request was sent with this idempotency key.",
    errors.RequestInProgress: "A request with this idempotency key is in progress.",
    errors.ImportNotFound: "The import was not found.",
    errors.ImportNotEnded: "The import has not ended yet.",
    errors.ImportWithoutFile: "The import ended without a file.",
    errors.ImportEnded: "The import has ended.",
    errors.WebhookNotFound: "The webhook was not found.",
    errors.TooManyImports: "An account has at most {limit} imports that have not ended.",
    errors.WebhookForbidden: "The webhook cannot be changed: {reason}.",
    errors.WebhookInactive: "Nothing is sent to the webhook: {reason}.",
    errors.DeliveryNotFound: "The delivery was not found.",
    errors.DeliveryNotRepeatable: "The delivery cannot be sent again: {reason}.",
    errors.TooManyWebhooks: "An account has at most {limit} webhooks.",
}
"""Messages of request errors. Writes respond 400, reads and deletions 200 with an `error`."""

_BAD_REQUESTS = {
    error: ErrorResponse(400, "Bad Request", f"Invalid input data. {message}")
    for error, message in _MESSAGES.items()
}
_IN_BAND = {error: ErrorResponse(200, "OK", message) for error, message in _MESSAGES.items()}


def _presented_key(request: Request) -> str | None:
    return request.header("x-chatcaptain-key")


def _resource(request: Request) -> str:
    return f"chatbots/{request.path('chatbotId')}"


def _document(empty: Mapping[str, Any], mapped: MappedError) -> dict[str, Any]:
    response = mapped.response
    if response.status == 200:
        return {**empty, "error": mapped.message}
    return {"statusCode": response.status, "message": mapped.message, "error": response.code}


def _dialect(
    faults: Mapping[type[errors.ContextError], ErrorResponse], empty: Mapping[str, Any]
) -> Dialect:
    return Dialect(
        name="chatcaptain",
        presented_key=_presented_key,
        error_responses={**_COMMON, **faults},
        error_document=partial(_document, empty),
        resource_of=_resource,
    )


WRITES = _dialect(_BAD_REQUESTS, {})
"""For endpoints that create or change: an invalid request gets 400."""

READS = _dialect(_IN_BAND, {})
"""For endpoints that get or delete: an invalid request gets 200 with only an `error`."""

VARIABLE_LISTS = _dialect(_IN_BAND, {"variables": []})
"""For lists of variables: `error` comes with an empty list, as the list is required."""

PUBLIC_APPS = replace(_dialect(_IN_BAND, {"publicApps": []}), resource_of=lambda _: None)
"""For the list of public apps, which belongs to no chatbot: any key is accepted."""

CONTACT_LISTS = _dialect(_IN_BAND, {"contacts": []})
"""For lists of contacts: `error` comes with an empty list."""

SEARCHES = _dialect(_IN_BAND, {"results": None})
"""For searches: `error` comes with null as results, which are required and nullable."""
