"""Build the examples of bodies: of requests from the events, of responses from their members."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from openapi_documents.description import EVENT, Event, JsonObject, Success
from openapi_documents.schemas import merged

_EVENTS = Path(__file__).parents[1] / "events"


class _AsDeclared(GenerateJsonSchema):
    def sort(
        self,
        value: JsonSchemaValue,
        parent_key: str | None = None,  # noqa: ARG002 - the signature of pydantic
    ) -> JsonSchemaValue:
        """Keep the order of members, which pydantic would sort by name."""
        return value


def examples_of_body(examples: Mapping[str, Any], dialect: str, endpoint: str) -> JsonObject:
    """Fill the body of the endpoint's example event into the examples of its request body."""
    path = _EVENTS / dialect / f"{endpoint}.json"
    return {
        name: json.loads(json.loads(path.read_text(encoding="utf-8"))["body"])
        if value is EVENT
        else value
        for name, value in examples.items()
    }


def example_of(response: Success) -> Any:
    """Build the example of a response: that of its model, with the members of its own."""
    made = example_of_model(response.model)
    return made if response.example is None else merged(made, response.example)


def example_of_event(event: Event) -> Any:
    """Build the example of an event: that of its schema, with the members of its own."""
    return merged(_example(event.schema, {}), event.example)


def example_of_model(model: type[BaseModel]) -> Any:
    """Build the example of a model from those of its fields.

    A field without an example has its only possible value, the example of its own model, false or
    null. An optional one is left out.
    """
    schema = model.model_json_schema(mode="serialization", schema_generator=_AsDeclared)
    return _example(schema, schema.get("$defs", {}))


def _example(schema: JsonObject, models: JsonObject) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return _example(models[schema["$ref"].rpartition("/")[2]], models)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], models)
    if "const" in schema:
        return schema["const"]
    if schema.get("type") == "boolean":
        return False
    if "properties" in schema:
        return {
            name: _example(part, models)
            for name, part in schema["properties"].items()
            if name in schema.get("required", ()) or "examples" in part
        }
    if schema.get("type") == "array":
        return [] if schema.get("maxItems") == 0 else [_example(schema["items"], models)]
    return None
