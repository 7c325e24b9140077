"""Build the OpenAPI document of one API from code, template and description."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from local.routing import Route
from openapi_documents.description import (
    Api,
    Event,
    JsonObject,
    Operation,
    Parameter,
    SuccessResponse,
)
from openapi_documents.error_responses import error_responses_of
from openapi_documents.schemas import COMPONENTS, component_schemas, reference
from shared.domain.accounts import ANY_KEY

OPENAPI_VERSION = "3.1.1"

SERVERS: list[JsonObject] = [
    {"url": "http://127.0.0.1:3000", "description": "The local API of `make run`"},
    {"url": "/", "description": "The service that serves this document"},
]
"""The base URLs of the service. Client generators use the first one by default."""

PermissionsOf = Callable[[str], Sequence[str]]
"""Returns the permissions of a function by its logical id. Any one of them is enough."""

_PROJECT = Path(__file__).parents[1] / "pyproject.toml"
_WEBHOOK_HEADERS = [
    Parameter(name=name, place="header", description=text, schema={"type": "string"}, required=True)
    for name, text in (
        ("webhook-id", "The id of the event, the same for every delivery of it"),
        ("webhook-timestamp", "When the request was sent, in seconds since the epoch"),
        ("webhook-signature", "Signatures by the Standard Webhooks specification"),
    )
]

_RENAMED = {"413": "ContentTooLarge"}
"""Names of RFC 9110 that `HTTPStatus` has since Python 3.13."""

_SHARED_RESPONSES = "#/components/responses/"


def document_of(api: Api, routes: Mapping[Route, str], permissions_of: PermissionsOf) -> JsonObject:
    """Build the document of an API.

    Args:
        api: The description of the API.
        routes: The routes without a trailing slash, each with the name of its endpoint.
        permissions_of: Returns the permissions of a function.

    """
    paths: dict[str, JsonObject] = {}
    for route, endpoint in routes.items():
        operation = api.operations[endpoint, route.method]
        made = _operation(api, operation, route.method, permissions_of(route.function))
        paths.setdefault(route.path, {})[route.method.lower()] = made
    used = [api.operations[endpoint, route.method] for route, endpoint in routes.items()]
    responses = _extract_shared_responses(paths)
    schemas = component_schemas(
        [each.body.model for each in used if each.body],
        [
            *(response.model for each in used for response in each.success_responses),
            api.error_response,
            *_in_band(api),
        ],
        api.limits,
    )
    schemas |= {event.name: event.schema for event in api.events}
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": api.title,
            "version": project_version(),
            "description": api.description,
        },
        "servers": SERVERS,
        "tags": [{"name": name, "description": text} for name, text in api.tags.items()],
        "paths": paths,
        **({"webhooks": webhooks_of(api.events)} if api.events else {}),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": responses,
            "securitySchemes": dict(api.security),
        },
    }


def webhooks_of(events: Sequence[Event]) -> JsonObject:
    """Build the `webhooks` of a document: the request of each event, by topic."""
    return {event.topic: {"post": _webhook(event)} for event in events}


def _webhook(event: Event) -> JsonObject:
    content = {
        "schema": {"$ref": f"{COMPONENTS}{event.name}"},
        "examples": {"event": {"value": event.example}},
    }
    return {
        "operationId": f"on{event.name}",
        "summary": event.summary,
        "description": event.description,
        "tags": [event.tag],
        "parameters": [_parameter(each) for each in _WEBHOOK_HEADERS],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "2XX": {"description": "The event was received"},
            "4XX": {"description": "The delivery is retried. 410 disables the webhook"},
            "5XX": {"description": "The delivery is retried"},
        },
        "security": [],
    }


def project_version() -> str:
    """Return the version of the project."""
    version: str = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    return version


def _operation(
    api: Api, operation: Operation, method: str, permissions: Sequence[str]
) -> JsonObject:
    made: JsonObject = {
        "operationId": operation.operation_id,
        "summary": operation.summary,
        "description": _description(operation, permissions),
        "tags": [operation.tag],
    }
    if permissions and ANY_KEY not in permissions:
        made["x-permissions"] = list(permissions)
    if operation.parameters:
        made["parameters"] = [_parameter(each) for each in operation.parameters]
    if operation.body:
        examples = {name: {"value": value} for name, value in operation.body.examples.items()}
        content = {"schema": reference(operation.body.model), "examples": examples}
        made["requestBody"] = {"required": True, "content": {"application/json": content}}
    made["responses"] = _all_responses(
        operation, error_responses_of(api, operation, method, permissions)
    )
    made["security"] = [{name: []} for name in api.security]
    return made


def _description(operation: Operation, permissions: Sequence[str]) -> str:
    if ANY_KEY in permissions:
        return f"{operation.description}\n\nThe key needs no permission."
    words = " or ".join(f"`{each}`" for each in permissions)
    permission = f"The key needs the permission {words}." if permissions else ""
    return "\n\n".join(text for text in (operation.description, permission) if text)


def _parameter(parameter: Parameter) -> JsonObject:
    made: JsonObject = {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "required": parameter.required or parameter.place == "path",
        "schema": parameter.schema,
    }
    if parameter.may_be_empty:
        made["allowEmptyValue"] = True
    return made if parameter.example is None else {**made, "example": parameter.example}


def _all_responses(operation: Operation, error_responses: JsonObject) -> JsonObject:
    """Merge all responses. An error with the success status is an alternative of its body."""
    status, success = str(operation.response.status), _success(operation.response)
    if status not in error_responses:
        others = {str(each.status): _success(each) for each in operation.other_responses}
        return {status: success, **others, **error_responses}
    error = error_responses[status]["content"]["application/json"]
    success_content = success["content"]["application/json"]
    content = {
        "schema": {"anyOf": [success_content["schema"], error["schema"]]},
        "examples": {"success": {"value": success_content["example"]}, **error["examples"]},
    }
    description = f"{success['description']}. Or: {error_responses[status]['description']}"
    both = {"description": description, "content": {"application/json": content}}
    return {
        status: both,
        **{name: each for name, each in error_responses.items() if name != status},
    }


def _success(response: SuccessResponse) -> JsonObject:
    content = {"schema": reference(response.model), "example": response.example}
    made = {"description": response.description, "content": {response.content_type: content}}
    headers = {
        name: {"description": each.description, "required": each.required, "schema": each.schema}
        for name, each in response.headers.items()
    }
    return {**made, "headers": headers} if headers else made


def _in_band(api: Api) -> list[type[BaseModel]]:
    return [api.in_band] if api.in_band else []


def _extract_shared_responses(paths: Mapping[str, JsonObject]) -> JsonObject:
    """Move responses that several operations share to the components.

    Among those of one status, only the most frequent is moved. It is named after the status.
    """
    times = Counter(repr(response) for _, _, response in _responses(paths))
    shared: dict[str, Any] = {}
    for _, status, response in _responses(paths):
        name = _RENAMED.get(status) or HTTPStatus(int(status)).phrase.replace(" ", "")
        before = times[repr(shared.get(name))]
        if times[repr(response)] > max(1, before):
            shared[name] = response
    names = {repr(response): name for name, response in shared.items()}
    for responses, status, response in list(_responses(paths)):
        if repr(response) in names:
            responses[status] = {"$ref": f"{_SHARED_RESPONSES}{names[repr(response)]}"}
    return dict(sorted(shared.items()))


def _responses(paths: Mapping[str, JsonObject]) -> Iterator[tuple[JsonObject, str, Any]]:
    for methods in paths.values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                yield operation["responses"], status, response
