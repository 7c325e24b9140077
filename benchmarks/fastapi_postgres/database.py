"""Run the installed PostgreSQL on a temporary folder with the data of one account."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.ports import HOST, free_ports

_SCHEMA = Path(__file__).parent / "schema.sql"
_PATIENCE_SECONDS = 20
_PLACES = "/usr/lib/postgresql/*/bin"
_USER = "postgres"

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "jit": "off",
    "synchronous_commit": "on",
}
"""Durable, like DynamoDB. JIT compilation does not help short statements."""


class NoPostgres(Exception):
    """PostgreSQL is not installed."""


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run a new database on loopback, yield its URL, and remove it afterwards.

    Raises:
        NoPostgres: Neither the PATH nor Debian's folders have it.
    """
    programs = _programs()
    (port,) = free_ports(1)
    # PostgreSQL does not run as root, so root uses the user of its package.
    user = _USER if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "data")
        folder.mkdir()
        if user:
            Path(parent).chmod(0o755)
            shutil.chown(folder, user)
        _run([programs / "initdb", "-D", folder, "-U", _USER, "-A", "trust", "-E", "UTF8"], user)
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        process = subprocess.Popen(  # noqa: S603 - a fixed command
            [programs / "postgres", "-D", folder, "-p", str(port), *settings],
            user=user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        try:
            _wait_until_ready([programs / "pg_isready", "-h", HOST, "-p", str(port)])
            yield f"postgresql://{_USER}@{HOST}:{port}/{_USER}"
        finally:
            process.terminate()
            process.wait()


async def fill(
    url: str, *, key_hash: str, contact_id: int, values: dict[str, str], details: dict[str, object]
) -> None:
    """Create the tables and an account with a key, definitions and a contact with values."""
    import asyncpg  # noqa: PLC0415 - only here, where PostgreSQL is

    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_SCHEMA.read_text(encoding="utf-8"))
        await connection.execute(
            "insert into api_keys values ($1, 'account', array['contacts'])", key_hash
        )
        await connection.executemany(
            "insert into definitions values ('account', 'contact', $1, 'text')",
            [(name,) for name in values],
        )
        await connection.execute(
            "insert into contacts values ('account', $1, $2, $3)",
            contact_id,
            json.dumps(details),
            json.dumps(values),
        )
        await connection.execute("analyze")
    finally:
        await connection.close()


def _programs() -> Path:
    found = shutil.which("postgres")
    # Debian has the programs outside of the PATH; follow a link that is on it.
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/").glob(_PLACES.removeprefix("/")), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists():
            return folder
    raise NoPostgres


def _run(command: Sequence[str | Path], user: str | None) -> None:
    subprocess.run(  # noqa: S603 - a fixed command
        command, check=True, user=user, cwd="/", capture_output=True, stdin=subprocess.DEVNULL
    )


def _wait_until_ready(question: Sequence[str | Path]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while subprocess.run(question, check=False, capture_output=True).returncode:  # noqa: S603
        if time.monotonic() > deadline:
            raise TimeoutError("PostgreSQL does not start")
        time.sleep(0.05)
