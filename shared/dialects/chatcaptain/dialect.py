"""How ChatCaptain's API takes keys, names resources and words refusals.

Source: ChatCaptain, "Contact variables", "Chatbot variables", "Conversation variables",
"Conversation contacts" and "App public". They tell of 400 for writes and 403 for all, and of an
`error` beside the payload of a success; the bodies of 400 and 403 are those of the framework that
they show.
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

_ALWAYS: Mapping[type[errors.ContextError], ErrorResponse] = {
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

_FAULTS: Mapping[type[errors.ContextError], str] = {
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
    errors.InvalidRequest: "{summary}.",
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
"""What is wrong with a request: a write answers 400, a read or deletion tells it in band."""

_REFUSED = {
    error: ErrorResponse(400, "Bad Request", f"Invalid input data. {words}")
    for error, words in _FAULTS.items()
}
_TOLD = {error: ErrorResponse(200, "OK", words) for error, words in _FAULTS.items()}


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
        error_responses={**_ALWAYS, **faults},
        error_document=partial(_document, empty),
        resource_of=_resource,
    )


WRITES = _dialect(_REFUSED, {})
"""What creates and changes: it answers 400 to a request that is not valid."""

READS = _dialect(_TOLD, {})
"""What gets or deletes one thing: it answers 200 with an `error` in place of the thing."""

VARIABLE_LISTS = _dialect(_TOLD, {"variables": []})
"""What lists variables: an `error` comes with an empty list, since the list is required."""

PUBLIC_APPS = replace(_dialect(_TOLD, {"publicApps": []}), resource_of=lambda _: None)
"""What lists public apps: it belongs to no chatbot, so a key of any chatbot may ask."""

CONTACT_LISTS = _dialect(_TOLD, {"contacts": []})
"""What lists contacts: an `error` comes with an empty list."""

SEARCHES = _dialect(_TOLD, {"results": None})
"""What searches: an `error` comes without results, which are required and may be null."""
