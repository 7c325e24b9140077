"""Imports of keys that see more: other keys cannot get, cancel or read the errors of them."""

from typing import Any

import pytest

from shared.domain.imports import ImportStatus, Progress, SourceFile
from tests.api import Api
from tests.fixtures import KEY, Fixtures
from tests.triggers.importing import Importer

ANN = {"user": "ann", "teams": frozenset({7, 8})}
READERS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({}, {}, True),
    ({}, ANN, True),
    (ANN, {}, False),
    (ANN, {"user": "ann"}, False),
    (ANN, {"user": "ann", "teams": frozenset({7})}, False),
    (ANN, {"user": "bob", "teams": frozenset({7, 8})}, False),
    (ANN, ANN, True),
    (ANN, {"user": "ann", "teams": frozenset({7, 8, 9})}, True),
    ({"user": "ann"}, ANN, True),
    ({"user": "ann"}, {"user": "bob"}, False),
    ({"teams": frozenset({7})}, {"teams": frozenset({8})}, False),
    ({"teams": frozenset({7})}, {"user": "bob", "teams": frozenset({7})}, True),
]


@pytest.mark.parametrize(("creator", "reader", "is_shown"), READERS)
def test_an_import_is_seen_by_keys_that_see_what_its_creator_saw(
    creator: dict[str, Any],
    reader: dict[str, Any],
    is_shown: bool,
    everything: Fixtures,
):
    fixtures = everything
    fixtures.key(KEY, permissions=("*",), **reader)
    ended = {"status": ImportStatus.COMPLETED, "file": SourceFile(1, "e"), "progress": Progress(1)}
    fixtures.import_job("imp_1", **ended, **creator)
    fixtures.import_job("imp_2", **creator)
    client = Api(KEY)
    requests = [
        ("GET", "/v1/imports/imp_1"),
        ("GET", "/v1/imports/imp_1/errors"),
        ("POST", "/v1/imports/imp_2/cancel"),
    ]
    before = fixtures.items()
    listed = client.call("GET", "/v1/imports").document["data"]
    assert [each["id"] for each in listed] == (["imp_2", "imp_1"] if is_shown else [])
    for method, path in requests:
        answer = client.call(method, path)
        assert answer.status == (200 if is_shown else 404), path
        assert is_shown or answer.document["detail"] == "There is no such import"
    assert is_shown or fixtures.items() == before


def test_hidden_imports_are_passed_over_from_page_to_page(fixtures: Fixtures):
    fixtures.key(KEY, permissions=("*",))
    for number in range(6):
        fixtures.import_job(f"imp_{number}", user="ann" if number % 3 else None)
    query, found = {"limit": "2"}, []
    while True:
        page = Api(KEY).call("GET", "/v1/imports", query=query).document
        found += [each["id"] for each in page["data"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert found == ["imp_3", "imp_0"]


@pytest.mark.parametrize("mode", ["strict", "coerce", "auto_create"])
def test_row_errors_and_columns_name_nothing_that_is_hidden_from_the_creator(
    mode: str, importer: Importer, fixtures: Fixtures
):
    options = ("canary-option", "canary-other")
    fixtures.definition("plan", "select", owner="ann", select_options=options)
    fixtures.definition(
        "canary_score", "number", owner="ann", display_name="Canary", aliases=("Pts",)
    )
    rows = [
        {"email": "jo@example.com", "plan": "gold"},
        {"email": "jo@example.com", "Pts": "x"},
        {"email": "jo@example.com", "canary": "x"},
    ]
    content = "\n".join(map(_as_json, rows))
    job = importer.done(content, "ndjson", mode=mode, user="bob")
    told = importer.errors(job)
    assert "canary-o" not in told
    assert "canary_score" not in told
    if mode == "strict":
        assert job.progress.failed == 3


def test_row_errors_name_the_options_that_the_creator_sees(importer: Importer, fixtures: Fixtures):
    fixtures.definition("plan", "select", owner="ann", select_options=("canary-option",))
    job = importer.done("email,plan\njo@example.com,gold\n", user="ann")
    assert "canary-option" in importer.errors(job)


def _as_json(row: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": "{text}"' for name, text in row.items()) + "}"
