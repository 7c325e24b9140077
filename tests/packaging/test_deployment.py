"""What `make build` and `sam deploy` make of the template, used as it would be on AWS.

The emulator differs from AWS in what these tests leave out: it has no alarm on a sum of metrics,
loses the routes of an HTTP API, and does not look at policies, which tests/contract holds.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import botocore.session
import pytest
import yaml

from local.seed import load_file
from shared.domain.contacts import Identifier, IdentifierKind
from tests.fixtures import Fixtures
from tests.packaging.conftest import ROOT
from tests.packaging.emulator import running_emulator
from tests.ports import free_port

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(300)]

STACK = "contact-context"
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Stack:
    """A stack that is deployed."""

    url: str
    resources: dict[str, str]
    """Physical ids, by logical id."""

    def client(self, service: str) -> Any:
        session = botocore.session.get_session()
        return session.create_client(service, endpoint_url=self.url)

    def call(self, logical_id: str, event: Path, **path: str) -> tuple[int, Any]:
        """Invoke a function with an example event, whose path has these parts.

        Gives the status and the body.
        """
        document = json.loads((ROOT / "events" / event).read_bytes())
        document["pathParameters"] = {**document.get("pathParameters", {}), **path}
        invoked = self.client("lambda").invoke(
            FunctionName=self.resources[logical_id], Payload=json.dumps(document)
        )
        answer = json.loads(invoked["Payload"].read())
        assert "FunctionError" not in invoked, answer
        is_packed = answer["isBase64Encoded"]
        return answer["statusCode"], None if is_packed else json.loads(answer["body"])


@pytest.fixture(scope="module")
def stack(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack with the demo data in its table."""
    template = build / "emulated.yaml"
    template.write_text(yaml.safe_dump(without_sums(yaml.safe_load(built(build).read_text()))))
    with running_emulator(free_port(), tmp_path_factory.mktemp("emulator")) as url:
        deploy(template, url)
        stack = Stack(url, resources(url))
        load_file(ROOT / "local/demo-seed.json", stack.client("dynamodb"), stack.resources["Table"])
        yield stack


def built(build: Path) -> Path:
    return build / "template.yaml"


def without_sums(template: dict[str, Any]) -> dict[str, Any]:
    """The template without its alarms on sums of metrics."""
    kept = {
        name: resource
        for name, resource in template["Resources"].items()
        if "Metrics" not in resource["Properties"]
    }
    return {**template, "Resources": kept}


def deploy(template: Path, url: str) -> None:
    choices = ["--no-confirm-changeset", "--no-progressbar", "--region", "us-east-1"]
    choices += ["--config-file", ROOT / "samconfig.example.toml"]
    parameters = ["TableDeletionProtection=false", f"Architecture={os.uname().machine}"]
    deployed = subprocess.run(
        [
            *(ROOT / ".venv-sam/bin/sam", "deploy", "--template-file", template),
            *("--stack-name", STACK, *choices, "--parameter-overrides", *parameters),
        ],
        check=False,
        cwd=ROOT,
        env={**os.environ, "AWS_ENDPOINT_URL": url, "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
    )
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr


def resources(url: str) -> dict[str, str]:
    client = botocore.session.get_session().create_client("cloudformation", endpoint_url=url)
    pages = client.get_paginator("list_stack_resources").paginate(StackName=STACK)
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
    }


