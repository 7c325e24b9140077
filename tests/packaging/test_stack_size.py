"""How much of CloudFormation's limit the stack takes, counted on what SAM makes of the template."""

import re

import pytest

from tests.packaging.conftest import ROOT
from tests.packaging.stack import transformed, types_of

pytestmark = pytest.mark.packaging

SNAP_STARTED = re.compile("(Klen|Chatcaptain|Setter|Vambe|Hooks)[A-Z][A-Za-z]+(?<!Role)(?<!Logs)$")
"""The functions that start from snapshots where the build asks for them."""

MAX_RESOURCES = 500
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

MAX_ROUTES = 300
"""Of one API, and as many integrations; each route has one of its own.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""

PER_ENDPOINT = ("AWS::Lambda::Function", "AWS::IAM::Role")
PER_SNAPSHOT = ("AWS::Lambda::Version", "AWS::Lambda::Alias")

ENDPOINTS_TO_FIT = 168
"""The endpoints and triggers that the stack is to take: 97 more than it had at decision 32.

Each new one takes a place of them, so the room that is left falls with it. It was a hundred, until
`delete_parts` needed a queue and an alarm, `answer_call` a snapshot, and Amazon Connect and Amazon
Lex V2 a permission each.
"""


def test_stack_fits_and_has_room(capsys: pytest.CaptureFixture[str]) -> None:
    """The stack is within the limits; the output says how many endpoints more fit."""
    resources = transformed(ROOT / "template.yaml")
    types = types_of(resources)
    paths = resources["HttpApi"]["Properties"]["Body"]["paths"]
    routes = sum(len(operations.keys() - {"parameters"}) for operations in paths.values())

    total = types.total()
    snapshots = sum(SNAP_STARTED.match(name) is not None for name in resources) * len(PER_SNAPSHOT)
    room = min((MAX_RESOURCES - total) // len(PER_ENDPOINT), MAX_ROUTES - routes)
    with_snapshots = (MAX_RESOURCES - total - snapshots) // len(PER_ENDPOINT)

    with capsys.disabled():
        print(
            f"\n{total} of {MAX_RESOURCES} resources, {routes} of {MAX_ROUTES} routes: "
            f"room for {room} endpoints, {min(with_snapshots, room)} beside snapshots"
        )
    # Those of the platforms that invoke a function; routes share one role.
    assert types["AWS::Lambda::Permission"] == 2
    functions = types["AWS::Lambda::Function"]
    assert functions + min(room, with_snapshots) >= ENDPOINTS_TO_FIT
