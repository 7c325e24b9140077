"""The OpenAPI documents say what the code does: they are made from it, and what is kept is that."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from openapi_documents.files import FOLDER, ROOT, written_files
from openapi_documents.making import WHOLE, apis, make_documents, routes_of
from tests.api import Answer, Api, handler, template
from tests.documented import CONDITIONS, closed, document, why_undocumented
from tests.world import World

DIALECTS = sorted(apis())
METHODS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return make_documents(template(), lambda logical_id: handler(logical_id).permissions)


def operations(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document(name)["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def media(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body that a document knows, each with where it is."""
    for place, operation in operations(name):
        if "requestBody" in operation:
            yield place, operation["requestBody"]["content"]["application/json"]
        for status, response in operation["responses"].items():
            if "$ref" not in response:
                (body,) = response["content"].values()
                yield f"{place} {status}", body
    for place, response in document(name)["components"].get("responses", {}).items():
        (body,) = response["content"].values()
        yield place, body


def references(part: Any) -> Iterator[str]:
    for each in part.values() if isinstance(part, dict) else part:
        if isinstance(each, dict | list):
            yield from references(each)
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        yield part["$ref"]


def test_what_is_kept_is_what_the_code_makes(made: dict[str, Any]):
    """Else: `make openapi`."""
    texts = written_files(made)
    kept = {path: path.read_text() for path in texts if path.exists()}
    assert kept == texts
    assert set(FOLDER.iterdir()) <= texts.keys()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_describes_exactly_what_it_serves(dialect: str):
    routes = routes_of(template(), dialect)
    served = {(endpoint, route.method) for route, endpoint in routes.items()}
    assert apis()[dialect].operations.keys() == served


def test_the_whole_has_every_operation_under_a_name_of_its_own():
    own = [place for dialect in DIALECTS for place, _ in operations(dialect)]
    whole = dict(operations(WHOLE))
    assert sorted(whole) == sorted(own)
    names = [operation["operationId"] for operation in whole.values()]
    assert len(set(names)) == len(own)


@pytest.mark.parametrize("name", [WHOLE, *DIALECTS])
def test_every_reference_leads_to_a_part_and_every_part_is_used(name: str):
    components = document(name)["components"]
    parts = {f"#/components/{kind}/{part}" for kind in components for part in components[kind]}
    schemes = {f"#/components/securitySchemes/{part}" for part in components["securitySchemes"]}
    assert set(references(document(name))) == parts - schemes
    used = {
        scheme
        for _, operation in operations(name)
        for way in operation["security"]
        for scheme in way
    }
    assert used == components["securitySchemes"].keys()


@pytest.mark.parametrize("name", [WHOLE, *DIALECTS])
def test_every_schema_is_one_and_every_example_fits_its_own(name: str):
    components = {"schemas": closed(document(name)["components"]["schemas"])}
    seen = 0
    for place, content in media(name):
        schema = Draft202012Validator(
            {**content["schema"], "components": components}, validate_formats=True
        )
        values = [example["value"] for example in content.get("examples", {}).values()]
        values += [content["example"]] if "example" in content else []
        assert values, place
        for value in values:
            assert not [str(fault) for fault in schema.iter_errors(value)], place
        seen += len(values)
    assert seen > len(list(operations(name)))


@pytest.mark.parametrize("name", [WHOLE, *DIALECTS])
def test_an_example_of_a_parameter_fits_it(name: str):
    for place, operation in operations(name):
        for parameter in operation.get("parameters", ()):
            assert parameter["required"] or parameter["in"] != "path"
            if "example" in parameter:
                schema = Draft202012Validator(parameter["schema"])
                assert schema.is_valid(parameter["example"]), place


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_parameter_of_a_path_is_described(dialect: str):
    for place, operation in operations(dialect):
        named = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
        assert named == {part[1:-1] for part in place.split("/") if part.startswith("{")}, place


@pytest.mark.parametrize(
    ("dialect", "scheme"),
    [(name, scheme) for name in DIALECTS for scheme in apis()[name].security],
)
def test_a_key_is_taken_from_every_place_that_is_told(dialect: str, scheme: str, world: World):
    world.key("everything", permissions=("*",))
    world.account("acme", chatbots=("chatbotId",))
    headers, query = {}, {}
    match apis()[dialect].security[scheme]:
        case {"type": "http", "scheme": "bearer"}:
            headers["authorization"] = "Bearer everything"
        case {"type": "apiKey", "in": "header", "name": name}:
            headers[name.lower()] = "everything"
        case {"type": "apiKey", "in": "query", "name": name}:
            query[name] = "everything"
    route = next(iter(routes_of(template(), dialect)))
    path = route.path.replace("{", "").replace("}", "")
    refused = {Api(None).call(route.method, path).status, 401, 403}
    assert Api(None).call(route.method, path, headers=headers, query=query).status not in refused


UNDOCUMENTED = {
    "a status": Answer(402, {}, {"content-type": "application/json"}),
    "a type": Answer(200, {}, {"content-type": "text/plain"}),
    "a member that is missing": Answer(200, {}, {"content-type": "application/json"}),
    "a member that nobody knows": Answer(
        200,
        {"message": "Variable definition deleted successfully", "id": 1},
        {"content-type": "application/json"},
    ),
    "a code of another refusal": Answer(
        403, {"error": "not_found", "message": "No"}, {"content-type": "application/json"}
    ),
    "no word of when to try again": Answer(
        429,
        {"error": "rate_limit_exceeded", "message": "Later"},
        {"content-type": "application/json"},
    ),
}


@pytest.mark.parametrize("answer", UNDOCUMENTED.values(), ids=UNDOCUMENTED.keys())
def test_an_answer_outside_the_document_is_found(answer: Answer):
    """What `tests.api` holds every answer of all tests against is no formality."""
    route = "DELETE /api/v1/context-variables/{variable_id}/delete"
    good = {"message": "Variable definition deleted successfully"}
    header = {"content-type": "application/json"}
    assert why_undocumented("klen", route, Answer(200, good, header)) is None
    assert why_undocumented("klen", route, answer)


def test_documents_are_written_for_people():
    """In lines that a diff can show."""
    for path in FOLDER.glob("*.json"):
        text = path.read_text()
        assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
        assert str(ROOT) not in text
