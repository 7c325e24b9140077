"""Header names are case-insensitive: `sam local start-api` writes them with capitals."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api import dialect_of, invoke, is_told_in_band, template
from tests.fixtures import Fixtures, Items

ROOT = Path(__file__).parents[2]
SAM_EVENTS = json.loads((ROOT / "tests/local/fixtures/sam_events.json").read_bytes())
CASES = [case for case in SAM_EVENTS["cases"] if "function" in case]
DIALECTS = {function.code_folder.parent.name for function in template().functions.values()}


def test_every_dialect_has_an_event_of_sam():
    assert {dialect_of(case["function"]) for case in CASES} == DIALECTS - {"triggers"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_event_of_sams_own_gateway_succeeds(
    case: dict[str, Any], everything: Fixtures, demo: Items
):
    """Each is an event that SAM's code has made, in which header names begin with capitals."""
    everything.put_back(demo)
    assert any(name != name.lower() for name in case["event"]["headers"])
    answer = invoke(case["function"], case["event"])
    assert answer.status == 200, answer.document
    assert not is_told_in_band(answer)


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_case_of_header_names_does_not_matter(
    case: dict[str, Any], change, everything: Fixtures, demo: Items
):
    everything.put_back(demo)
    headers = {change(name): value for name, value in case["event"]["headers"].items()}
    assert invoke(case["function"], {**case["event"], "headers": headers}).status == 200


def test_a_packed_answer_is_given_to_whoever_asks_with_capitals(everything: Fixtures):
    case = next(case for case in CASES if case["function"] == "DocsGetDocument")
    answer = invoke(case["function"], case["event"])
    assert answer.headers["content-encoding"] == "gzip"
