"""Build the OpenAPI document of one API from code, template and description."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from local.routing import Route
from openapi_documents.description import (
    Api,
    Event,
    Group,
    Handler,
    JsonObject,
    Operation,
    Parameter,
    Success,
)
from openapi_documents.error_responses import error_responses_of
from openapi_documents.examples import example_of, example_of_event, examples_of_body
from openapi_documents.schemas import COMPONENTS, component_schemas, reference, tidy
from shared.domain.accounts import ANY_KEY

_SERVERS: list[JsonObject] = [
    {"url": "http://127.0.0.1:3000", "description": "The local API of `make run`"},
    {"url": "/", "description": "The service that serves this document"},
]
"""The base URLs of the service. Client generators use the first one by default."""

HandlerOf = Callable[[str], Handler]
"""Returns the handler of a function by its logical id."""

_PROJECT = Path(__file__).parents[1]
_WEBHOOK_HEADERS = {
    "webhook-id": "The id of the event, the same for every delivery of it",
    "webhook-timestamp": "When the request was sent, in seconds since the epoch",
    "webhook-signature": "Signatures by the Standard Webhooks specification",
}

_RENAMED = {"413": "ContentTooLarge"}
"""Names of RFC 9110 that `HTTPStatus` has since Python 3.13."""

_SHARED_RESPONSES = "#/components/responses/"


def document_of(api: Api, routes: Mapping[Route, str], handler_of: HandlerOf) -> JsonObject:
    """Build the document of an API.

    Args:
        api: The description of the API.
        routes: The routes without a trailing slash, each with the name of its endpoint.
        handler_of: Returns the handler of a function.

    """
    paths: dict[str, JsonObject] = {}
    for route, endpoint in routes.items():
        made = _operation(api, endpoint, route, handler_of(route.function))
        paths.setdefault(route.path, {})[route.method.lower()] = made
    responses = _extract_shared_responses(paths)
    webhooks = {
        event.topic: {"post": _webhook(group, event)}
        for group in api.groups
        for event in group.events
    }
    return frame(
        api.title,
        api.description,
        tags=[{"name": each.tag, "description": each.description} for each in api.groups],
        paths=paths,
        **({"webhooks": webhooks} if webhooks else {}),
        components={
            "schemas": _schemas(api),
            "responses": responses,
            "securitySchemes": dict(api.security),
        },
    )


def frame(title: str, description: str, **parts: Any) -> JsonObject:
    """Build a document of these parts, with the version of the project and its servers."""
    version = tomllib.loads((_PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    return {
        "openapi": "3.1.1",
        "info": {"title": title, "version": version, "description": description},
        "servers": _SERVERS,
        **parts,
    }


def _schemas(api: Api) -> JsonObject:
    operations = api.operations.values()
    requests = [each.body for each in operations if each.body]
    responses = [made.model for each in operations for made in each.success_responses]
    responses += [api.error_response, *([api.in_band] if api.in_band else [])]
    schemas = component_schemas(requests, responses, api.all_limits)
    schemas |= {event.name: tidy(event.schema) for event in api.events}
    return dict(sorted(schemas.items()))


def _operation(api: Api, endpoint: str, route: Route, handler: Handler) -> JsonObject:
    key = (endpoint, route.method)
    operation, permissions = api.operations[key], handler.permissions
    in_path, in_query = _parameters(api, operation, route.path)
    parameters = [*in_path, *in_query, *operation.headers]
    made: JsonObject = {
        "operationId": operation.operation_id or _in_camel_case(endpoint),
        "summary": operation.summary or _summary(api.dialect.name, endpoint),
        "description": _description(operation, permissions),
        "tags": [group.tag for group in api.groups if key in group.operations],
    }
    if permissions and ANY_KEY not in permissions:
        made["x-permissions"] = list(permissions)
    if parameters:
        made["parameters"] = [
            *(_parameter(each, "path") for each in in_path),
            *(_parameter(each, "query") for each in in_query),
            *(_parameter(each, "header") for each in operation.headers),
        ]
    if operation.body:
        examples = examples_of_body(operation.examples, api.dialect.name, endpoint)
        content = _content(reference(operation.body), examples)
        made["requestBody"] = {"required": not operation.body_is_optional, "content": content}
    errors = error_responses_of(api, operation, parameters, route.method, handler)
    made["responses"] = _all_responses(operation, errors)
    made["security"] = [{name: []} for name in api.security]
    return made


def _summary(dialect: str, endpoint: str) -> str:
    """Return what the handler of an endpoint does, from its docstring after the path."""
    handler = _PROJECT / "functions" / dialect / endpoint / "app.py"
    docstring = ast.get_docstring(ast.parse(handler.read_text(encoding="utf-8"))) or ""
    summary = docstring.partition("\n")[0].partition(": ")[2].rstrip(".")
    return summary[:1].upper() + summary[1:]


def _webhook(group: Group, event: Event) -> JsonObject:
    return {
        "operationId": f"on{event.name}",
        "summary": event.summary,
        "description": event.description,
        "tags": [group.tag],
        "parameters": [
            _parameter(Parameter(name, description, required=True), "header")
            for name, description in _WEBHOOK_HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": _content(
                {"$ref": f"{COMPONENTS}{event.name}"}, {"event": example_of_event(event)}
            ),
        },
        "responses": {
            "2XX": {"description": "The event was received"},
            "4XX": {"description": "The delivery is retried. 410 disables the webhook"},
            "5XX": {"description": "The delivery is retried"},
        },
        "security": [],
    }


def _content(schema: JsonObject, examples: Mapping[str, Any]) -> JsonObject:
    named = {name: {"value": value} for name, value in examples.items()}
    return {"application/json": {"schema": schema, "examples": named}}


def _in_camel_case(endpoint: str) -> str:
    first, *words = endpoint.split("_")
    return "".join([first, *(word.capitalize() for word in words)])


def _description(operation: Operation, permissions: Sequence[str]) -> str:
    if ANY_KEY in permissions:
        return f"{operation.description}\n\nThe key needs no permission."
    words = " or ".join(f"`{each}`" for each in permissions)
    permission = f"The key needs the permission {words}." if permissions else ""
    return "\n\n".join(text for text in (operation.description, permission) if text)


def _parameters(
    api: Api, operation: Operation, path: str
) -> tuple[list[Parameter], list[Parameter]]:
    """Return the parameters of the path, in its order, and those of the query."""
    by_name = {each.name: each for each in (*api.all_path_parameters, *operation.parameters)}
    names = re.findall(r"\{(\w+)\}", path)
    in_query = [each for each in operation.parameters if each.name not in names]
    return [by_name[name] for name in names], in_query


def _parameter(parameter: Parameter, place: str) -> JsonObject:
    made: JsonObject = {
        "name": parameter.name,
        "in": place,
        "description": parameter.description,
        "required": parameter.required or place == "path",
        "schema": parameter.schema,
    }
    if parameter.may_be_empty:
        made["allowEmptyValue"] = True
    return made if parameter.example is None else {**made, "example": parameter.example}


def _all_responses(operation: Operation, error_responses: JsonObject) -> JsonObject:
    """Merge all responses. An error with a success status is an alternative of its body."""
    made = {str(each.status): _success(each) for each in operation.success_responses}
    for status, error in error_responses.items():
        made[status] = _either(made[status], error) if status in made else error
    return made


def _success(response: Success) -> JsonObject:
    content = {"schema": reference(response.model), "example": example_of(response)}
    made: JsonObject = {
        "description": response.description,
        "content": {response.content_type: content},
    }
    if response.headers:
        made["headers"] = dict(response.headers)
    return made


def _either(success: JsonObject, error: JsonObject) -> JsonObject:
    result, fault = (each["content"]["application/json"] for each in (success, error))
    content = {
        "schema": {"anyOf": [result["schema"], fault["schema"]]},
        "examples": {"success": {"value": result["example"]}, **fault["examples"]},
    }
    description = f"{success['description']}. Or: {error['description']}"
    return {**success, "description": description, "content": {"application/json": content}}


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
