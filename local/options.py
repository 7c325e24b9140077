"""The command line of the local API."""

import argparse
import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

from local.command_line import CommandParser
from local.engines.engine import EMBEDDED, ENGINES
from local.failure import LocalApiError
from local.template import DEFAULT_REGION, DEFAULT_TABLE_NAME, SERVICE_TEMPLATE

_MAX_PORT = 65524
"""The highest port of the API that leaves room for the ports of the engines."""

_PORTS_TO_THE_ENGINE = 10
"""Offset from the API's port to the engine's. It leaves 3001 free for `sam local start-api`."""
_ORIGIN = re.compile(r"\*|https?://[A-Za-z0-9.*-]+(:[0-9]{1,5})?")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """The options of the command line, with the defaults of `region` and `engine_port`."""

    port: int
    engine: str
    engine_port: int
    table: str
    region: str
    seed: Path | None
    no_seed: bool
    data: Path | None
    template: Path
    cors_origins: str | None

    @property
    def parameters(self) -> dict[str, str]:
        """The template parameters that the command line sets."""
        return {"CorsOrigins": self.cors_origins} if self.cors_origins else {}

    @property
    def services_port(self) -> int:
        """The port of the embedded engine, the only one with queues, buses and buckets."""
        return self.engine_port if self.engine == EMBEDDED else self.engine_port + 1


def parse_options(arguments: Sequence[str]) -> Options:
    """Parse the command line.

    Raises:
        LocalApiError: An option is unknown, malformed or conflicts with another.
    """
    given = _parser().parse_args(arguments)
    if given.engine == "aws":
        _check_aws(given)
    given.engine_port = given.engine_port or given.port + _PORTS_TO_THE_ENGINE
    given.table = given.table or DEFAULT_TABLE_NAME
    given.region = given.region or DEFAULT_REGION
    return Options(**vars(given))


def _check_aws(given: argparse.Namespace) -> None:
    if not given.table or not given.region:
        raise LocalApiError("The engine aws needs --table and --region of a deployed table.")
    if given.data:
        raise LocalApiError("The engine aws keeps its data in the table: leave --data out.")


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="python -m local",
        description="Run the API on this machine: the deployed handlers on a local engine.",
    )
    parser.add_argument("--port", type=_port, default=3000, help="port of the API (%(default)s)")
    parser.add_argument(
        "--engine", choices=ENGINES, default=ENGINES[0], help="DynamoDB engine (%(default)s)"
    )
    parser.add_argument("--engine-port", type=_port, help="port of the engine (the API's and 10)")
    seed = parser.add_mutually_exclusive_group()
    seed.add_argument("--seed", type=Path, help="file to load into an empty table (the demo data)")
    seed.add_argument("--no-seed", action="store_true", help="load nothing into the table")
    parser.add_argument("--data", type=Path, help="folder that keeps the data (in memory only)")
    parser.add_argument("--table", help=f"name of the table ({DEFAULT_TABLE_NAME})")
    parser.add_argument("--region", help=f"region of the table ({DEFAULT_REGION})")
    parser.add_argument(
        "--template",
        type=Path,
        default=SERVICE_TEMPLATE,
        help="SAM template to serve (the project's own)",
    )
    parser.add_argument(
        "--cors-origins",
        type=_origins,
        metavar="ORIGINS",
        help="origins that browsers may call from, with commas between them, or * (none)",
    )
    return parser


def _origins(text: str) -> str:
    for origin in text.split(","):
        if not _ORIGIN.fullmatch(origin):
            raise argparse.ArgumentTypeError(
                f"{origin!r} is no origin such as https://app.example.com, and not *"
            )
    return text


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= _MAX_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to {_MAX_PORT}")
    return int(text)
