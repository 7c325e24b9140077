"""Build the error responses of an operation from the error mapping of its dialect."""

import re
from collections.abc import Sequence
from http import HTTPStatus

from openapi_documents.description import Api, Handler, JsonObject, Operation, Parameter, header
from openapi_documents.schemas import reference, schema_of
from shared.domain import errors
from shared.domain.accounts import ANY_KEY
from shared.domain.errors import ContextError
from shared.gateway.dialect import Dialect
from shared.gateway.endpoint import MAX_RESPONSE_BYTES
from shared.services.accounts.access import READING_METHODS

_FAULTS_OF_FORM = (
    errors.MalformedBody,
    errors.BodyTooLarge,
    errors.InvalidField,
    errors.MissingField,
)
_RETRY_AFTER = header("Seconds until the key may try again", {"type": "integer", "minimum": 1})
_CURRENT_TAG = header("The current entity tag. Absent if nothing is stored", required=False)


def error_responses_of(
    api: Api, operation: Operation, parameters: Sequence[Parameter], method: str, handler: Handler
) -> JsonObject:
    """Build the error responses by status, each with an example of every error."""
    listed = [
        *_errors_of_every_call(method, handler.permissions),
        *_errors_of_every_body(api, operation),
        *(error for parameter in parameters for error in parameter.errors),
        *operation.errors,
    ]
    # A later example of an error replaces an earlier one, which is more general. Faults of form
    # come first, as the service checks the form before it looks anything up.
    examples = {type(error): error for error in listed}.values()
    in_order = sorted(examples, key=lambda error: not isinstance(error, _FAULTS_OF_FORM))
    dialect = handler.dialect
    by_status: dict[int, list[ContextError]] = {}
    for error in in_order:
        by_status.setdefault(dialect.error_responses[type(error)].status, []).append(error)
    return {
        str(status): _response(api, dialect, status, by_status[status])
        for status in sorted(by_status)
    }


def sentence_of(error: type[ContextError]) -> str:
    """Return the first sentence of an error's docstring. Backticks mark its attributes."""
    return f"{(error.__doc__ or '').partition(';')[0].rstrip('.')}."


def _errors_of_every_call(method: str, permissions: Sequence[str]) -> list[ContextError]:
    return [
        errors.AuthenticationRequired(),
        errors.InvalidApiKey(),
        *_permission_errors(permissions),
        *([] if method in READING_METHODS else [errors.ReadOnlyKey()]),
        errors.RateLimitExceeded(42),
        errors.AnswerTooLarge(MAX_RESPONSE_BYTES),
        errors.Unavailable(),
        errors.InternalFailure(),
    ]


def _permission_errors(permissions: Sequence[str]) -> list[ContextError]:
    if ANY_KEY in permissions:
        return []
    if not permissions:
        return [errors.RestrictedKey()]
    return [errors.PermissionDenied(" or ".join(permissions))]


def _errors_of_every_body(api: Api, operation: Operation) -> list[ContextError]:
    if operation.body is None:
        return []
    schema = schema_of(operation.body)
    field = next(iter(schema.get("properties", ())), "body")
    return [
        errors.MalformedBody("Expecting value at line 1, column 1"),
        errors.BodyTooLarge(api.max_body_bytes),
        errors.InvalidField(field, "Input should be a valid string"),
        *(errors.MissingField(name) for name in schema.get("required", ())[:1]),
    ]


def _response(
    api: Api, dialect: Dialect, status: int, examples: Sequence[ContextError]
) -> JsonObject:
    documents = [dialect.error_response(error).document for error in examples]
    response: JsonObject = {
        "description": " ".join(dict.fromkeys(_sentence(error) for error in examples)),
        "content": {
            dialect.error_content_type: {
                "schema": _schema(api, status, documents),
                "examples": {
                    _name(error): {"summary": _sentence(error), "value": document}
                    for error, document in zip(examples, documents, strict=True)
                },
            }
        },
    }
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["headers"] = {"Retry-After": _RETRY_AFTER}
    if status == HTTPStatus.PRECONDITION_FAILED:
        response["headers"] = {"ETag": _CURRENT_TAG}
    return response


def _schema(api: Api, status: int, documents: Sequence[JsonObject]) -> JsonObject:
    """Build the schema of an error body, with the values that the error mapping allows."""
    if api.in_band and status < HTTPStatus.BAD_REQUEST:
        return reference(api.in_band)
    values = {
        name: {"enum": list(dict.fromkeys(document[name] for document in documents))}
        for name in api.coded
    }
    return {**reference(api.error_response), "properties": values}


def _name(error: ContextError) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()


def _sentence(error: ContextError) -> str:
    return re.sub(r"`(\w+)`", lambda name: str(getattr(error, name[1])), sentence_of(type(error)))
