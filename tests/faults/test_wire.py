"""How the client and the table handle network faults, for single requests."""

import time
import zlib
from dataclasses import replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from shared.domain.accounts import Attribution
from shared.domain.errors import ContextError, Unavailable, WriteConflict
from shared.table import keys
from shared.table.dynamo import Table
from shared.table.operations import put
from shared.wiring import endpoints as wiring
from tests.adapters import WiringMonkeyPatch
from tests.api import dialect_of
from tests.contract.test_policies import CALLS, send
from tests.faults.kinds import BATCHES, KINDS, reset_after
from tests.faults.proxy import Exchange, Proxy, let_pass
from tests.faults.test_every_endpoint import TIMELY
from tests.fixtures import LONG_AGO, Fixtures

KEY = keys.tag("acme", 1)
OTHER = keys.tag("acme", 2)
ITEM = {"pk": {"S": KEY.pk}, "sk": {"S": KEY.sk}}
OTHER_ITEM = {"pk": {"S": OTHER.pk}, "sk": {"S": OTHER.sk}}
TRIES = 3


@pytest.fixture
def table(wire: Proxy) -> Table:
    """Create the table of functions, with one item."""
    wiring.table().write([put(ITEM)])
    return wiring.table()


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.only is None])
def test_what_passes_is_survived_and_what_lasts_is_told(kind: str, table: Table, wire: Proxy):
    wire.meddle(KINDS[kind].fault)
    if KINDS[kind].heals:
        assert table.get(KEY) == ITEM
        assert len(wire.operations) == 2
    wire.meddle(KINDS[kind].fault, lasting=True)
    expected = Unavailable if KINDS[kind].heals else Exception
    with pytest.raises(expected) as caught:
        table.get(KEY)
    assert isinstance(caught.value, ContextError) == KINDS[kind].heals
    assert len(wire.operations) == (TRIES if KINDS[kind].heals else 1)


STALLED = ("stalled before", "stalled after", "late")


@pytest.mark.parametrize("kind", STALLED)
def test_a_stalled_request_times_out_at_once(kind: str, table: Table, wire: Proxy):
    began = time.monotonic()
    wire.meddle(KINDS[kind].fault, lasting=True)
    with pytest.raises(Unavailable) as caught:
        table.get(KEY)
    assert isinstance(caught.value.__cause__, ReadTimeoutError)
    assert time.monotonic() - began < wiring.CLIENT_CONFIG.read_timeout


@pytest.mark.parametrize("kind", STALLED)
def test_a_stalled_request_times_out_by_the_clock_of_the_client(
    kind: str, wire: Proxy, monkeypatch: WiringMonkeyPatch
):
    """The time-out of the other tests passes at once, so one test waits for it."""
    wire.timeouts = None
    timely = wiring.CLIENT_CONFIG.merge(Config(read_timeout=0.3))
    monkeypatch.setattr(wiring, "CLIENT_CONFIG", timely)
    wire.meddle(KINDS[kind].fault, lasting=True)
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        wiring.table().get(KEY)
    assert isinstance(caught.value.__cause__, ReadTimeoutError)
    assert time.monotonic() - began >= TRIES * 0.3
    assert len(wire.operations) == TRIES


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.only == BATCHES])
def test_a_batch_is_read_whole_or_not_at_all(kind: str, table: Table, wire: Proxy):
    table.write([put(OTHER_ITEM)])
    wire.meddle(KINDS[kind].fault)
    found = table.get_many([KEY, OTHER])
    assert sorted(found, key=str) == sorted([ITEM, OTHER_ITEM], key=str)
    wire.meddle(KINDS[kind].fault, lasting=True)
    with pytest.raises(Unavailable):
        table.get_many([KEY, OTHER])


def test_a_transaction_whose_answer_is_lost_is_done_once(
    table: Table, fixtures: Fixtures, wire: Proxy
):
    """botocore gives each transaction a token, and retries it with the same one."""
    tokens: list[str] = []

    def note(exchange: Exchange) -> None:
        tokens.append(exchange.document["ClientRequestToken"])
        (reset_after if len(tokens) == 1 else let_pass)(exchange)

    new = "attribute_not_exists(pk)"
    wire.meddle(note, lasting=True)
    table.write([put(OTHER_ITEM, new), put({**OTHER_ITEM, "sk": {"S": "third"}}, new)])
    assert tokens == [tokens[0]] * 2
    assert OTHER_ITEM in fixtures.items()


def test_a_number_whose_answer_is_lost_is_never_given(fixtures: Fixtures, wire: Proxy):
    """DynamoDB adds twice, because an addition has no token: a number is skipped, not repeated."""
    contacts = wiring.contacts()
    first = contacts.allocate_ids("acme")
    wire.meddle(reset_after)
    assert contacts.allocate_ids("acme") == first + 2
    assert contacts.allocate_ids("acme") == first + 3


def test_a_request_whose_count_is_lost_counts_twice(fixtures: Fixtures, wire: Proxy):
    caller = fixtures.caller(fixtures.key(requests_per_minute=3))
    wire.meddle(reset_after)
    passes = [wiring.credentials().count_request(caller, 7, 3) for _ in range(3)]
    assert passes == [2, 3, None]


def test_a_lone_write_whose_answer_is_lost_meets_itself(
    table: Table, fixtures: Fixtures, wire: Proxy
):
    """It has no token: the condition of its retry fails, and the use case reads what it wrote."""
    before = fixtures.contact()
    after = replace(before, company="Acme", version=before.version + 1)
    wire.meddle(reset_after)
    with pytest.raises(WriteConflict):
        wiring.contacts().replace("acme", before, after, Attribution(LONG_AGO))
    assert fixtures.contacts.find("acme", 123) == after


def test_a_table_that_is_gone_is_every_endpoints_server_error(fixtures: Fixtures, wire: Proxy):
    fixtures.client.delete_table(TableName=fixtures.table_name)
    for logical_id, calls in CALLS.items():
        # Endpoints with a deadline respond with fallbacks instead.
        if dialect_of(logical_id) not in ("docs", "hooks") and logical_id not in TIMELY:
            assert send(*calls[0]).status == 500


class WithoutChecksums(BaseHTTPRequestHandler):
    """Sends errors without a checksum, as DynamoDB Local does, unlike DynamoDB."""

    def do_POST(self) -> None:
        self.send_response(400)
        self.send_header("content-length", str(len(REFUSAL)))
        self.end_headers()
        self.wfile.write(REFUSAL)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


REFUSAL = b'{"__type": "ConditionalCheckFailedException"}'


def test_an_error_of_an_engine_without_checksums_passes_with_one():
    with HTTPServer(("127.0.0.1", 0), WithoutChecksums) as engine:
        Thread(target=engine.handle_request, daemon=True).start()
        with Proxy(f"http://127.0.0.1:{engine.server_address[1]}") as proxy:
            client = HTTPConnection(proxy.url.removeprefix("http://"))
            client.request("POST", "/", b"{}", {"x-amz-target": "DynamoDB_20120810.GetItem"})
            answer = client.getresponse()
            assert (answer.status, answer.read()) == (400, REFUSAL)
            assert int(answer.headers["x-amz-crc32"]) == zlib.crc32(REFUSAL)
            client.close()
