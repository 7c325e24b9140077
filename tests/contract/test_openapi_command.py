"""`python -m openapi_documents`: what `make openapi` and `make openapi-changes` run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from openapi_documents.files import FOLDER, ROOT

PARTS = (
    "openapi_documents",
    "shared",
    "local",
    "functions",
    "docs/events",
    "events",
    "template.yaml",
    "pyproject.toml",
)
GIT = ("git", "-c", "user.name=A tester", "-c", "user.email=tester@example.com")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a repository with the sources of the documents, without the documents."""
    folder = tmp_path_factory.mktemp("project")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    shutil.rmtree(folder / FOLDER.relative_to(ROOT))
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "As it is")):
        subprocess.run([*GIT, *arguments], cwd=folder, check=True)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "openapi_documents", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_documents_are_written_committed_and_compared(project: Path):
    """A change is written, reported and committed, and a second one is reported as breaking."""
    written = run(project, "write")
    assert written.returncode == 0, written.stderr
    assert "klen: other: document: is new" in written.stdout
    folder = project / FOLDER.relative_to(ROOT)
    assert {path.name for path in folder.iterdir()} == {path.name for path in FOLDER.iterdir()}

    commit(project)
    unchanged = run(project, "changes")
    assert (unchanged.returncode, unchanged.stdout) == (0, "0 changes since HEAD.\n")

    klen = json.loads((folder / "klen.json").read_text())
    klen["components"]["schemas"]["ContextUpdate"]["required"].append("auto_create_variables")
    (folder / "klen.json").write_text(json.dumps(klen))
    broken = run(project, "changes", "--since", "HEAD")
    assert broken.returncode == 1
    assert (
        "klen: breaking: POST /api/v1/business/context: body needs auto_create_variables"
        in broken.stdout
    )
