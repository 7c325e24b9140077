"""The committed OpenAPI documents are those that the code generates."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from openapi_documents.files import FOLDER, ROOT, written_files
from openapi_documents.making import WHOLE, apis, make_documents, routes_of
from shared.dialects.vambe.webhook_requests import TOPICS as VAMBE_TOPICS
from shared.domain.webhooks import EVERY_TOPIC, TEST_TOPIC
from shared.validation.webhooks import TOPICS
from tests.api import Answer, Api, handler, template
from tests.documented import CONDITIONS, closed, document, why_undocumented
from tests.fixtures import Fixtures

DIALECTS = sorted(apis())
UUID = "df980fc8-b6db-4820-bf22-2969482d106d"
DEFINITION = {"name": "tier", "display_name": "Tier", "context_type": "contact"}
METHODS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return make_documents(template(), handler)


def operations(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document(name)["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def media(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every body of a document, with its place."""
    for place, operation in operations(name):
        if "requestBody" in operation:
            yield place, operation["requestBody"]["content"]["application/json"]
        for status, response in operation["responses"].items():
            if "$ref" not in response:
                (body,) = response["content"].values()
                yield f"{place} {status}", body
    for topic, methods in document(name).get("webhooks", {}).items():
        yield topic, methods["post"]["requestBody"]["content"]["application/json"]
    for place, response in document(name)["components"].get("responses", {}).items():
        (body,) = response["content"].values()
        yield place, body


