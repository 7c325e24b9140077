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
from shared.gateway.default_errors import DEFAULT_ERRORS
from shared.gateway.dialect import Dialect, ErrorResponse, MappedError
from shared.gateway.request import Request

MAX_BODY_BYTES = 1_000_000

_FORBIDDEN = ErrorResponse(403, "Forbidden", "Insufficient permissions.")

_DENIED = (
    errors.AuthenticationRequired,
    errors.InvalidApiKey,
    errors.PermissionDenied,
    errors.RestrictedKey,
    errors.ReadOnlyKey,
)
_CODES = {429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented"}

_COMMON: Mapping[type[errors.ContextError], ErrorResponse] = {
    **dict.fromkeys(_DENIED, _FORBIDDEN),
    **{
        error: ErrorResponse(status, _CODES[status], f"{message}.")
        for error, (status, message) in DEFAULT_ERRORS.items()
        if status in _CODES
    },
}

_MESSAGES: Mapping[type[errors.ContextError], str] = {
    **{
        error: f"{message}."
        for error, (_, message) in DEFAULT_ERRORS.items()
        if error not in _COMMON
    },
    errors.ContactNotFound: "The contact was not found.",
    errors.SeveralContacts: "Several contacts have this id.",
    errors.ConversationNotFound: "The conversation was not found.",
    errors.DefinitionNotFound: "The variable was not found.",
    errors.VariableNotSet: "The variable '{name}' has no value.",
    errors.DuplicateDefinition: "A variable named '{name}' exists already.",
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
