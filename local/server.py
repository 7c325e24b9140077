"""The local API from start to stop."""

import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import uvicorn

from local.announcement import announce
from local.database import ensure_table, is_empty, load_seed, make_client
from local.engines.engine import running_engine
from local.environment import set_environment
from local.failure import LocalApiError
from local.functions import function_environment, load_functions
from local.gateway import Gateway
from local.options import Options, parse_options
from local.ports import listening_socket
from local.template import Template, read_template

DEMO_SEED = Path(__file__).parent / "demo-seed.json"

_SHUTDOWN_SECONDS = 2


def main(arguments: Sequence[str]) -> int:
    """Run the local API until Ctrl-C or SIGTERM.

    Returns: the exit status: 0, or 2 with one sentence on stderr when the user has to put
        something right.
    """
    signal.signal(signal.SIGTERM, _end)
    try:
        _run(parse_options(arguments))
    except LocalApiError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


def _end(*_: object) -> NoReturn:
    """Turn SIGTERM into an exit that still stops what was started."""
    sys.exit(0)


def _run(options: Options) -> None:
    template = read_template(options.template, table_name=options.table, region=options.region)
    variables = function_environment(template.functions)
    with (
        listening_socket(options.port, "--port") as api_socket,
        running_engine(
            options.engine, port=options.engine_port, data_folder=options.data
        ) as endpoint_url,
    ):
        set_environment(os.environ, variables, endpoint_url=endpoint_url, region=options.region)
        loaded = _prepare_data(options, template)
        gateway = Gateway(template, load_functions(template.functions), _print_line)
        _serve(gateway, api_socket, lambda: announce(options, endpoint_url, loaded))


def _prepare_data(options: Options, template: Template) -> str:
    """Make the table and fill it if it is empty.

    A real table is never given the demo data, whose API key everyone knows.

    Returns: a sentence about the data.
    """
    client = make_client()
    is_local = options.engine != "aws"
    ensure_table(client, options.table, template.table, create=is_local)
    seed = options.seed or (DEMO_SEED if is_local else None)
    if seed is None or options.no_seed:
        return "Nothing was loaded into the table."
    if not is_empty(client, options.table):
        note = f"; {seed} was not loaded: python -m local.seed does that." if options.seed else "."
        return f"The table already holds data, which was kept{note}"
    return load_seed(seed, client, options.table)


def _serve(gateway: Gateway, api_socket: socket.socket, ready: Callable[[], None]) -> None:
    configuration = uvicorn.Config(
        gateway,
        http="h11",
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    _AnnouncedServer(configuration, ready).run(sockets=[api_socket])


class _AnnouncedServer(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, configuration: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(configuration)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A request that is cut off because the user wants to stop is no error to report.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def _print_line(line: str) -> None:
    # Whoever reads the console may have gone away; that is no reason to fail a request.
    with contextlib.suppress(OSError):
        print(line, flush=True)
