"""GET /docs and /docs/{part}: a page that works from what this service serves, and nothing else."""

import dataclasses
import json
import re

import pytest

from local.response import MAX_LAMBDA_PAYLOAD_BYTES
from openapi_documents.making import WHOLE, apis
from shared.dialects.native.dialect import NATIVE
from tests.api import Api
from tests.documented import document

NOBODY = Api(None)
PARTS = {
    "favicon-32x32.png": "image/png",
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui-standalone-preset.js": "text/javascript; charset=utf-8",
    "documents.js": "text/javascript; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
}


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/index.html"])
def test_the_page_needs_no_key(path: str):
    answer = NOBODY.call("GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_the_page_is_made_of_parts_that_are_served_here():
    page = NOBODY.call("GET", "/docs").document.decode()
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert set(named) == {f"/docs/{part}" for part in PARTS} | {"/openapi.json"}
    assert "http" not in page


@pytest.mark.parametrize(("part", "kind"), PARTS.items())
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_part_comes_as_what_it_is_and_fits_an_answer(part: str, kind: str, encoding: str):
    answer = NOBODY.call("GET", f"/docs/{part}", headers={"accept-encoding": encoding})
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert 0 < len(answer.document) * 4 / 3 < MAX_LAMBDA_PAYLOAD_BYTES
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_lets_nothing_in_from_elsewhere():
    policy = NOBODY.call("GET", "/docs").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "connect-src 'self';" in policy


def test_the_page_offers_every_document():
    text = NOBODY.call("GET", "/docs/documents.js").document.decode()
    offered = json.loads(text.removeprefix("const DOCUMENTS = "))
    assert [each["url"] for each in offered] == [
        f"/openapi/{name}.json" for name in (WHOLE, *apis())
    ]
    for each in offered:
        found = NOBODY.call("GET", each["url"]).document
        assert found["info"]["title"] == each["name"]
        assert found == document(each["url"].split("/")[-1].removesuffix(".json"))


def test_what_swagger_ui_brings_is_kept_for_long_and_the_rest_asked_about():
    kept = NOBODY.call("GET", "/docs/swagger-ui-bundle.js").headers["cache-control"]
    assert kept == "public, max-age=604800"
    assert NOBODY.call("GET", "/docs/documents.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("part", ["app.py", "swagger-ui.css.map", "..%2Fapp.py", "none"])
def test_no_other_file_is_shown(part: str):
    answer = NOBODY.call("GET", f"/docs/{part}")
    assert (answer.status, answer.document) == (404, {"message": "Not Found"})
    assert answer.headers["cache-control"] == "no-store"


def test_each_document_has_a_title_of_its_own():
    titles = [document(name)["info"]["title"] for name in (WHOLE, *apis())]
    assert len(set(titles)) == len(titles)


def test_the_page_keeps_no_api_key_when_it_is_left():
    """Swagger UI writes keys to localStorage only with `persistAuthorization`."""
    script = NOBODY.call("GET", "/docs/start.js").document.decode()
    assert "persistAuthorization: false" in script
    for name in PARTS.keys() - {"swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"}:
        part = NOBODY.call("GET", f"/docs/{name}").document
        assert b"localStorage" not in part
        assert b"sessionStorage" not in part


def test_a_key_of_one_api_is_offered_to_no_other():
    """The page keeps keys by the names of security schemes, also when another API is chosen."""
    owners: dict[str, set[str]] = {}
    for name in apis():
        for scheme in document(name)["components"]["securitySchemes"]:
            owners.setdefault(scheme, set()).add(name)
    assert all(len(names) == 1 for names in owners.values())
    whole = document(WHOLE)
    assert whole["components"]["securitySchemes"].keys() == owners.keys()
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            (served_by,) = [
                name for name in apis() if method in document(name)["paths"].get(path, {})
            ]
            schemes = {scheme for way in operation["security"] for scheme in way}
            assert {owner for each in schemes for owner in owners[each]} == {served_by}


@pytest.mark.parametrize("path", ["/docs/errors", "/docs/errors/", "/docs/errors.html"])
def test_error_codes_are_explained_without_a_key(path: str):
    answer = NOBODY.call("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_every_problem_type_links_to_the_explanation_of_its_code():
    for error in NATIVE.error_responses:
        fields = dataclasses.fields(error) if dataclasses.is_dataclass(error) else ()
        problem = NATIVE.error_response(error(**{field.name: 7 for field in fields})).document
        path, _, anchor = problem["type"].partition("#")
        page = NOBODY.call("GET", path)
        assert page.status == 200
        (section,) = re.findall(
            rf'<section id="{anchor}">(.*?)</section>', page.document.decode(), re.DOTALL
        )
        assert problem["code"] == anchor
        assert f"Status {problem['status']}" in section
        assert section.count("<p>") == 2, f"{anchor} does not say what to do"


def test_every_fault_code_is_explained():
    page = NOBODY.call("GET", "/docs/errors").document.decode()
    for code in ("required", "unknown_member", "invalid_value"):
        assert f"<dt><code>{code}</code></dt>" in page
