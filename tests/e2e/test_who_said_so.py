"""Run the example of suggestions in the page of the native API."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.service import ROOT, Service, running_service

PAGE = (ROOT / "docs" / "dialects" / "native.md").read_text()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running_service(tmp_path) as running:
        yield running


def test_an_agent_suggests_and_a_person_accepts(service: Service):
    section = PAGE.split("\n### Who said so\n")[1].split("\n## ")[0]
    commands = "".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))
    commands = commands.replace(".venv/bin/python", sys.executable)
    ran = service.bash(commands.replace("curl -s ", "curl -s -w '\\n' "))
    assert ran.returncode == 0, ran.stderr
    changed, listed, accepted, read = map(json.loads, ran.stdout.splitlines())
    assert {name: each["outcome"] for name, each in changed["results"].items()} == {
        "plan": "set",
        "visits": "set",
    }
    (suggestion,) = listed["data"]
    assert (suggestion["value"], suggestion["source"]) == ("Silver", "ai")
    assert accepted["id"] == suggestion["id"]
    assert accepted["state"] == "accepted"
    (shown,) = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    differing = {"updated_at", "version", "set_by"}
    assert {name: value for name, value in read.items() if name not in differing} == {
        name: value for name, value in json.loads(shown).items() if name not in differing
    }
    assert read["set_by"] == accepted["decided_by"] != suggestion["suggested_by"]
