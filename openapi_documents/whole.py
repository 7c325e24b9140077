"""Combine the documents of all APIs into one, with names prefixed by API."""

from collections.abc import Mapping
from typing import Any

from openapi_documents.description import JsonObject
from openapi_documents.document import OPENAPI_VERSION, SERVERS, project_version

TITLE = "All APIs of Contact Context"
DESCRIPTION = """\
Typed variables about the person an AI agent is talking to, behind the APIs its users already speak.

Each API below is served exactly as its vendor documents it, over one set of data.
Each has a document of its own at `/openapi/{name}.json`.
"""

_SECURITY = "securitySchemes"


def whole_of(documents: Mapping[str, JsonObject]) -> JsonObject:
    """Combine documents into one.

    Args:
        documents: The document of each API, by dialect. The dialect becomes the prefix of names
            that several documents can use, such as schemas.

    """
    paths: dict[str, JsonObject] = {}
    components: dict[str, JsonObject] = {}
    webhooks: JsonObject = {}
    tags: list[JsonObject] = []
    for name, document in documents.items():
        own = _prefixed(document, name)
        for path, methods in own["paths"].items():
            paths.setdefault(path, {}).update(methods)
        for kind, parts in own["components"].items():
            components.setdefault(kind, {}).update(parts)
        webhooks |= own["webhooks"]
        tags += own["tags"]
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": TITLE,
            "version": project_version(),
            "description": _described(documents),
        },
        "servers": SERVERS,
        "tags": tags,
        "paths": dict(sorted(paths.items())),
        "webhooks": webhooks,
        "components": components,
    }


def _described(documents: Mapping[str, JsonObject]) -> str:
    sections = [
        f"## {document['info']['title']}\n\n{document['info']['description']}"
        for document in documents.values()
    ]
    return "\n".join([DESCRIPTION, *sections])


def _prefixed(document: JsonObject, name: str) -> JsonObject:
    prefix, title = name.capitalize(), document["info"]["title"]
    components = {
        kind: {
            # The names of security schemes are already unique.
            part if kind == _SECURITY else f"{prefix}{part}": _pointed(value, prefix)
            for part, value in parts.items()
        }
        for kind, parts in document["components"].items()
    }
    paths = {
        path: {
            method: _operation(_pointed(operation, prefix), name, title)
            for method, operation in methods.items()
        }
        for path, methods in document["paths"].items()
    }
    webhooks = {
        f"{name}.{topic}": {
            method: _operation(_pointed(operation, prefix), name, title)
            for method, operation in methods.items()
        }
        for topic, methods in document.get("webhooks", {}).items()
    }
    tags = [{**tag, "name": f"{title}: {tag['name']}"} for tag in document["tags"]]
    return {"paths": paths, "webhooks": webhooks, "components": components, "tags": tags}


def _operation(operation: JsonObject, name: str, title: str) -> JsonObject:
    own_id = operation["operationId"]
    return {
        **operation,
        "operationId": f"{name}{own_id[:1].upper()}{own_id[1:]}",
        "tags": [f"{title}: {tag}" for tag in operation["tags"]],
    }


def _pointed(part: Any, prefix: str) -> Any:
    """Prefix the names in all references of a part."""
    if isinstance(part, list):
        return [_pointed(each, prefix) for each in part]
    if not isinstance(part, dict):
        return part
    return {name: _reference(name, value, prefix) for name, value in part.items()}


def _reference(name: str, value: Any, prefix: str) -> Any:
    if name == "$ref" and isinstance(value, str):
        place, _, target = value.rpartition("/")
        return f"{place}/{prefix}{target}"
    return _pointed(value, prefix)
