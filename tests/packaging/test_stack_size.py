"""How much of CloudFormation's limit the stack takes, counted on what SAM makes of the template."""

import json
import math
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT

pytestmark = pytest.mark.packaging

MAX_RESOURCES = 500
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

PER_FUNCTION_TYPES = {
    "AWS::Lambda::Function",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
}


def test_stack_fits_and_has_room(capsys: pytest.CaptureFixture[str]) -> None:
    """The stack is within the limit; the output says how many functions more would fit."""
    types = _transformed_types(ROOT / "template.yaml")

    total = types.total()
    functions = types["AWS::Lambda::Function"]
    per_function = math.ceil(sum(types[name] for name in PER_FUNCTION_TYPES) / functions)
    room = (MAX_RESOURCES - total) // per_function

    with capsys.disabled():
        print(f"\n{total} of {MAX_RESOURCES} resources, {per_function} a function: room for {room}")
    assert total <= MAX_RESOURCES


def _transformed_types(template: Path) -> Counter[str]:
    """The number of resources of each type in the transformed template."""
    made = subprocess.run(
        [ROOT / ".venv-sam/bin/python", Path(__file__).with_name("transform.py"), template],
        check=False,
        env={"AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return Counter(json.loads(made.stdout).values())
