"""What all tests stand on: an environment without AWS, a table, a world, an API client."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

TABLE_NAME = "contact-context"
EMBEDDED = "ministack"
EVERYTHING = "everything"
"""What the bus and the bucket of a test are called that has all of them."""

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    POWERTOOLS_SERVICE_NAME="contact-context",
    POWERTOOLS_LOG_LEVEL="INFO",
    TABLE_NAME=TABLE_NAME,
    EVENT_BUS_NAME="nobody-listens",
    IMPORT_BUCKET_NAME="imports",
    IMPORT_QUEUE_URL="http://127.0.0.1:9/queue/imports",
    WEBHOOK_DELIVERY_QUEUE_URL="http://127.0.0.1:9/queue/webhook-deliveries",
    WEBHOOK_DELIVERY_DEAD_LETTERS_URL="http://127.0.0.1:9/queue/webhook-dead-letters",
)

import botocore.session
from botocore.config import Config

from benchmarks.adapters import clear_adapters
from local.engines.engine import running_engine
from shared.table.credentials import CredentialTable
from shared.wiring import endpoints as wiring
from shared.wiring import resolving
from tests.adapters import WiringMonkeyPatch
from tests.api import Api, template
from tests.deliveries import Queue
from tests.fixtures import KEY, Fixtures
from tests.ports import free_port

# Examples are slow to draw where other processes use the cores, which is no fault of a strategy.
settings.register_profile(
    "shared cores", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared cores")

# Every client that is made would parse AWS's descriptions of its service anew, and thousands are.
_DESCRIPTIONS = botocore.session.create_loader()
botocore.session.create_loader = lambda *_: _DESCRIPTIONS

# What a function waits for DynamoDB is no measure for an engine on a machine that does other things
# too; tests/faults has the times.
_PATIENT = Config(connect_timeout=10, read_timeout=20)
wiring.CLIENT_CONFIG = wiring.CLIENT_CONFIG.merge(_PATIENT)
resolving.RESOLVE_CONFIG = resolving.RESOLVE_CONFIG.merge(_PATIENT)


# A function records once an hour that a key was used: in tests, an earlier request has done so.
# tests/endpoints/test_key_uses.py records it.
_NOTE_USE = CredentialTable.note_use
CredentialTable.note_use = lambda *_: None

UNCOUNTED = ("concurrency", "e2e", "faults", "hostile", "property")
"""Folders of tests that try much at random, and reach what the others reach.

They take twice as long when it is counted what they reach, and what they happen to reach would hide
what nothing holds.
"""

LOWER_COST = "lower_cost"
"""The property of a test report that names a scenario which costs less than its budget."""

_COUNTS = "COVERAGE_PROCESS_CONFIG"
"""What makes processes of tests count too."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    counting = Coverage.current()
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    if counting is None or folder not in UNCOUNTED:
        return (yield)
    for_processes = os.environ.pop(_COUNTS, None)
    counting.stop()
    try:
        return (yield)
    finally:
        counting.start()
        if for_processes:
            os.environ[_COUNTS] = for_processes


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
        help="what holds the table that tests use: ministack or dynamodb-local",
    )
    parser.addoption(
        "--rounds",
        type=int,
        default=1,
        help="how many times as much the random programs of tests/concurrency do, beyond the gate",
    )
    parser.addoption(
        "--faults",
        choices=("drawn", "all"),
        default="drawn",
        help="at each request of each endpoint some of the faults on the wire, or all of them",
    )


@pytest.fixture
def monkeypatch() -> Iterator[WiringMonkeyPatch]:
    """The fixture of pytest, which also clears the adapters of the wiring when it has to."""
    patch = WiringMonkeyPatch()
    yield patch
    patch.undo()


@pytest.fixture
def note_use() -> Any:
    """What records that a key was used, which other tests do without."""
    return _NOTE_USE


@pytest.fixture(scope="session")
def engine_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The endpoint of a DynamoDB engine of its own process, one for each test worker."""
    name = request.config.getoption("--engine")
    with running_engine(name, port=free_port(), data_folder=None) as url:
        yield url


@pytest.fixture(scope="session")
def services_url(request: pytest.FixtureRequest, engine_url: str) -> Iterator[str]:
    """The endpoint of queues, buses and buckets: the engine's, if it has any."""
    if request.config.getoption("--engine") == EMBEDDED:
        yield engine_url
        return
    with running_engine(EMBEDDED, port=free_port(), data_folder=None) as url:
        yield url