def soon(look: Callable[[], Any]) -> Any:
    """What is there after a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, "it never comes"
        time.sleep(0.5)
    return found


@pytest.mark.parametrize(
    ("logical_id", "event", "expected"),
    [
        ("KlenGetContact", "klen/get_contact.json", 200),
        ("ChatcaptainGetContact", "chatcaptain/get_contact.json", 200),
        ("SetterUpdateContact", "setter/update_contact.json", 200),
        ("VambeGetContactInfo", "vambe/get_contact_info.json", 200),
        ("DocsGetDocument", "docs/get_document.json", 200),
        ("NativeListWebhooks", "native/list_webhooks.json", 200),
    ],
)
def test_a_deployed_function_answers(
    logical_id: str, event: str, expected: int, stack: Stack
) -> None:
    status, _ = stack.call(logical_id, Path(event))
    assert status == expected


def test_every_trigger_is_tied_to_its_source(stack: Stack, build: Path) -> None:
    """As many as the template asks for, each enabled."""
    template = yaml.safe_load(built(build).read_text())
    asked = sorted(
        stack.resources[logical_id]
        for logical_id, resource in template["Resources"].items()
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] in ("DynamoDB", "SQS")
    )
    mappings = stack.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert sorted(each["FunctionArn"].rpartition(":")[2] for each in mappings) == asked
    assert {each["State"] for each in mappings} == {"Enabled"}


def test_a_change_comes_by_the_stream_into_the_activity_of_its_contact(stack: Stack) -> None:
    status, _ = stack.call("KlenSetContactContext", Path("klen/set_contact_context.json"))
    assert status == 200

    def changes() -> Any:
        event = Path("native/list_contact_activity.json")
        _, listed = stack.call("NativeListContactActivity", event)
        return {each["variable"] for each in listed["data"] if each["source"] == "klen"}

    assert "membership_level" in soon(changes)


def test_a_message_of_the_queue_makes_a_contact(stack: Stack) -> None:
    contacts = Fixtures(stack.client("dynamodb"), stack.resources["Table"]).contacts
    address = "from-the-queue@example.com"
    identifier = {"kind": "email", "value": address}
    body = {"account_id": "acme", "identifier": identifier, "contact": {"first_name": "Ana"}}
    stack.client("sqs").send_message(
        QueueUrl=stack.resources["InboundQueue"], MessageBody=json.dumps(body)
    )

    def people() -> Any:
        found = contacts.find_by_identifier("acme", Identifier(IdentifierKind.EMAIL, address))
        return found.contacts

    assert soon(people)[0].first_name == "Ana"


def test_a_file_in_the_bucket_is_imported(stack: Stack) -> None:
    """By the bucket's message, the queue and the function: one good row, one bad one."""
    status, made = stack.call("NativeCreateImport", Path("native/create_import.json"))
    assert status == 201
    key = unquote(urlsplit(made["upload"]["url"]).path).partition("uploads/")
    column = made["identifier"]["column"]
    stack.client("s3").put_object(
        Bucket=stack.resources["ImportBucket"],
        Key="".join(key[1:]),
        Body=f"{column}\nsomeone@example.com\nno address\n".encode(),
    )

    def progress() -> Any:
        event = Path("native/get_import.json")
        _, found = stack.call("NativeGetImport", event, import_id=made["id"])
        return found["progress"] if found["status"] == "completed" else None

    done = soon(progress)
    assert (done["imported"], done["failed"]) == (1, 1)
    status, errors = stack.call(
        "NativeGetImportErrors", Path("native/get_import_errors.json"), import_id=made["id"]
    )
    assert (status, "errors.csv" in errors["url"]) == (200, True)


def test_the_guided_deployment_passes_with_every_default(
    build: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An empty line for each question: the stack is made, and the answers are kept."""
    template = build / "guided.yaml"
    template.write_text(yaml.safe_dump(without_sums(yaml.safe_load(built(build).read_text()))))
    # As `make build` makes it beside the template.
    kept = build / "samconfig.toml"
    kept.write_bytes((ROOT / "samconfig.example.toml").read_bytes())
    with running_emulator(free_port(), tmp_path_factory.mktemp("guided")) as url:
        asked = subprocess.run(
            [ROOT / ".venv-sam/bin/sam", "deploy", "--guided", "--template-file", template],
            check=False,
            cwd=build,
            env={**os.environ, "AWS_ENDPOINT_URL": url, "SAM_CLI_TELEMETRY": "0"},
            input="\n" * 60,
            capture_output=True,
            text=True,
        )
        assert asked.returncode == 0, asked.stdout + asked.stderr
        made = resources(url)
    assert "has no authentication" not in asked.stdout
    assert {"HttpApi", "Table", "KlenGetContact"} <= made.keys()
    assert "parameter_overrides" in kept.read_text()
