"""The response to an empty query parameter is that of the OpenAPI document."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from jsonschema_rs import Draft202012Validator

from tests.api import Answer, Api, dialect_of, is_told_in_band, template
from tests.contract.test_policies import CALLS, KEY_WITH_LIMIT, stage
from tests.documented import document
from tests.fixtures import Fixtures

FORMATS = {"cursor": bool}
"""A cursor is opaque: its schema only requires that it is not empty."""


def parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every query parameter with the function that reads it."""
    for route in template().routes:
        if dialect_of(route.function) in ("docs", "hooks") or route.path.endswith("/"):
            continue
        operation = document(dialect_of(route.function))["paths"][route.path][route.method.lower()]
        for each in operation.get("parameters", ()):
            if each["in"] == "query":
                yield route.function, each


def admits_empty_text(schema: dict[str, Any]) -> bool:
    return Draft202012Validator(schema, formats=FORMATS, validate_formats=True).is_valid("")


def send(method: str, path: str, document: Any, query: dict[str, str]) -> Answer:
    headers = {"x-chatcaptain-key": KEY_WITH_LIMIT}
    return Api(KEY_WITH_LIMIT).call(method, path, document, query=query, headers=headers)


def test_there_are_parameters_of_each_kind():
    found = list(parameters())
    assert len(found) > 20
    assert any(each.get("allowEmptyValue") for _, each in found)
    assert any(not admits_empty_text(each["schema"]) for _, each in found)


@pytest.mark.parametrize(
    ("logical_id", "parameter"),
    list(parameters()),
    ids=lambda part: part if isinstance(part, str) else part["name"],
)
def test_an_empty_value_is_none_or_valid_or_refused_as_documented(
    logical_id: str, parameter: dict[str, Any], everything: Fixtures, api: Api, fixtures: Fixtures
):
    stage(logical_id, fixtures)
    method, path, body = CALLS[logical_id][0]
    path, _, text = path.partition("?")
    query = {name: value for name, value in parse_qsl(text) if name != parameter["name"]}
    answer = send(method, path, body, {**query, parameter["name"]: ""})
    if parameter.get("allowEmptyValue"):
        without = send(method, path, body, query)
        assert (answer.status, answer.document) == (without.status, without.document)
    elif admits_empty_text(parameter["schema"]):
        assert answer.status == 200
        assert not is_told_in_band(answer)
    else:
        assert answer.status == 400 or is_told_in_band(answer)