@pytest.fixture(scope="session")
def engine_client(engine_url: str) -> Any:
    """A client of the engine, which a handler's faults and limits do not touch."""
    return botocore.session.get_session().create_client("dynamodb", endpoint_url=engine_url)


@pytest.fixture
def fresh_table(
    request: pytest.FixtureRequest,
    engine_url: str,
    engine_client: Any,
    monkeypatch: WiringMonkeyPatch,
) -> Iterator[Fixtures]:
    """An empty table on the engine, which the handlers use."""
    monkeypatch.use_engine(engine_url)
    # DynamoDB Local keeps the streams of tables that are gone, and is slower for each of them.
    is_cheap = request.config.getoption("--engine") == EMBEDDED
    has_stream = is_cheap or "changes" in request.fixturenames
    with _table(engine_client, TABLE_NAME, has_stream=has_stream) as fixtures:
        yield fixtures


@pytest.fixture
def fixtures(fresh_table: Fixtures) -> Fixtures:
    """What a test starts from: nothing, but where a folder has a world of its own."""
    return fresh_table


@pytest.fixture
def engine_world(fresh_table: Fixtures) -> Iterator[Fixtures]:
    """The same, with adapters of its own, for what listens to their client or changes it."""
    clear_adapters()
    yield fresh_table
    clear_adapters()


@pytest.fixture(scope="session")
def acme(engine_client: Any) -> list[dict[str, Any]]:
    """The items of an account that has a key, contact 123 and three definitions."""
    with _table(engine_client, f"{TABLE_NAME}-of-acme", has_stream=False) as fixtures:
        fixtures.key()
        fixtures.contact()
        fixtures.definition("last_payment_date", "date")
        fixtures.definition(
            "membership_level", "select", select_options=("Bronze", "Silver", "Gold", "Platinum")
        )
        fixtures.definition("support_hours", context_type="business", is_default=True)
        return fixtures.items()


@pytest.fixture
def queued(
    fixtures: Fixtures, services_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Queue]:
    """The queue of deliveries, empty, which the handlers use."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", services_url)
    client = botocore.session.get_session().create_client("sqs", endpoint_url=services_url)
    dead_letters = Queue(client)
    queue = Queue(client, dead_letters)
    monkeypatch.setenv("WEBHOOK_DELIVERY_QUEUE_URL", queue.url)
    monkeypatch.setenv("WEBHOOK_DELIVERY_DEAD_LETTERS_URL", dead_letters.url)
    yield queue
    queue.delete()
    dead_letters.delete()


@pytest.fixture
def everything(
    fixtures: Fixtures, services_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Fixtures]:
    """The table with a bus, queues and a bucket beside it, which the handlers use."""
    session = botocore.session.get_session()
    sqs: Any = session.create_client("sqs", endpoint_url=services_url)
    s3: Any = session.create_client("s3", endpoint_url=services_url)
    events: Any = session.create_client("events", endpoint_url=services_url)
    for service in ("SQS", "S3", "EVENTBRIDGE"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", services_url)
    queues = {
        name: sqs.create_queue(QueueName=f"everything-{name.lower()}")["QueueUrl"]
        for name in ("IMPORT_QUEUE_URL", "WEBHOOK_DELIVERY_QUEUE_URL")
    }
    s3.create_bucket(Bucket=EVERYTHING)
    events.create_event_bus(Name=EVERYTHING)
    settings = {**queues, "IMPORT_BUCKET_NAME": EVERYTHING, "EVENT_BUS_NAME": EVERYTHING}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    yield fixtures
    for url in queues.values():
        sqs.delete_queue(QueueUrl=url)
    for each in s3.list_objects_v2(Bucket=EVERYTHING).get("Contents", ()):
        s3.delete_object(Bucket=EVERYTHING, Key=each["Key"])
    s3.delete_bucket(Bucket=EVERYTHING)
    events.delete_event_bus(Name=EVERYTHING)


@pytest.fixture
def api(fixtures: Fixtures, acme: list[dict[str, Any]]) -> Api:
    """A client with the key of acme, who has contact 123 and three definitions."""
    fixtures.put_back(acme)
    return Api(KEY)


@contextmanager
def _table(client: Any, name: str, *, has_stream: bool) -> Iterator[Fixtures]:
    arguments = dict(template().table.arguments)
    if not has_stream:
        del arguments["StreamSpecification"]
    client.create_table(TableName=name, **arguments)
    yield Fixtures(client, name)
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_table(TableName=name)
