"""Write a module that calls every operation of a generated Python client with typed arguments.

Runs in the environment of the generated clients, in the folder that holds their packages:
`python python_calls.py DOCUMENT PACKAGE` prints the module. A request body is built by keyword
arguments, field by field, so that the module fails its type check when a generator loses one.
"""

import importlib
import json
import pkgutil
import sys
import types
import typing
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs

EXTRA = "additional_properties"
ANY_JSON = {
    (f"{dialect}{model}", name)
    for model, name in (
        ("FieldValue", "value"),
        ("ValueSetting", "value"),
        ("VariableOperation", "value"),
        ("DefinitionCreation", "default"),
        ("DefinitionPatch", "default"),
    )
    for dialect in ("", "Native", "Vambe")
}
"""The fields that the API itself declares as any JSON value."""

SAMPLES = {
    "date-time": "2026-01-01T00:00:00+00:00",
    "uuid": "df980fc8-b6db-4820-bf22-2969482d106d",
    "cursor": "MTo3",
}


class Calls:
    """The module under construction: the imports that it needs, and its functions."""

    def __init__(self, document: dict[str, Any], package: str) -> None:
        self._document = document
        self._package = importlib.import_module(package)
        self._imports = {f"from {package}.client import AuthenticatedClient"}
        self._functions: list[str] = []

    def source(self) -> str:
        modules = self._modules()
        operations = dict(self._operations())
        assert modules.keys() == operations.keys(), modules.keys() ^ operations.keys()
        for name, operation in operations.items():
            self._functions.append(self._function(modules[name], operation))
        return "\n".join([*sorted(self._imports), "", *self._functions])

    def _modules(self) -> dict[str, types.ModuleType]:
        """The module of each operation, by the operation's id in lower case."""
        api = importlib.import_module(f"{self._package.__name__}.api")
        found = pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
        modules = [importlib.import_module(each.name) for each in found if not each.ispkg]
        return {_plain(each.__name__.rpartition(".")[2]): each for each in modules}

    def _operations(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for methods in self._document["paths"].values():
            for operation in methods.values():
                yield _plain(operation["operationId"]), operation

    def _function(self, module: types.ModuleType, operation: dict[str, Any]) -> str:
        hints = typing.get_type_hints(module.sync_detailed)
        assert Any not in _parts(hints.pop("return")), f"{module.__name__} returns Any"
        hints.pop("client")
        package, _, name = module.__name__.rpartition(".")
        self._imports.add(f"from {package} import {name}")
        calls = [{}]
        if "body" in hints:
            examples = operation["requestBody"]["content"]["application/json"]["examples"]
            calls = [{"body": self._body(hints["body"], each)} for each in examples.values()]
        parameters = {_plain(each["name"]): each for each in operation.get("parameters", ())}
        known = {
            each: self._parameter(parameters.pop(_plain(each)), hints[each])
            for each in hints
            if each != "body"
        }
        assert not parameters, f"{name} lacks the parameters {parameters.keys()}"
        lines = [
            f"    {name}.sync_detailed({_arguments({'client': 'client', **known, **call})})"
            for call in calls
        ]
        return "\n".join([f"def call_{name}(client: AuthenticatedClient) -> None:", *lines, ""])

    def _parameter(self, parameter: dict[str, Any], hint: Any) -> str:
        value = parameter.get("example", _sample(parameter["schema"]))
        for kind in _parts(hint):
            if isinstance(kind, type) and issubclass(kind, Enum | UUID):
                return self._literal(kind(value))
            if kind is datetime:
                return self._literal(datetime.fromisoformat(value))
        return self._literal(value)

    def _body(self, hint: Any, example: dict[str, Any]) -> str:
        # The type of a body that may be missing has another part.
        (model,) = (each for each in _parts(hint) if attrs.has(each))
        body = model.from_dict(example["value"])
        assert body.to_dict() == example["value"], f"{model.__name__} changes its example"
        return self._literal(body)

    def _literal(self, value: Any) -> str:
        """Python code that makes a value, every model by its typed fields."""
        if attrs.has(type(value)):
            return self._model(value)
        if isinstance(value, Enum | UUID | datetime | date):
            kind = type(value)
            self._imports.add(f"from {kind.__module__} import {kind.__name__}")
            if isinstance(value, datetime | date):
                return f"{kind.__name__}.fromisoformat({value.isoformat()!r})"
            return f"{kind.__name__}({str(getattr(value, 'value', value))!r})"
        if isinstance(value, list):
            return f"[{', '.join(self._literal(each) for each in value)}]"
        return repr(value)

    def _model(self, value: Any) -> str:
        kind = type(value)
        self._imports.add(f"from {kind.__module__} import {kind.__name__}")
        hints = typing.get_type_hints(kind, vars(sys.modules[kind.__module__]) | _names_of(kind))
        names = [field.name for field in attrs.fields(kind) if field.name != EXTRA]
        extra = getattr(value, EXTRA, {})
        if not names:
            return f"{kind.__name__}.from_dict({value.to_dict()!r})"
        assert not extra, f"{kind.__name__} has no fields {sorted(extra)}"
        for name in names:
            untyped = {Any, object} & {*_parts(hints[name])}
            assert not untyped or (kind.__name__, name) in ANY_JSON, f"{kind.__name__}.{name}"
        given = {name: getattr(value, name) for name in names}
        return f"{kind.__name__}({_arguments(self._sent(given))})"

    def _sent(self, given: dict[str, Any]) -> dict[str, str]:
        unset = importlib.import_module(f"{self._package.__name__}.types").UNSET
        return {name: self._literal(each) for name, each in given.items() if each is not unset}


def _names_of(kind: type) -> dict[str, Any]:
    """The models that a module names only for type checkers."""
    models = importlib.import_module(kind.__module__.rpartition(".")[0])
    return vars(models)


def _parts(hint: Any) -> Iterator[Any]:
    """A type and the members of its unions and lists."""
    yield hint
    for each in typing.get_args(hint):
        # The keys and values of a plain object are any JSON.
        if typing.get_origin(hint) is not dict:
            yield from _parts(each)


def _arguments(named: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in named.items())


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _sample(schema: dict[str, Any]) -> Any:
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "integer":
        return schema.get("minimum", 1)
    return SAMPLES.get(schema.get("format", ""), "1")


if __name__ == "__main__":
    document_path, package_name = sys.argv[1:]
    sys.path.insert(0, str(Path.cwd()))
    text = Path(document_path).read_text(encoding="utf-8")
    print(Calls(json.loads(text), package_name).source())
