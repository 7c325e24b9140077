"""Start, run and stop the local API."""

import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import uvicorn

from local.announcement import announce
from local.asgi import server_configuration
from local.database import make_client
from local.engines.engine import EMBEDDED, running_engine
from local.engines.link import socket_in
from local.environment import Endpoints, set_environment, set_local_credentials, use_link
from local.failure import LocalApiError
from local.first_load import prepare_data
from local.functions import LoadedFunction, function_environment, load_functions
from local.gateway import Gateway
from local.options import Options, parse_options
from local.ports import HOST, listening_socket
from local.provisioning import make_resources
from local.template import Template, read_template
from local.triggers.run import running_triggers
from local.url_policy import LocalUrlPolicy
from shared.wiring.webhooks import override_url_policy

_PARAMETERS = {"ImportRowsPerSecond": "10000"}
"""A high pace: the default protects the capacity of a table on AWS."""

_VARIABLES = {"IMPORT_WRITERS": "2"}
"""Few writers: the engine serves one request at a time, those of other accounts too."""

_ALLOCATIONS_PER_COLLECTION = 20_000
"""Allocations between two garbage collections. Requests leave hardly any reference cycles."""


def main(arguments: Sequence[str]) -> int:
    """Run the local API until Ctrl-C or SIGTERM.

    Returns:
        The exit status: 0, or with one sentence on stderr 2 for an error that the user can fix
        and 1 if the engine has ended.
    """
    signal.signal(signal.SIGTERM, _end)
    try:
        _run(parse_options(arguments))
    except LocalApiError as error:
        print(error, file=sys.stderr)
        return 2
    except _EngineEndedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


class _EngineEndedError(Exception):
    """The engine has ended, so the API can't serve requests."""


def _end(*_: object) -> NoReturn:
    """Exit on SIGTERM through the context managers that stop the engines."""
    sys.exit(0)


def _run(options: Options) -> None:
    template = read_template(
        options.template,
        table_name=options.table,
        region=options.region,
        parameters={**_PARAMETERS, **options.parameters},
        endpoint_url=f"http://{HOST}:{options.services_port}",
    )
    if options.cors_origins and template.cors is None:
        raise LocalApiError(
            f"--cors-origins needs the parameter CorsOrigins, which {options.template} lacks."
        )
    definitions = template.functions
    variables = {**function_environment(definitions), **_VARIABLES}
    if options.engine == "aws":
        # AWS runs the triggers of a deployed table. Its queues have other names.
        definitions = {route.function: definitions[route.function] for route in template.routes}
        variables = without_local_names(variables, template)
    engine_ended = threading.Event()
    if options.engine != "aws":
        set_local_credentials(os.environ)
    with (
        listening_socket(options.port, "--port") as api_socket,
        _running_engines(options, engine_ended.set) as endpoints,
    ):
        set_environment(
            os.environ,
            variables,
            endpoint_url=endpoints.table if endpoints else None,
            region=options.region,
            services_url=endpoints.services if endpoints else None,
        )
        served = prepare_data(options, make_client(), template.table)
        if endpoints:
            override_url_policy(LocalUrlPolicy())
        if endpoints and endpoints.link:
            use_link(endpoints.link)
        functions = load_functions(definitions)
        gc.freeze()
        gc.set_threshold(_ALLOCATIONS_PER_COLLECTION)
        gateway = Gateway(template, functions, _print_line)
        with _running_triggers(options, template, functions, endpoints):
            _serve(gateway, api_socket, engine_ended, lambda: announce(options, endpoints, served))
        if engine_ended.is_set():
            raise _EngineEndedError(
                f"The engine {options.engine} has ended, and with it the local API."
            )


def without_local_names(variables: Mapping[str, str], template: Template) -> dict[str, str]:
    """Remove the variables that name local resources.

    Otherwise functions might send to a resource on AWS of the same name.
    """
    return {name: value for name, value in variables.items() if value not in template.local_names}


@contextlib.contextmanager
def _running_engines(
    options: Options, when_one_ends: Callable[[], object]
) -> Iterator[Endpoints | None]:
    """Run an engine for the table, and one for the other services."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="contact-context-"))
        link = socket_in(Path(folder)) if options.engine == EMBEDDED else None
        table = stack.enter_context(
            running_engine(
                options.engine,
                port=options.engine_port,
                data_folder=options.data,
                when_it_ends=when_one_ends,
                link=link,
            )
        )
        if table is None:
            yield None
            return
        if options.engine == EMBEDDED:
            yield Endpoints(table=table, services=table, link=link)
            return
        services = stack.enter_context(
            running_engine(
                EMBEDDED,
                port=options.services_port,
                data_folder=options.data,
                when_it_ends=when_one_ends,
            )
        )
        yield Endpoints(table=table, services=services or table)


def _running_triggers(
    options: Options,
    template: Template,
    functions: Mapping[str, LoadedFunction],
    endpoints: Endpoints | None,
) -> contextlib.AbstractContextManager[None]:
    if endpoints is None:
        return contextlib.nullcontext()
    make_resources(template.resources, endpoints.services)
    return running_triggers(
        template,
        functions,
        table=options.table,
        endpoints=endpoints,
        folder=options.data / options.engine if options.data else None,
        log=_print_line,
    )


def _serve(
    gateway: Gateway,
    api_socket: socket.socket,
    engine_ended: threading.Event,
    ready: Callable[[], None],
) -> None:
    configuration = server_configuration(gateway, server_header=False, proxy_headers=False)
    _AnnouncedServer(configuration, engine_ended, ready).run(sockets=[api_socket])


class _AnnouncedServer(uvicorn.Server):
    """A server that reports when it is ready, and stops when the engine has ended."""

    def __init__(
        self,
        configuration: uvicorn.Config,
        engine_ended: threading.Event,
        ready: Callable[[], None],
    ) -> None:
        super().__init__(configuration)
        self._engine_ended = engine_ended
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._engine_ended.is_set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A request that a stop interrupts is not reported as an error.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def _print_line(line: str) -> None:
    # A closed console must not fail a request.
    with contextlib.suppress(OSError):
        # One write, because several threads print.
        print(f"{line}\n", end="", flush=True)
