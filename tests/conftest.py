"""Fixtures of all tests: an environment without AWS, a table, its items and an API client."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings
from xdist.plugin import pytest_xdist_auto_num_workers as count_processors

TABLE_NAME = "contact-context"
DEMO_SEED = Path(__file__).parent.parent / "local" / "demo-seed.json"
EMBEDDED = "ministack"

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    POWERTOOLS_SERVICE_NAME="contact-context",
    POWERTOOLS_LOG_LEVEL="INFO",
    TABLE_NAME=TABLE_NAME,
    EVENT_BUS_NAME="no-subscribers",
    IMPORT_BUCKET_NAME="imports",
    IMPORT_QUEUE_URL="http://127.0.0.1:9/queue/imports",
    WEBHOOK_DELIVERY_QUEUE_URL="http://127.0.0.1:9/queue/webhook-deliveries",
    WEBHOOK_DELIVERY_DEAD_LETTERS_URL="http://127.0.0.1:9/queue/webhook-dead-letters",
)

import botocore.session
from botocore.config import Config

from local.engines.engine import running_engine
from local.seed import load_file
from shared.table.credentials import CredentialTable
from shared.wiring import endpoints as wiring
from shared.wiring import resolving
from tests.adapters import ENDPOINT, WiringMonkeyPatch, forget_adapters, forget_resources
from tests.api import Api
from tests.aws_resources import Resources, service_client
from tests.deliveries import Queue
from tests.fixture_client import fixture_client
from tests.fixtures import KEY, Fixtures, Items, new_table
from tests.ports import free_port

# Drawing examples is slow while other processes use the cores. That is no fault of a strategy.
settings.register_profile(
    "shared cores", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared cores")

# Tests make thousands of clients. Each would parse AWS's description of its service again.
_DESCRIPTIONS = botocore.session.create_loader()
botocore.session.create_loader = lambda *_: _DESCRIPTIONS

# The timeouts of functions are too short for an engine on a busy machine. tests/faults tests them.
_PATIENT = Config(connect_timeout=10, read_timeout=20)
wiring.CLIENT_CONFIG = wiring.CLIENT_CONFIG.merge(_PATIENT)
resolving.RESOLVE_CONFIG = resolving.RESOLVE_CONFIG.merge(_PATIENT)
wiring.LATEST_CALL_SECONDS = 600

PATIENT_MS = 10_000
"""The deadline in tests of a request whose agent the function does not know yet."""

_PATCH = pytest.MonkeyPatch()
_PATCH.setattr("shared.wiring.resolving.DEFAULT_DEADLINE_MS", PATIENT_MS)
_PATCH.setattr("shared.platforms.hook_messages.PlatformHookMessage.deadline_ms", PATIENT_MS)


# A function records the use of a key once an hour. Tests behave as if an earlier request had done
# so, except tests/endpoints/test_key_uses.py.
_NOTE_USE = CredentialTable.note_use
CredentialTable.note_use = lambda *_: None

UNCOUNTED = ("concurrency", "e2e", "faults", "hostile", "property")
"""Folders of random tests, which run without coverage.

Coverage doubles their time, and lines that they reach by chance would hide a lack of other tests.
"""

LOWER_COST = "lower_cost"
"""The property of a test report that names a scenario which costs less than its budget."""

_COUNTS = "COVERAGE_PROCESS_CONFIG"
"""The environment variable that makes the processes of tests measure coverage."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return one worker more than there are processors: a quarter of a worker's time is waiting."""
    return count_processors(config) + 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    counting = Coverage.current()
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    if counting is None or folder not in UNCOUNTED:
        return (yield)
    counting.stop()
    try:
        with _uncounted_processes():
            return (yield)
    finally:
        counting.start()


@contextmanager
def _uncounted_processes() -> Iterator[None]:
    for_processes = os.environ.pop(_COUNTS, None)
    try:
        yield
    finally:
        if for_processes:
            os.environ[_COUNTS] = for_processes


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None, object, object]:
    try:
        return (yield)
    finally:
        if "everything" not in getattr(nextitem, "fixturenames", ()):
            forget_resources()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lower = [
        text
        for report in terminalreporter.getreports("passed")
        for name, text in report.user_properties
        if name == LOWER_COST
    ]
    if lower:
        terminalreporter.section("Costs below their budgets in tests/contract/test_budgets.py")
        terminalreporter.write_line("\n".join(lower))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        default=EMBEDDED,
        help="the engine of the table that tests use: ministack or dynamodb-local",
    )
    parser.addoption(
        "--rounds",
        type=int,
        default=1,
        help="how many times as long random requests and histories run as in the gate",
    )
    parser.addoption(
        "--faults",
        choices=("drawn", "all"),
        default="drawn",
        help="inject a sample of the network faults into requests of every endpoint, or all",
    )


@pytest.fixture
def monkeypatch() -> Iterator[WiringMonkeyPatch]:
    """Provide pytest's fixture, which also clears the adapters of the wiring when necessary."""
    patch = WiringMonkeyPatch()
    yield patch
    patch.undo()


