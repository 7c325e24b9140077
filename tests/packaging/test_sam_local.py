"""What `sam local` makes of the template, by SAM's own code."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.endpoints.native.test_not_deployed import LOGICAL_IDS
from tests.packaging.conftest import ROOT

pytestmark = pytest.mark.packaging

ENDPOINT = "http://dynamodb:8000"


@pytest.fixture(scope="module")
def variables() -> dict[str, dict[str, str]]:
    """The environment of each function."""
    program = [ROOT / ".venv-sam/bin/python", Path(__file__).with_name("local_environment.py")]
    done = subprocess.run(
        [*program, ROOT / "template.yaml", ENDPOINT], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def test_the_parameter_of_the_tables_endpoint_reaches_every_function(
    variables: dict[str, dict[str, str]],
) -> None:
    assert {each["AWS_ENDPOINT_URL_DYNAMODB"] for each in variables.values()} == {ENDPOINT}


def test_queues_and_buckets_are_logical_ids(variables: dict[str, dict[str, str]]) -> None:
    """Which the functions take for what they are: nothing that is deployed."""
    for name, logical_id in LOGICAL_IDS.items():
        assert {each[name] for each in variables.values() if name in each} == {logical_id}
