"""What `make build SNAP_START=1` deploys: functions that start from snapshots of their versions."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.conftest import ROOT
from tests.packaging.stack import transformed, types_of

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


def test_every_function_starts_from_a_snapshot_of_its_version(resources: dict[str, Any]) -> None:
    types = types_of(resources)
    functions = of_type(resources, "AWS::Lambda::Function")
    assert {str(each["SnapStart"]) for each in functions} == {"{'ApplyOn': 'PublishedVersions'}"}
    assert types["AWS::Lambda::Alias"] == types["AWS::Lambda::Version"] == len(functions)


def test_whoever_calls_a_function_calls_its_alias(resources: dict[str, Any]) -> None:
    (api,) = of_type(resources, "AWS::ApiGatewayV2::Api")
    calls = [
        method["x-amazon-apigateway-integration"]["uri"]
        for path in api["Body"]["paths"].values()
        for method in path.values()
    ]
    calls += [
        each["FunctionName"] for each in of_type(resources, "AWS::Lambda::EventSourceMapping")
    ]
    calls += [each["FunctionName"] for each in of_type(resources, "AWS::Lambda::Permission")]
    assert len(calls) > len(api["Body"]["paths"])
    assert [call for call in calls if "Aliaslive" not in str(call)] == []


def test_a_new_layer_makes_new_versions(template: Path, resources: dict[str, Any]) -> None:
    """A snapshot has the layer in it."""
    later = transformed(template, "s3://bucket/another-key")

    def versions(made: dict[str, Any]) -> set[str]:
        return {name for name, each in made.items() if each["Type"] == "AWS::Lambda::Version"}

    assert not versions(resources) & versions(later)


def test_without_it_no_versions_are_made() -> None:
    types = types_of(transformed(ROOT / "template.yaml"))
    assert types["AWS::Lambda::Version"] == types["AWS::Lambda::Alias"] == 0
