"""How much of CloudFormation's limit the stack takes, counted on what SAM makes of the template."""

import math

import pytest

from tests.packaging.conftest import ROOT
from tests.packaging.stack import transformed, types_of

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
    types = types_of(transformed(ROOT / "template.yaml"))

    total = types.total()
    functions = types["AWS::Lambda::Function"]
    per_function = math.ceil(sum(types[name] for name in PER_FUNCTION_TYPES) / functions)
    room = (MAX_RESOURCES - total) // per_function

    with capsys.disabled():
        print(f"\n{total} of {MAX_RESOURCES} resources, {per_function} a function: room for {room}")
    assert total <= MAX_RESOURCES
