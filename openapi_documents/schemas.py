"""Generate JSON Schemas from models."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from openapi_documents.description import JsonObject, Model

COMPONENTS = "#/components/schemas/"

_PUBLISHED_NAMES = {"UpsertMode": "IntakeMode"}
"""Schema names that are not the class name. They stay because clients generate code from them."""


def component_schemas(
    requests: Iterable[Model], responses: Iterable[Model], limits: Mapping[Model, JsonObject]
) -> JsonObject:
    """Generate the schemas of all models and their nested models, sorted by name."""
    wanted = [(model, "validation") for model in requests]
    wanted += [(model, "serialization") for model in responses]
    _, document = models_json_schema(wanted, ref_template=f"{COMPONENTS}{{model}}")  # type: ignore[arg-type]
    schemas = {
        _PUBLISHED_NAMES.get(name, name): tidy(schema)
        for name, schema in document.get("$defs", {}).items()
    }
    for model, limit in limits.items():
        schemas[model.__name__] = merged(schemas[model.__name__], limit)
    return dict(sorted(schemas.items()))


def schema_of(model: Model) -> JsonObject:
    """Generate the schema of one request body."""
    schema: JsonObject = component_schemas([model], [], {})[model.__name__]
    return schema


def reference(model: Model) -> JsonObject:
    """Build a reference to the schema of a model."""
    return {"$ref": f"{COMPONENTS}{model.__name__}"}


def merged(schema: Any, part: Any) -> Any:
    """Merge a part into a schema, recursively. The part takes precedence."""
    if not isinstance(schema, dict) or not isinstance(part, dict):
        return part
    return {**schema, **{name: merged(schema.get(name), value) for name, value in part.items()}}


def tidy(schema: Any) -> Any:
    """Write a schema as readers and client generators need it."""
    # Titles only repeat the names. The examples of members make up those of responses.
    if isinstance(schema, list):
        return [tidy(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        name = schema["$ref"].removeprefix(COMPONENTS)
        schema = {**schema, "$ref": f"{COMPONENTS}{_PUBLISHED_NAMES.get(name, name)}"}
    kept = {
        name: {key: tidy(value) for key, value in part.items()}
        if name == "properties"
        else tidy(part)
        for name, part in schema.items()
        if not (name == "title" and isinstance(part, str)) and name != "examples"
    }
    return _with_one_type(_default_in_description(kept))


def _default_in_description(schema: JsonObject) -> JsonObject:
    """Move a default from its keyword to the description.

    Generated clients always send a member with a default, which would overwrite stored data. A
    default of null is dropped, as it only says that the member is optional.
    """
    if not isinstance(schema.get("default"), str | bool | int | float | dict):
        return {name: part for name, part in schema.items() if name != "default"}
    default = json.dumps(schema.pop("default"), ensure_ascii=False)
    words = (schema.pop("description", ""), f"Default: `{default}`")
    return {**schema, "description": ". ".join(each for each in words if each)}


def _with_one_type(schema: JsonObject) -> JsonObject:
    """Convert `anyOf` of plain types to a list of types, such as `["string", "null"]`."""
    choices = schema.get("anyOf", [])
    if {} in choices:
        # One of them accepts everything.
        return {name: part for name, part in schema.items() if name != "anyOf"}
    plain = [choice for choice in choices if _is_plain(choice)]
    others = [choice for choice in choices if not _is_plain(choice)]
    if (
        not plain
        or len(others) > 1
        or any(not isinstance(each.get("type"), str) for each in others)
    ):
        return schema
    rest = {name: part for name, part in schema.items() if name != "anyOf"}
    types = [each["type"] for each in (*others, *plain)]
    keywords = {name: part for each in others for name, part in each.items() if name != "type"}
    if keywords.keys() & {"enum", "const"}:
        return schema
    return {"type": types, **keywords, **rest}


def _is_plain(choice: JsonObject) -> bool:
    return choice.keys() == {"type"} and isinstance(choice["type"], str)
