"""Run the commands of the README and the docs, and compare what they print."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.engines.engine import running_engine
from shared.platforms.registry import NAMES
from tests.e2e.service import Service, running_service
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
DOCS = ROOT / "docs"
REQUESTS = re.findall(r"```sh\n(curl .*?)```\s+```json\n(.*?)```", README, re.DOTALL)
ADMIN = re.findall(
    r"^\.venv/bin/python (-m local\.admin .*)$", (DOCS / "api-keys.md").read_text(), re.MULTILINE
)
SEED = re.findall(
    r"^\.venv/bin/python (-m local\.seed .*--create-table.*)$",
    (DOCS / "running-locally.md").read_text(),
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("service")) as running:
        yield running


def test_every_request_of_the_readme_prints_what_the_readme_prints(service: Service):
    """In the order of the README, on one run of the demo data. `…` matches what differs."""
    assert len(REQUESTS) >= 6
    for command, expected in REQUESTS:
        ran = service.bash(command.replace("curl ", "curl --silent --show-error ", 1))
        assert ran.returncode == 0, ran.stderr
        printed, shown = json.loads(ran.stdout), json.loads(expected)
        assert masked(printed, shown) == shown, command


def masked(printed: Any, shown: Any) -> Any:
    """Put `…` in place of the texts for which the README shows it."""
    if shown == "…" and printed and isinstance(printed, str):
        return shown
    if isinstance(printed, dict) and isinstance(shown, dict):
        return {name: masked(each, shown.get(name)) for name, each in printed.items()}
    return printed


PAGES = [
    *sorted((DOCS / "dialects").glob("*.md")),
    DOCS / "contacts.md",
    DOCS / "one-contact.md",
    DOCS / "openapi.md",
    DOCS / "operators.md",
]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_request_of_a_dialects_page_succeeds(page: Path, service: Service):
    for command in re.findall(r"```sh\n(curl .*?)```", page.read_text(), re.DOTALL):
        ran = service.bash(command.replace("curl ", "curl --silent --fail-with-body ", 1))
        assert ran.returncode == 0, ran.stdout + ran.stderr
        # Some errors have the status of a success.
        assert not ran.stdout.startswith("{") or "error" not in json.loads(ran.stdout), command


def test_one_contact_is_what_its_page_shows(service: Service):
    """The last request of the page reads what the others wrote by other APIs."""
    page = (DOCS / "one-contact.md").read_text()
    for command in re.findall(r"```sh\n(curl .*?)```", page, re.DOTALL):
        ran = service.bash(command.replace("curl ", "curl --silent --fail-with-body ", 1))
    shown = dict(re.findall(r"^\| `(\w+)` \|.*\| `([^`]+)` \|$", page, re.MULTILINE))
    metadata = json.loads(ran.stdout)["data"]["metadata"]
    assert {name: json.loads(text) for name, text in shown.items()}.items() <= metadata.items()
    assert len(shown) == 3


def test_the_lines_that_the_service_prints_work_as_they_are(service: Service):
    lines = [line for line in service.printed().splitlines() if line.strip().startswith("curl")]
    written, *called = [
        service.bash(line.replace("curl", "curl --silent --fail-with-body", 1)) for line in lines
    ]
    assert json.loads(written.stdout) == {
        "message": "Contact context variables updated successfully",
        "contact_id": 123,
    }
    # Commands of the pages have deleted the caller and changed the business.
    assert len(called) == len(NAMES)
    for ran in called:
        assert ran.returncode == 0, ran.stdout
        assert "plan" in ran.stdout


def test_a_key_made_as_its_page_says_opens_its_account_until_it_is_revoked(service: Service):
    assert len(ADMIN) >= 3
    outputs = []
    for line in ADMIN:
        ran = service.bash(f"{shlex.quote(sys.executable)} {line}")
        assert ran.returncode == 0, ran.stderr
        outputs.append(ran.stdout)
    secret = outputs[1].strip()
    url = f"http://127.0.0.1:{service.port}/api/v1/contacts"
    curl = f"curl -s -H 'Authorization: Bearer {secret}' {url}"
    assert json.loads(service.bash(curl).stdout)["count"] == 0
    assert secret not in outputs[2]
    key_id = re.search(r"\bkey_\w+|\b[0-9a-f]{12,}\b", outputs[2])
    assert key_id, outputs[2]
    revoke = f"-m local.admin key revoke --account initech {key_id.group()}"
    endpoint = f"--endpoint-url http://127.0.0.1:{service.engine_port}"
    ran = service.bash(f"{shlex.quote(sys.executable)} {revoke} {endpoint}")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(service.bash(curl).stdout)["error"] == "invalid_key"


def test_the_index_of_contacts_is_built_while_the_service_runs(service: Service):
    (command,) = re.findall(
        r"^\.venv/bin/python (-m local\.admin contacts index .*)$",
        (DOCS / "operators.md").read_text(),
        re.MULTILINE,
    )
    line = command.replace("http://127.0.0.1:3010", f"http://127.0.0.1:{service.engine_port}")
    ran = service.bash(f"{shlex.quote(sys.executable)} {line}")
    assert ran.returncode == 0, ran.stderr
    assert "acme" in ran.stdout


def test_a_fresh_engine_is_filled_as_its_page_says():
    """Before `sam local` starts, the table exists and has the demo data."""
    (line,) = SEED
    with running_engine("ministack", port=free_port(), data_folder=None) as url:
        command = [sys.executable, *shlex.split(line.replace("http://127.0.0.1:8000", url))]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("Loaded 2 accounts, ")
