"""Tests of the endpoints that changed: what `make quick` adds to the fast folders.

python -m tests.changed_endpoints --since main
"""

import argparse
import subprocess
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent
_ENDPOINTS = PurePosixPath("tests/endpoints")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--since", help="a commit; by default the one that main was left at")
    since = parser.parse_args().since or merge_base()
    print(*existing(endpoint_tests(changed_files(since))), sep="\n")


def merge_base() -> str:
    """Return the commit that the branch shares with main: on main itself the last commit."""
    for main_branch in ("origin/main", "main"):
        found = _git("merge-base", "HEAD", main_branch)
        if found:
            return found[0]
    return "HEAD"


def changed_files(since: str) -> list[str]:
    """List the files that differ from a commit, with those that git does not track yet."""
    changed = _git("diff", "--name-only", "--no-renames", since)
    return [*changed, *_git("ls-files", "--others", "--exclude-standard")]


def endpoint_tests(changed: Iterable[str]) -> set[PurePosixPath]:
    """Map changed files to the tests of their endpoint, or of their whole dialect.

    A file of an endpoint (its function, event or test) selects the endpoint's test. A file that
    the endpoints of a dialect share selects the dialect's folder. Other files select nothing.
    """
    return {test for each in changed if (test := _tests_of(PurePosixPath(each))) is not None}


def existing(tests: Iterable[PurePosixPath]) -> list[str]:
    """Keep the tests that exist, each of them once: a folder stands for its files."""
    found = {test for test in tests if (ROOT / test).exists()}
    return sorted(str(test) for test in found if test.parent not in found)


def _tests_of(file: PurePosixPath) -> PurePosixPath | None:
    match file.parts:
        case ("functions", dialect, endpoint, *_):
            return _ENDPOINTS / dialect / f"test_{endpoint}.py"
        case ("events", dialect, event):
            return _ENDPOINTS / dialect / f"test_{PurePosixPath(event).stem}.py"
        case ("shared", "dialects", dialect, _):
            return _ENDPOINTS / dialect
        case ("tests", "endpoints", dialect, "conftest.py"):
            return _ENDPOINTS / dialect
        case ("tests", "endpoints", *_) if file.name.startswith("test_"):
            return file
    return None


def _git(*arguments: str) -> list[str]:
    command = ["git", *arguments]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


if __name__ == "__main__":
    main()
