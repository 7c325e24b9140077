"""Compare responses with the committed OpenAPI document of their API."""

import json
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from openapi_documents.files import FOLDER

OF_HOOKS = "hooks"
"""The folder of the functions that voice platforms call. The platforms define their formats."""

OF_THE_DOCUMENTS = "docs"
"""The folder of the functions that serve the documents. They belong to no API."""

CONDITIONS = {"if", "then", "else"}
"""The keywords of conditions in a JSON Schema."""


def why_undocumented(dialect: str, route: str, answer: Any) -> str | None:
    """Return what the document lacks of a response. None if nothing, or if it is a document."""
    if dialect in (OF_THE_DOCUMENTS, OF_HOOKS):
        return None
    method, path = route.split(" ")
    response = _response(dialect, path.rstrip("/"), method.lower(), str(answer.status))
    if response is None:
        return f"{route} has no answer {answer.status}"
    kind = answer.headers["content-type"]
    if kind not in response["content"]:
        return f"{route} has no answer {answer.status} of {kind}"
    required = [name for name, each in response.get("headers", {}).items() if each["required"]]
    missing = [name for name in required if name.lower() not in answer.headers]
    if missing:
        return f"{route} has answered {answer.status} without {missing}"
    if not kind.endswith("json"):
        return None
    faults = _validator(dialect, json.dumps(response["content"][kind]["schema"]))
    return next((str(fault) for fault in faults.iter_errors(answer.document)), None)


def why_undocumented_event(dialect: str, payload: Any) -> str | None:
    """Return what the document lacks of the payload of a webhook. None if nothing."""
    request = document(dialect)["webhooks"][payload["type"]]["post"]["requestBody"]
    faults = _validator(dialect, json.dumps(request["content"]["application/json"]["schema"]))
    return next((str(fault) for fault in faults.iter_errors(payload)), None)


@cache
def document(dialect: str) -> dict[str, Any]:
    """Return the document of a dialect, as it is served."""
    return json.loads((FOLDER / f"{dialect}.json").read_text(encoding="utf-8"))


@cache
def _response(dialect: str, path: str, method: str, status: str) -> dict[str, Any] | None:
    response = document(dialect)["paths"][path][method]["responses"].get(status)
    if response is None or "$ref" not in response:
        return response
    return document(dialect)["components"]["responses"][response["$ref"].rpartition("/")[2]]


@cache
def _validator(dialect: str, schema: str) -> Draft202012Validator:
    components = document(dialect)["components"]
    whole = {**json.loads(schema), "components": {"schemas": closed(components["schemas"])}}
    return Draft202012Validator(whole, validate_formats=True)


def closed(schema: Any) -> Any:
    """Return a schema that allows no other members than it names.

    Clients ignore other members, tests do not. Conditions stay as they are: they constrain members
    that the schema around them names.
    """
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: part if name in CONDITIONS else closed(part) for name, part in schema.items()}
    if "properties" in parts and "$ref" not in parts:
        parts.setdefault("additionalProperties", False)
    return parts
