"""Write a TypeScript module that calls every operation of a document with typed arguments."""

import json
from collections.abc import Iterator
from typing import Any

_HEAD = """\
import createClient from "openapi-fetch";
import type { paths } from "./%s.js";

/** A type that the document describes: an unknown one is not assignable to it. */
type Known<T> = unknown extends T ? never : T;

export async function calls(client: ReturnType<typeof createClient<paths>>): Promise<void> {
"""

_SAMPLES = {
    "date-time": "2026-01-01T00:00:00Z",
    "uuid": "df980fc8-b6db-4820-bf22-2969482d106d",
}


def typescript_calls(name: str, document: dict[str, Any]) -> str:
    """Return the module for the document of this name, whose types are in `NAME.d.ts`."""
    calls = [
        _call(number, method, path, arguments)
        for number, (method, path, arguments) in enumerate(_calls(document))
    ]
    return "".join([_HEAD % name, *calls, "}\n"])


def _calls(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            places: dict[str, dict[str, Any]] = {}
            for each in operation.get("parameters", ()):
                value = each.get("example", _sample(each["schema"]))
                places.setdefault(each["in"], {})[each["name"]] = value
            arguments: dict[str, Any] = {"params": places} if places else {}
            if "requestBody" not in operation:
                yield method, path, arguments
                continue
            content = operation["requestBody"]["content"]["application/json"]
            for example in content["examples"].values():
                yield method, path, {**arguments, "body": example["value"]}


def _call(number: int, method: str, path: str, arguments: dict[str, Any]) -> str:
    given = ", ".join(json.dumps(each) for each in (path, arguments) if each)
    return (
        f"  const answer{number} = await client.{method.upper()}({given});\n"
        f'  const data{number}: Known<(typeof answer{number})["data"]> = answer{number}.data;\n'
        f"  void data{number};\n"
    )


def _sample(schema: dict[str, Any]) -> Any:
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "integer":
        return schema.get("minimum", 1)
    return _SAMPLES.get(schema.get("format", ""), "1")
