"""Combine the documents of all APIs into one, with names prefixed by API."""

from collections.abc import Mapping
from typing import Any

from openapi_documents.description import JsonObject
from openapi_documents.document import frame

TITLE = "All APIs of Contact Context"
DESCRIPTION = """\
Typed variables about the person an AI agent is talking to, behind the APIs its users already speak.

Each API below is served exactly as its vendor documents it, over one set of data.
Each has a document of its own at `/openapi/{name}.json`.
"""


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
        title, prefix = document["info"]["title"], name.capitalize()
        own = _pointed(document, prefix)
        for path, methods in own["paths"].items():
            paths.setdefault(path, {}).update(_renamed(methods, name, title))
        for topic, methods in own.get("webhooks", {}).items():
            webhooks[f"{name}.{topic}"] = _renamed(methods, name, title)
        for kind, parts in own["components"].items():
            # The names of security schemes are already unique.
            before = "" if kind == "securitySchemes" else prefix
            named = {f"{before}{part}": value for part, value in parts.items()}
            components.setdefault(kind, {}).update(named)
        tags += [{**tag, "name": f"{title}: {tag['name']}"} for tag in own["tags"]]
    return frame(
        TITLE,
        _described(documents),
        tags=tags,
        paths=dict(sorted(paths.items())),
        webhooks=webhooks,
        components=components,
    )


def _described(documents: Mapping[str, JsonObject]) -> str:
    sections = [
        f"## {document['info']['title']}\n\n{document['info']['description']}"
        for document in documents.values()
    ]
    return "\n".join([DESCRIPTION, *sections])


def _renamed(methods: Mapping[str, JsonObject], name: str, title: str) -> JsonObject:
    """Prefix the ids and the tags of the operations of a path."""
    return {
        method: {
            **operation,
            "operationId": f"{name}{_capitalized(operation['operationId'])}",
            "tags": [f"{title}: {tag}" for tag in operation["tags"]],
        }
        for method, operation in methods.items()
    }


def _capitalized(name: str) -> str:
    return f"{name[:1].upper()}{name[1:]}"


def _pointed(part: Any, prefix: str) -> Any:
    """Prefix the names in all references of a part."""
    if isinstance(part, list):
        return [_pointed(each, prefix) for each in part]
    if not isinstance(part, dict):
        return part
    pointed = {name: _pointed(value, prefix) for name, value in part.items()}
    if isinstance(part.get("$ref"), str):
        place, _, target = part["$ref"].rpartition("/")
        pointed["$ref"] = f"{place}/{prefix}{target}"
    return pointed
