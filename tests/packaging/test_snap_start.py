"""What `make build SNAP_START=1` deploys: functions that start from snapshots of their versions."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.conftest import ROOT
from tests.packaging.stack import transformed, types_of
from tests.packaging.test_stack_size import MAX_RESOURCES

pytestmark = pytest.mark.packaging


@pytest.fixture(scope="module")
def template() -> Path:
    """The template that is built."""
    made = ROOT / ".aws-sam" / "snap-start.yaml"
    subprocess.run(["make", "--silent", made.relative_to(ROOT)], check=True, cwd=ROOT)
    return made


@pytest.fixture(scope="module")
def resources(template: Path) -> dict[str, Any]:
    return transformed(template)


def of_type(resources: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [made["Properties"] for made in resources.values() if made["Type"] == name]


def snap_started(resources: dict[str, Any]) -> set[str]:
    return {
        name
        for name, made in resources.items()
        if made["Type"] == "AWS::Lambda::Function" and "SnapStart" in made["Properties"]
    }


def test_functions_that_agents_wait_for_start_from_snapshots(resources: dict[str, Any]) -> None:
    functions = {name for name, made in resources.items() if made["Type"].endswith("a::Function")}
    waited_for = {name for name in functions if not name.startswith(("Docs", "Native", "Trigger"))}
    assert snap_started(resources) == waited_for
    types = types_of(resources)
    assert types["AWS::Lambda::Alias"] == types["AWS::Lambda::Version"] == len(waited_for)


def test_the_stack_fits_with_them_too(resources: dict[str, Any]) -> None:
    assert types_of(resources).total() <= MAX_RESOURCES


def test_routes_call_the_alias_of_such_a_function(resources: dict[str, Any]) -> None:
    """An alias leads to the version that a snapshot was taken of."""
    (api,) = of_type(resources, "AWS::ApiGatewayV2::Api")
    calls = [
        operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        for operations in api["Body"]["paths"].values()
        for method, operation in operations.items()
        if method != "parameters"
    ]
    by_alias = {
        name for call in calls for name in re.findall(r"\$\{(\w+)\.Arn\}:live/invocations$", call)
    }
    directly = {
        name for call in calls for name in re.findall(r"\$\{(\w+)\.Arn\}/invocations$", call)
    }
    assert by_alias == snap_started(resources)
    assert not by_alias & directly


def test_a_new_layer_makes_new_versions(template: Path, resources: dict[str, Any]) -> None:
    """A snapshot has the layer in it."""
    later = transformed(template, "s3://bucket/another-key")

    def versions(made: dict[str, Any]) -> set[str]:
        return {name for name, each in made.items() if each["Type"] == "AWS::Lambda::Version"}

    assert not versions(resources) & versions(later)


def test_without_it_no_versions_are_made() -> None:
    types = types_of(transformed(ROOT / "template.yaml"))
    assert types["AWS::Lambda::Version"] == types["AWS::Lambda::Alias"] == 0
