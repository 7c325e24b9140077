"""What is started to measure cold starts: our built function, and a bare one put together here."""

import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_BUILD = _ROOT / ".aws-sam" / "build"
_LAYER = _BUILD / "SharedLayer" / "python"
_BARE_HANDLER = Path(__file__).parent / "bare_handler.py"
_BARE_PACKAGES = (
    "boto3",
    "botocore",
    "jmespath",
    "python-dateutil",
    "s3transfer",
    "six",
    "urllib3",
)
_RUNTIME = "python3.13"


class NotBuilt(Exception):
    """What is to be measured, or the Python to measure it with, is not there."""


@dataclass(frozen=True)
class Size:
    """The bytes of a folder, as files and as the archive that is uploaded."""

    unzipped: int
    zipped: int


def built_function(logical_id: str) -> tuple[Path, ...]:
    """The folders of a function that was built, and of its layer; raises NotBuilt."""
    folders = (_BUILD / logical_id, _LAYER)
    for folder in folders:
        if not folder.is_dir():
            raise NotBuilt(f"{folder.relative_to(_ROOT)} is missing: run make bench, which builds")
    return folders


def stage_bare(folder: Path, *, compiled: bool) -> tuple[Path, ...]:
    """Put the bare handler and all that boto3 needs into a folder, as `sam build` would.

    The versions are those of this environment. `compiled` adds byte code that is never checked.
    """
    for package in _BARE_PACKAGES:
        _copy_distribution(package, folder)
    shutil.copyfile(_BARE_HANDLER, folder / "app.py")
    if compiled:
        mode = ("--invalidation-mode", "unchecked-hash")
        run([runtime_python(), "-m", "compileall", "-q", *mode, str(folder)])
    return (folder,)


def runtime_python() -> str:
    """The Python that the functions run on; raises NotBuilt.

    It is looked for where the Makefile does: on the PATH, then with pyenv.
    """
    candidates = [_RUNTIME]
    with suppress(OSError, subprocess.CalledProcessError):
        prefix = run(["pyenv", "prefix", _RUNTIME.removeprefix("python")]).stdout.strip()
        candidates.append(str(Path(prefix, "bin", _RUNTIME)))
    for candidate in candidates:
        with suppress(OSError, subprocess.CalledProcessError):
            return run([candidate, "-c", "import sys; print(sys.executable)"]).stdout.strip()
    raise NotBuilt(f"{_RUNTIME}, which the functions run on, is needed to measure their start")


def layer_size() -> Size:
    """The size of the built layer."""
    files = [path for path in _LAYER.rglob("*") if path.is_file()]
    with tempfile.TemporaryFile() as archive:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in files:
                packed.write(path, path.relative_to(_LAYER))
        return Size(sum(path.stat().st_size for path in files), archive.tell())


def run(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program in nothing but this environment and the user's PATH.

    Raises CalledProcessError when it fails.
    """
    return subprocess.run(  # noqa: S603 - our own words
        command,
        check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(Path.home()), **(environment or {})},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def _copy_distribution(package: str, folder: Path) -> None:
    for file in metadata.files(package) or ():
        if ".." in file.parts or "__pycache__" in file.parts:
            continue
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(file.locate()), target)