def parts(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a schema, without its conditions."""
    if isinstance(part, dict):
        yield part
    for name, each in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(each, dict | list) and name not in CONDITIONS:
            yield from parts(each)


def references(part: Any) -> Iterator[str]:
    for each in part.values() if isinstance(part, dict) else part:
        if isinstance(each, dict | list):
            yield from references(each)
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        yield part["$ref"]


def test_what_is_kept_is_what_the_code_makes(made: dict[str, Any]):
    """If it fails, run `make openapi`."""
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


def test_every_topic_of_a_webhook_is_described():
    """Under `webhooks`, where generators and readers look for payloads."""
    topics = {*TOPICS, TEST_TOPIC} - {EVERY_TOPIC}
    assert document("native")["webhooks"].keys() == topics
    assert document("vambe")["webhooks"].keys() == VAMBE_TOPICS.keys()
    prefixed = {f"native.{topic}" for topic in topics} | {
        f"vambe.{topic}" for topic in VAMBE_TOPICS
    }
    assert document(WHOLE)["webhooks"].keys() == prefixed


@pytest.mark.parametrize("name", [WHOLE, *DIALECTS])
def test_generators_find_an_absolute_address_first(name: str):
    """A relative address is useless in a file. The docs page uses its own address instead."""
    first, second = document(name)["servers"]
    assert first["url"].startswith("http://127.0.0.1:")
    assert second["url"] == "/"


@pytest.mark.parametrize("name", [WHOLE, *DIALECTS])
def test_no_schema_hides_its_members_from_generators(name: str):
    """Generators read a schema with both `properties` and alternatives as the alternatives alone.

    They also always send a member that has a default.
    """
    schemas = [
        schema
        for schema in parts(document(name)["components"]["schemas"])
        if "properties" in schema and isinstance(schema["properties"], dict)
    ]
    assert schemas
    for schema in schemas:
        assert not schema.keys() & {"anyOf", "oneOf", "allOf"}, schema
        for member, part in schema["properties"].items():
            assert "default" not in part, member


REQUEST_BODIES: dict[tuple[str, str], dict[str, list[Any]]] = {
    ("klen", "DefinitionCreation"): {
        "fits": [
            {**DEFINITION, "variable_type": "text"},
            {**DEFINITION, "name": "tier_2", "variable_type": "text", "select_options": []},
            {**DEFINITION, "name": "tier_3", "variable_type": "select", "select_options": ["a"]},
        ],
        "unfit": [
            {**DEFINITION, "variable_type": "select"},
            {**DEFINITION, "variable_type": "select", "select_options": None},
            {**DEFINITION, "variable_type": "select", "select_options": []},
            {**DEFINITION, "variable_type": "select", "select_options": ["a", "a"]},
        ],
    },
    ("setter", "ContactUpdate"): {
        "fits": [
            {"id": 1},
            {"waId": "1"},
            {"id": None, "smsPhoneNumber": "1"},
            {"id": 1, "email": "", "phoneNumber": None},
            {"id": 1, "email": "ada@example.com"},
        ],
        "unfit": [
            {},
            {"id": None},
            {"id": "1"},
            {"waId": ""},
            {"waId": None, "smsPhoneNumber": ""},
            {"id": 1, "email": "ada"},
        ],
    },
    ("vambe", "CustomerUpsert"): {
        "fits": [
            {"channel": "webchat", "external_user_id": "u"},
            {"channel": "whatsapp", "contact_phone_number": "+1"},
            {
                "channel": "web-whatsapp",
                "contact_phone_number": "1",
                "stageId": "s",
                "agentId": "a",
            },
            {"channel": "whatsapp", "contact_phone_number": "1", "channel_phone_number": "2"},
        ],
        "unfit": [
            {"channel": "webchat", "contact_phone_number": "+1"},
            {"channel": "webchat", "external_user_id": ""},
            {"channel": "whatsapp", "external_user_id": "u"},
            {"channel": "whatsapp", "contact_phone_number": "none"},
            {"channel": "email", "contact_phone_number": "1"},
            {"channel": "whatsapp", "contact_phone_number": "1", "stageId": 1},
        ],
    },
    ("vambe", "TicketMetadata"): {
        "fits": [
            {"ticket_id": "t", "metadata": {}},
            {"ai_contact_id": UUID, "metadata": {}, "ticket_id": ""},
            {"contact_number": "1", "metadata": {}, "ai_contact_id": None},
        ],
        "unfit": [
            {"metadata": {}},
            {"ticket_id": "t"},
            {"ticket_id": "t", "ai_contact_id": UUID, "metadata": {}},
            {"ai_contact_id": UUID, "contact_number": "1", "metadata": {}},
            {"ai_contact_id": "a", "metadata": {}},
            {"contact_number": "none", "metadata": {}},
        ],
    },
}


@pytest.mark.parametrize(("dialect", "schema"), REQUEST_BODIES)
def test_conditions_accept_what_the_service_accepts(dialect: str, schema: str, fixtures: Fixtures):
    """A validator of the schema and the endpoint must agree."""
    components = document(dialect)["components"]
    target = {"$ref": f"#/components/schemas/{schema}", "components": components}
    validator = Draft202012Validator(target, validate_formats=True)
    ((place, _),) = [
        (place, operation)
        for place, operation in operations(dialect)
        if "requestBody" in operation
        and operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith(
            f"/{schema}"
        )
    ]
    method, path = place.split(" ")
    permissions = () if dialect in {"setter", "vambe"} else ("*",)
    fixtures.key("everything", permissions=permissions)
    for expected, bodies in REQUEST_BODIES[dialect, schema].items():
        for body in bodies:
            assert validator.is_valid(body) == (expected == "fits"), body
            status = Api("everything").call(method, path, body).status
            assert (status != 400) == (expected == "fits"), (body, status)


@pytest.mark.parametrize("name", [pytest.param(WHOLE, marks=pytest.mark.slow), *DIALECTS])
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
def test_every_operation_has_a_title(dialect: str):
    """Of its own, or from the docstring of its handler."""
    assert [place for place, operation in operations(dialect) if not operation["summary"]] == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_parameter_of_a_path_is_described(dialect: str):
    for place, operation in operations(dialect):
        named = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
        assert named == {part[1:-1] for part in place.split("/") if part.startswith("{")}, place


@pytest.mark.parametrize(
    ("dialect", "scheme"),
    [(name, scheme) for name in DIALECTS for scheme in apis()[name].security],
)
def test_a_key_is_taken_from_every_place_that_is_told(
    dialect: str, scheme: str, fixtures: Fixtures
):
    fixtures.key("everything", permissions=("*",))
    fixtures.account("acme", chatbots=("chatbotId",))
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
    rejected = {Api(None).call(route.method, path).status, 401, 403}
    assert Api(None).call(route.method, path, headers=headers, query=query).status not in rejected


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
    """The check of `tests.api`, which applies to every response of all tests, is effective."""
    route = "DELETE /api/v1/context-variables/{variable_id}/delete"
    good = {"message": "Variable definition deleted successfully"}
    header = {"content-type": "application/json"}
    assert why_undocumented("klen", route, Answer(200, good, header)) is None
    assert why_undocumented("klen", route, answer)


def test_documents_are_written_for_people():
    """They have lines that a diff can show."""
    for path in FOLDER.glob("*.json"):
        text = path.read_text()
        assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
        assert str(ROOT) not in text
