"""Send valid and invalid requests, which schemathesis generates, to a running service."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openapi_documents.making import apis
from tests.e2e.conformance import DIALECT
from tests.e2e.service import ROOT, Service, running_service

KEYS = {
    "klen": "Authorization: Bearer klen_abcdef123456789",
    "setter": "Authorization: Bearer setter_0123456789",
    "vambe": "x-api-key: vambe_0123456789",
    "native": "Authorization: Bearer native_operator_0123456789",
    "chatcaptain": "x-chatcaptain-key: CCSB-a1b2c3d4-e5f6g7h8i9j0",
}
"""The header with the key of the demo data that has all permissions of a dialect."""

SEED = 1
EXAMPLES = 40
CONFIG = ROOT / "tests" / "e2e" / "schemathesis.toml"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running_service(tmp_path) as running:
        yield running


def test_every_dialect_has_a_key_to_be_tried_with():
    assert KEYS.keys() == apis().keys()


@pytest.mark.timeout(480)
@pytest.mark.parametrize("dialect", KEYS)
def test_no_request_is_answered_otherwise_than_documented(
    dialect: str, service: Service, tmp_path: Path
):
    address = f"http://127.0.0.1:{service.port}"
    url = f"{address}/openapi/{dialect}.json"
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", url]
    command += ["--url", address]
    command += ["--header", KEYS[dialect], "--seed", str(SEED), "--max-examples", str(EXAMPLES)]
    command += ["--generation-database", "none", "--continue-on-failure", "--no-color"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), DIALECT: dialect}
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{len(apis()[dialect].operations)} selected" in ran.stdout
