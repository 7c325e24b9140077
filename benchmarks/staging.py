"""Prepare folders of built functions and of baseline handlers.

Only cold starts and warm requests need them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_BUILD = _ROOT / ".aws-sam" / "build"
_LAYER = _BUILD / "SharedLayer" / "python"
_HANDLERS = Path(__file__).parent

_MAX_NOTE_CHARS = 2000
"""The last characters of its output that a failed program is reported with."""

BOTO3_PACKAGES = (
    "boto3",
    "botocore",
    "jmespath",
    "python-dateutil",
    "s3transfer",
    "six",
    "urllib3",
)
"""boto3 and its dependencies."""


class NotBuilt(Exception):
    """The build, or the Python for it, is missing."""


@dataclass(frozen=True)
class Size:
    """The bytes of a folder as files and as an uploaded archive."""

    unzipped: int
    zipped: int


def built_function(logical_id: str) -> tuple[Path, ...]:
    """Return the folders of a built function and its layer.

    Raises:
        NotBuilt: The build is missing.
    """
    folders = (_BUILD / logical_id, _LAYER)
    for folder in folders:
        if not folder.is_dir():
            raise NotBuilt(f"{folder.relative_to(_ROOT)} is missing: run make bench, which builds")
    return folders


def stage_handler(
    folder: Path, handler: str, packages: Sequence[str], *, compiled: bool
) -> tuple[Path, ...]:
    """Copy a handler of this package and its packages into a folder, like `sam build`.

    The packages have the versions of this environment. `compiled` adds unchecked bytecode.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stage_packages(folder, packages)
    shutil.copyfile(_HANDLERS / handler, folder / "app.py")
    if compiled:
        compile_folder(folder)
    return (folder,)


def stage_packages(folder: Path, packages: Sequence[str]) -> None:
    """Copy packages of this environment into a folder, without bytecode."""
    for package in packages:
        _copy_distribution(package, folder)


def compile_folder(folder: Path) -> None:
    """Add unchecked bytecode, like our build."""
    mode = ("--invalidation-mode", "unchecked-hash")
    run([sys.executable, "-m", "compileall", "-q", *mode, str(folder)])


def layer_size() -> Size:
    """Return the size of the built layer."""
    files = [path for path in _LAYER.rglob("*") if path.is_file()]
    with tempfile.TemporaryFile() as archive:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in files:
                packed.write(path, path.relative_to(_LAYER))
        return Size(sum(path.stat().st_size for path in files), archive.tell())


def run(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program with only this environment and the user's PATH.

    Raises:
        CalledProcessError: The program failed. A note has what it printed.
    """
    try:
        return subprocess.run(  # noqa: S603 - our own words
            command,
            check=True,
            env={"PATH": os.environ["PATH"], "HOME": str(Path.home()), **(environment or {})},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.CalledProcessError as failure:
        failure.add_note(
            f"{failure.stdout[-_MAX_NOTE_CHARS:]}\n{failure.stderr[-_MAX_NOTE_CHARS:]}"
        )
        raise


def _copy_distribution(package: str, folder: Path) -> None:
    for file in metadata.files(package) or ():
        if ".." in file.parts or "__pycache__" in file.parts:
            continue
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(file.locate()), target)