@pytest.fixture
def note_use() -> Any:
    """Return the method that records the use of a key, which other tests replace."""
    return _NOTE_USE


@pytest.fixture(scope="session")
def engine_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a DynamoDB engine in a process, one for each test worker, and provide its endpoint."""
    with _engine(request.config.getoption("--engine")) as url:
        yield url


@pytest.fixture(scope="session")
def services_url(request: pytest.FixtureRequest, engine_url: str) -> Iterator[str]:
    """Provide the endpoint of queues, buses and buckets: the engine's, if it has them."""
    if request.config.getoption("--engine") == EMBEDDED:
        yield engine_url
        return
    with _engine(EMBEDDED) as url:
        yield url


@pytest.fixture(scope="session")
def engine_client(engine_url: str) -> Any:
    """Return a client of the engine that faults and limits of handlers do not affect."""
    return fixture_client(engine_url)


@pytest.fixture(scope="session")
def handlers_url(engine_url: str) -> str:
    """The endpoint that handlers use: the engine's, unless a folder puts something before it."""
    return engine_url


@pytest.fixture
def fresh_table(
    request: pytest.FixtureRequest,
    handlers_url: str,
    engine_client: Any,
    monkeypatch: WiringMonkeyPatch,
) -> Iterator[Fixtures]:
    """Create an empty table on the engine, which the handlers use."""
    environment = {ENDPOINT: handlers_url}
    if "everything" in request.fixturenames:
        environment |= request.getfixturevalue("resources").environment
    monkeypatch.use(environment)
    # Engines keep the streams of deleted tables, and take longer and more memory for each of them.
    has_stream = not {"changes", "streamed"}.isdisjoint(request.fixturenames)
    with new_table(engine_client, TABLE_NAME, has_stream=has_stream) as fixtures:
        yield fixtures


@pytest.fixture
def streamed() -> None:
    """Give the table of a test its stream."""


@pytest.fixture
def fixtures(fresh_table: Fixtures) -> Fixtures:
    """Provide the data that a test starts from: an empty table, unless a folder overrides it."""
    return fresh_table


@pytest.fixture
def engine_world(fresh_table: Fixtures) -> Iterator[Fixtures]:
    """Provide an empty table, with new adapters for tests that record or change their client."""
    forget_adapters()
    yield fresh_table
    forget_adapters()


@pytest.fixture(scope="session")
def acme(engine_client: Any) -> Items:
    """Return the items of an account with a key, contact 123 and three definitions."""
    with new_table(engine_client, f"{TABLE_NAME}-of-acme", has_stream=False) as fixtures:
        fixtures.key()
        fixtures.contact()
        fixtures.definition("last_payment_date", "date")
        fixtures.definition(
            "membership_level", "select", select_options=("Bronze", "Silver", "Gold", "Platinum")
        )
        fixtures.definition("support_hours", context_type="business", is_default=True)
        return fixtures.items()


@pytest.fixture(scope="session")
def demo(engine_client: Any) -> Items:
    """Return the items of the demo data."""
    with new_table(engine_client, f"{TABLE_NAME}-of-demo", has_stream=False) as fixtures:
        load_file(DEMO_SEED, engine_client, fixtures.table_name)
        return fixtures.items()


@pytest.fixture
def queued(
    fixtures: Fixtures, services_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Queue]:
    """Create an empty queue of deliveries, which the handlers use."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", services_url)
    client = service_client("sqs", services_url)
    dead_letters = Queue(client)
    queue = Queue(client, dead_letters)
    monkeypatch.setenv("WEBHOOK_DELIVERY_QUEUE_URL", queue.url)
    monkeypatch.setenv("WEBHOOK_DELIVERY_DEAD_LETTERS_URL", dead_letters.url)
    yield queue
    queue.delete()
    dead_letters.delete()


@pytest.fixture(scope="session")
def resources(services_url: str) -> Iterator[Resources]:
    """Create a bus, queues and a bucket, one set for each test worker."""
    made = Resources(services_url)
    yield made
    made.delete()


@pytest.fixture
def everything(
    fixtures: Fixtures, resources: Resources, monkeypatch: WiringMonkeyPatch
) -> Iterator[Fixtures]:
    """Provide the table with a bus, queues and a bucket, which the handlers use."""
    monkeypatch.use(resources.environment)
    yield fixtures
    resources.clear()


@pytest.fixture
def api(fixtures: Fixtures, acme: Items) -> Api:
    """Return a client with the key of acme, which has contact 123 and three definitions."""
    fixtures.put_back(acme)
    return Api(KEY)


@contextmanager
def _engine(name: str) -> Iterator[str | None]:
    # Coverage halves the speed of an engine. tests/local measures engines of its own.
    with ExitStack() as running:
        with _uncounted_processes():
            url = running.enter_context(running_engine(name, port=free_port(), data_folder=None))
        yield url
