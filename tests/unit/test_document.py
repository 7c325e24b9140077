"""The document of an API that reports some errors with the status of a success."""

import dataclasses
from typing import NamedTuple

import pytest
from pydantic import BaseModel

from local.routing import Route
from openapi_documents.description import Group, Operation, Success
from openapi_documents.document import document_of
from openapi_documents.setter.api import API
from shared.domain import errors
from shared.gateway.dialect import Dialect, ErrorResponse


class Handler(NamedTuple):
    """What a handler declares."""

    dialect: Dialect
    permissions: tuple[str, ...]


ROUTE = Route(method="GET", path="/thing", function="GetThing")


class Found(BaseModel):
    """What was found."""

    found: bool


class Fault(BaseModel):
    """Why nothing was found."""

    error: str


@pytest.fixture
def response() -> dict:
    error_responses = {
        **API.dialect.error_responses,
        errors.ContactNotFound: ErrorResponse(200, "none", "There is none"),
    }
    operation = Operation(
        summary="Get",
        response=Success("It", Found, example={"found": True}),
        errors=(errors.ContactNotFound("1"),),
    )
    dialect = dataclasses.replace(API.dialect, error_responses=error_responses)
    api = dataclasses.replace(
        API,
        dialect=dialect,
        groups=(Group("Contacts", "The people", {("get_thing", "GET"): operation}),),
        in_band=Fault,
        limits={},
    )
    document = document_of(api, {ROUTE: "get_thing"}, lambda _: Handler(dialect, ()))
    assert {"Found", "Fault"} <= document["components"]["schemas"].keys()
    return document["paths"]["/thing"]["get"]["responses"]["200"]


def test_both_bodies_stand_beside_each_other(response: dict):
    forms = response["content"]["application/json"]["schema"]["anyOf"]
    assert forms == [
        {"$ref": "#/components/schemas/Found"},
        {"$ref": "#/components/schemas/Fault"},
    ]


def test_both_have_an_example(response: dict):
    examples = response["content"]["application/json"]["examples"]
    assert examples["success"]["value"] == {"found": True}
    assert examples["contact_not_found"]["value"]["message"] == "There is none"
