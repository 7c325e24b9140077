"""Clients that generators make from the documents are typed, complete, and work."""

from pathlib import Path

import pytest

from openapi_documents.making import apis
from tests.clients.conftest import DOCUMENTS, NODE, NODE_MODULES, PYTHON, run

pytestmark = [pytest.mark.clients, pytest.mark.timeout(300)]


def test_python_calls_of_every_operation_are_typed(python_clients: Path):
    """By openapi-python-client and mypy; that no field is lost, python_calls.py checks."""
    modules = ["flows.py", *(f"calls_{name}.py" for name in DOCUMENTS)]
    run(python_clients, PYTHON / "mypy", "--strict", "--follow-imports=silent", *modules)


def test_typescript_calls_of_every_operation_are_typed(typescript_clients: Path):
    """By openapi-typescript, openapi-fetch and tsc."""
    run(typescript_clients, *NODE, NODE_MODULES / "typescript" / "bin" / "tsc", "--project", ".")


def test_python_clients_work_against_the_service(python_clients: Path, address: str):
    printed = run(python_clients, PYTHON / "python", "flows.py", address)
    assert printed.split() == sorted(apis())


def test_typescript_clients_work_against_the_service(typescript_clients: Path, address: str):
    printed = run(typescript_clients, *NODE, "flows.ts", address)
    assert printed.split() == sorted(apis())
