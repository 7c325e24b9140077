"""Follow a change from the request to the log, the bus and the subscriber, as a user does."""

import contextlib
import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.e2e.service import ROOT, Service, running_service
from tests.ports import free_port

pytestmark = pytest.mark.enable_socket

KLEN = {"Authorization": "Bearer klen_abcdef123456789"}
NATIVE = {"Authorization": "Bearer native_0123456789"}
PATIENCE_SECONDS = 30


def send(
    service: Service, method: str, path: str, key: dict[str, str], document: Any = None
) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{service.port}{path}",
        data=None if document is None else json.dumps(document).encode(),
        headers={**key, "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


@contextlib.contextmanager
def receiver(folder: Path, port: int, secret: str) -> Iterator[Path]:
    """Start the receiver of the docs, and provide the file with its output."""
    output = folder / "receiver.txt"
    command = [sys.executable, "-m", "local.webhook_receiver", "--port", str(port)]
    environment = {**os.environ, "WEBHOOK_SECRET": secret}
    with output.open("w") as file:
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file, env=environment)
    try:
        wait_for(output.read_text, "Ctrl-C")
        yield output
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def wait_for(read, text: str) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while text not in (printed := read()):
        if time.monotonic() > deadline:
            pytest.fail(f"{text!r} did not come:\n{printed}")
        time.sleep(0.02)
    return printed


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running_service(tmp_path) as started:
        yield started


def test_a_change_is_logged_told_on_the_bus_and_brought_to_a_subscriber(
    service: Service, tmp_path: Path
) -> None:
    port = free_port()
    webhook = send(
        service,
        "POST",
        "/v1/webhooks",
        NATIVE,
        {"url": f"http://127.0.0.1:{port}/hooks", "topics": ["contact.context.updated"]},
    )
    with receiver(tmp_path, port, webhook["secret"]) as output:
        send(
            service,
            "POST",
            "/api/v1/contacts/123/context",
            KLEN,
            {"variables": {"membership_level": "Gold"}},
        )
        (line,) = [
            line
            for line in wait_for(output.read_text, '"new":"Gold"').splitlines()
            # Events of the seed may still be in flight.
            if line.startswith("VERIFIED ") and '"new":"Gold"' in line
        ]
    _, event_id, body = line.split(" ", 2)
    brought = json.loads(body)
    assert brought["type"] == "contact.context.updated"
    assert brought["data"]["contact_id"] == "contact_123"

    printed = wait_for(service.printed, event_id)
    lines = printed.splitlines()
    told = [line for line in lines if line.startswith("EVENT ") and event_id in line]
    assert len(told) == 1, "\n".join(told)
    assert told[0].startswith("EVENT contact.context.updated ")

    logged = send(service, "GET", "/v1/contacts/contact_123/activity", NATIVE)["data"][0]
    assert (logged["variable"], logged["new"], logged["source"]) == (
        "membership_level",
        "Gold",
        "klen",
    )


def test_a_webhook_that_is_not_genuine_is_refused(tmp_path: Path) -> None:
    port = free_port()
    secret = "whsec_" + "QUJD" * 8
    with receiver(tmp_path, port, secret) as output:
        forged = Webhook("whsec_" + "REVG" * 8)
        signed_at = time.time()
        headers = {
            "webhook-id": "evt_1",
            "webhook-timestamp": str(int(signed_at)),
            "webhook-signature": forged.sign("evt_1", _utc(signed_at), "{}"),
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/", data=b"{}", headers=headers, method="POST"
        )
        with pytest.raises(urllib.error.HTTPError) as rejected:
            urllib.request.urlopen(request)
        with rejected.value as answer:
            assert answer.code == 400
        assert "REFUSED" in wait_for(output.read_text, "REFUSED")


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_the_receiver_asks_for_the_secret() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "local.webhook_receiver"],
        cwd=ROOT,
        timeout=PATIENCE_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert "--secret" in ran.stderr


def shell_of(page: str, section: str) -> str:
    """Return the commands of a section of a page, one after the other."""
    text = (ROOT / page).read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
    return "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


def run_as_a_reader(service: Service, commands: str, folder: Path) -> str:
    """Run commands of a page on this service's ports, in a folder with a `.venv` of its own."""
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    moved = commands.replace(":3000", f":{service.port}").replace("3003", str(free_port()))
    ran = subprocess.run(
        ["bash", "-c", f"set -eu; trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n{moved}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_a_reader_of_the_readme_sees_a_change_in_all_three_places(
    service: Service, tmp_path: Path
) -> None:
    # A machine that also runs other tests needs more time.
    commands = shell_of("README.md", "Follow a change").replace("sleep 2", "sleep 8")

    seen = run_as_a_reader(service, commands, tmp_path)

    (brought,) = [
        line
        for line in seen.splitlines()
        if line.startswith("VERIFIED ") and '"new":"Bronze"' in line
    ]
    told = [line for line in service.printed().splitlines() if line.startswith("EVENT ")]
    assert any(brought.split()[1] in line for line in told)
    logged = json.loads(seen[seen.index('{"data"') :])["data"]
    assert [(each["variable"], each["new"]) for each in logged] == [("membership_level", "Bronze")]


def test_a_reader_of_the_docs_imports_a_file_and_gets_its_three_row_errors(
    service: Service, tmp_path: Path
) -> None:
    commands = shell_of("docs/imports.md", "Import a file")
    commands = commands.replace("10_000", "300").replace("sleep 5", "sleep 1")

    seen = run_as_a_reader(service, commands, tmp_path)

    assert '"imported":297,"failed":3' in seen.replace(": ", ":").replace(", ", ",")
    errors = list(csv.DictReader(seen[seen.index("row,") :].splitlines()))
    assert [error["row"] for error in errors] == ["12", "22", "32"]
    assert {error["column"] for error in errors} == {"membership_level"}
    wait_for(service.printed, "completed: 297 imported, 3 failed, 100 % of the file")
