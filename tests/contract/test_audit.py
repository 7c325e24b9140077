"""The dependency audit fails for vulnerabilities only, not for a missing network."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REPORT = '{"dependencies": [{"name": "idna", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}'


def audit(folder: Path, report: str, status: int) -> subprocess.CompletedProcess[str]:
    """Run the audit with a program in place of pip-audit, which writes a report."""
    program = folder / "pip-audit"
    program.write_text(
        "#!/usr/bin/env bash\n"
        f'printf "%s\\n" "$@" >> {folder}/arguments\n'
        'case " $* " in *" --dry-run "*) exit 0;; esac\n'
        'while [ "$1" != --output ]; do shift; done\n'
        f"printf '%s' '{report}' > \"$2\"\n"
        f"exit {status}\n"
    )
    program.chmod(0o755)
    return subprocess.run(
        [ROOT / ".ci" / "audit"],
        cwd=folder,
        env={**os.environ, "PIP_AUDIT": str(program)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_lock_is_audited(tmp_path: Path) -> None:
    assert audit(tmp_path, REPORT, 0).returncode == 0

    audited = set((tmp_path / "arguments").read_text().splitlines())
    folders = [ROOT / name for name in ("shared", "functions", "requirements")]
    texts = [path for folder in folders for path in folder.rglob("*.txt")]
    locks = {str(path.relative_to(ROOT)) for path in texts if "--hash=" in path.read_text()}
    assert len(locks) > 5
    assert {each for each in audited if each.endswith(".txt")} == locks


def test_a_vulnerability_fails_the_audit(tmp_path: Path) -> None:
    ran = audit(tmp_path, REPORT, 1)

    assert ran.returncode == 1
    assert "PYSEC-1" in ran.stdout


@pytest.mark.parametrize("status", [1, 2])
def test_an_audit_that_cannot_run_is_a_warning(tmp_path: Path, status: int) -> None:
    ran = audit(tmp_path, "", status)

    assert ran.returncode == 0
    assert "::warning::" in ran.stdout


def test_a_lock_that_cannot_be_read_fails_the_audit(tmp_path: Path) -> None:
    assert (
        subprocess.run(
            [ROOT / ".ci" / "audit"], env={**os.environ, "PIP_AUDIT": "false"}, check=False
        ).returncode
        == 1
    )
