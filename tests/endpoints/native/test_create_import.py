"""POST /v1/imports: ask for an import, and get an address for its file."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.imports import BacklogChange, OpenImport
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/imports"
IMPORT = {
    "format": "csv",
    "identifier": {"kind": "phone", "column": "Mobile"},
    "mode": "coerce",
    "mapping": {"Plan": "variable.tier", "Mail": "contact.email", "Note": None},
}


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_an_import_is_created_and_waits_for_its_file(path: str, native: Api, fixtures: Fixtures):
    answer = native.call("POST", path, IMPORT)
    assert answer.status == 201
    upload = answer.document.pop("upload")
    made = answer.document
    assert made["id"].startswith("imp_")
    assert made.items() >= {**IMPORT, "status": "awaiting_file", "failure": None}.items()
    assert made["progress"] == {
        "rows": 0,
        "imported": 0,
        "failed": 0,
        "bytes_read": 0,
        "bytes_total": None,
    }
    assert upload["method"] == "PUT"
    assert made["created_at"] < upload["expires_at"] < made["expires_at"]
    address = urlsplit(upload["url"])
    assert address.path.endswith(f"/uploads/acme/{made['id']}")
    assert parse_qs(address.query)["X-Amz-Expires"] == ["3600"]
    assert native.call("GET", f"{PATH}/{made['id']}").document == made


@pytest.fixture
def in_region(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that sets the region, with the bucket on AWS."""

    def move(region: str) -> None:
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)

    return move


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "imports.s3.amazonaws.com"),
        ("eu-west-1", "imports.s3.eu-west-1.amazonaws.com"),
        ("eu-south-2", "imports.s3.eu-south-2.amazonaws.com"),
    ],
)
def test_the_address_is_one_of_the_region_of_the_bucket(
    region: str, host: str, in_region: Callable[[str], None], native: Api
):
    """Of another region S3 redirects it, or knows nothing, and it is signed for its host."""
    in_region(region)
    upload = native.call("POST", PATH, IMPORT).document["upload"]
    assert urlsplit(upload["url"]).hostname == host


def test_what_is_left_out_has_a_default(native: Api):
    made = native.call(
        "POST", PATH, {"format": "ndjson", "identifier": {"kind": "sms_phone_number"}}
    )
    assert made.document["identifier"]["column"] == "sms_phone_number"
    assert (made.document["mode"], made.document["mapping"]) == ("strict", {})


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {("/format", "required"), ("/identifier", "required")}),
        (
            {"format": "xlsx", "identifier": {}, "mode": "lax", "extra": 1},
            {
                ("/format", "invalid_value"),
                ("/identifier/kind", "required"),
                ("/mode", "invalid_value"),
                ("/extra", "unknown_member"),
            },
        ),
        (
            {
                **IMPORT,
                "mapping": {"a": "tier", "b": "contact.hat", "c": "variable.no name", "d": 7},
            },
            {
                ("/mapping/a", "invalid_value"),
                ("/mapping/b", "invalid_value"),
                ("/mapping/c", "invalid_value"),
                ("/mapping/d", "invalid_value"),
            },
        ),
        ({**IMPORT, "identifier": {"kind": "name"}}, {("/identifier/kind", "invalid_value")}),
        (
            {**IMPORT, "mapping": {"x" * 201: None}},
            {(f"/mapping/{'x' * 201}", "invalid_value")},
        ),
        ({**IMPORT, "mapping": {"[key]": 7}}, {("/mapping/[key]", "invalid_value")}),
        (
            {**IMPORT, "mapping": {f"c{n}": None for n in range(501)}},
            {("/mapping", "invalid_value")},
        ),
        (
            {**IMPORT, "mapping": {f"{n:0200d}": f"variable.{n:0100d}" for n in range(300)}},
            {("/mapping", "invalid_value")},
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once(
    body: Any, faults: set[Any], native: Api, fixtures: Fixtures
):
    before = fixtures.items()
    answer = native.call("POST", PATH, body)
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert {(each["pointer"], each["code"]) for each in answer.document["errors"]} == faults
    assert fixtures.items() == before


def test_an_import_speaks_for_the_key_that_asks(native: Api, fixtures: Fixtures):
    key = fixtures.key(
        "native_of_ann", permissions=("imports:write",), user="ann", teams=frozenset({7})
    )
    made = native.call("POST", PATH, IMPORT, key="native_of_ann")
    kept = fixtures.imports.find("acme", made.document["id"])
    assert (kept.key_id, kept.user, kept.teams) == (key.key_id, "ann", frozenset({7}))


def test_an_address_is_signed_for_the_size_that_is_asked_for(native: Api):
    upload = native.call("POST", PATH, {**IMPORT, "size": 12}).document["upload"]
    signed = parse_qs(urlsplit(upload["url"]).query)["X-Amz-SignedHeaders"]
    assert signed == ["content-length;host"]


@pytest.mark.parametrize("size", [0, -1, 2_000_000_001, 1.5, True, "12"])
def test_a_size_that_no_file_can_have_is_400(size: Any, native: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = native.call("POST", PATH, {**IMPORT, "size": size})
    assert (answer.status, answer.document["errors"][0]["pointer"]) == (400, "/size")
    assert fixtures.items() == before


def test_an_account_has_a_hundred_open_imports_at_most(native: Api, fixtures: Fixtures):
    made = [native.call("POST", PATH, IMPORT).document["id"] for _ in range(100)]
    before = fixtures.items()
    answer = native.call("POST", PATH, IMPORT)
    assert (answer.status, answer.document["code"]) == (409, "limit_reached")
    assert fixtures.items() == before
    native.call("POST", f"{PATH}/{made[7]}/cancel")
    assert native.call("POST", PATH, IMPORT).status == 201


def test_an_import_whose_address_has_expired_no_longer_counts(native: Api, fixtures: Fixtures):
    expired = [OpenImport(f"imp_{number}", LONG_AGO) for number in range(100)]
    fixtures.imports.replace_backlog(
        "acme", BacklogChange(fixtures.imports.backlog("acme"), expired)
    )
    answer = native.call("POST", PATH, IMPORT)
    assert answer.status == 201
    (left,) = fixtures.imports.backlog("acme").imports
    assert left.import_id == answer.document["id"]


def test_a_size_that_is_written_as_a_fraction_is_the_integer_that_it_is(native: Api):
    answer = native.call("POST", PATH, {**IMPORT, "size": 5.0})
    assert answer.status == 201
