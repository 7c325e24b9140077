"""The link to the embedded engine: the same responses as over HTTP, for any number of threads."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from local.database import make_local_client
from local.engine_client import EngineClient
from local.engines.engine import EMBEDDED, running_engine
from local.engines.link import EngineLink, socket_in
from local.engines.stream_filter import LAST_NUMBER, filter_header
from tests.ports import free_port

pytestmark = pytest.mark.enable_socket

TABLE = "links"
NAMES = count()


@pytest.fixture(scope="module")
def link_path() -> Iterator[Path]:
    # Not below the folder of the tests, whose path may be too long for a socket.
    folder = tempfile.mkdtemp()
    path = socket_in(Path(folder))
    assert path
    yield path
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def url(link_path: Path) -> Iterator[str]:
    with running_engine(EMBEDDED, port=free_port(), data_folder=None, link=link_path) as running:
        assert running
        make_local_client("dynamodb", "us-east-1", running).create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        yield running


@pytest.fixture(params=[True, False], ids=["link", "http"])
def client(
    request: pytest.FixtureRequest, url: str, link_path: Path
) -> Iterator[Callable[..., EngineClient]]:
    """Make clients over the link, and then over HTTP."""
    link = EngineLink(link_path)
    with contextlib.ExitStack() as opened:
        opened.callback(link.close)

        def make(service: str, headers: dict[str, str] | None = None) -> EngineClient:
            return EngineClient(service, url, headers, link if request.param else None)

        yield make


def put(url: str, key: str, kind: str) -> None:
    item = {"pk": {"S": key}, "entity": {"S": kind}, "raw": {"B": b"\x00\xff"}}
    make_local_client("dynamodb", "us-east-1", url).put_item(TableName=TABLE, Item=item)


def read_all(client: EngineClient, url: str, **options: int) -> list[dict]:
    table = make_local_client("dynamodb", "us-east-1", url).describe_table(TableName=TABLE)
    arn = table["Table"]["LatestStreamArn"]
    (shard,) = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = client.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    read = []
    while True:
        page = client.get_records(ShardIterator=iterator, **options)
        if not page["Records"] and not page.get(LAST_NUMBER):
            return read
        read.append(page)
        iterator = page["NextShardIterator"]


def test_messages_come_back_over_the_link_and_over_http(
    url: str, client: Callable[..., EngineClient]
):
    queues = client("sqs")
    queue = queues.create_queue(QueueName=f"queue-{next(NAMES)}")["QueueUrl"]
    assert queue.startswith(url)
    queues.send_message(QueueUrl=queue, MessageBody="é" * 100_000)
    (message,) = queues.receive_message(QueueUrl=queue, AttributeNames=["All"])["Messages"]
    assert message["Body"] == "é" * 100_000
    with pytest.raises(ClientError) as rejected:
        queues.get_queue_url(QueueName="nowhere")
    assert "NonExistentQueue" in str(rejected.value) or "QueueDoesNotExist" in str(rejected.value)


def test_requests_of_several_threads_get_their_own_responses(url: str, link_path: Path):
    """SQS and DynamoDB in turn, because the engine keeps the account of a request."""
    link = EngineLink(link_path)
    queues = EngineClient("sqs", url, link=link)
    target = "DynamoDB_20120810.GetItem"

    def ask(number: int) -> tuple[str, str]:
        key = f"key-{number}"
        queues.create_queue(QueueName=key)
        address = queues.get_queue_url(QueueName=key)["QueueUrl"]
        request = {"TableName": TABLE, "Key": {"pk": {"S": key}}}
        status, _, body = link.send({"x-amz-target": target}, json.dumps(request).encode())
        assert status == 200
        return address.rpartition("/")[2], json.loads(body)["Item"]["pk"]["S"]

    for number in range(16):
        put(url, f"key-{number}", "counted")
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(16))) == [(f"key-{n}", f"key-{n}") for n in range(16)]
    link.close()


def test_an_engine_that_is_gone_is_no_response(tmp_path: Path):
    nowhere = EngineClient("sqs", "http://127.0.0.1:9", link=EngineLink(tmp_path / "none"))
    with pytest.raises(HTTPClientError):
        nowhere.get_queue_url(QueueName="any")
    with pytest.raises(HTTPClientError):
        EngineClient("sqs", f"http://127.0.0.1:{free_port()}").get_queue_url(QueueName="any")


def test_a_folder_that_is_too_long_for_a_socket_has_no_link():
    assert socket_in(Path("/tmp/short")) == Path("/tmp/short/engine")
    assert socket_in(Path("/" + "x" * 100)) is None


def test_a_filter_leaves_out_records_but_passes_them(url: str, client: Callable[..., EngineClient]):
    for number in range(6):
        put(url, f"record-{next(NAMES)}", "wanted" if number % 3 == 0 else "other")
    pattern = {"dynamodb": {"NewImage": {"entity": {"S": ["wanted"]}}}}
    everything = client("dynamodbstreams")
    filtered = client("dynamodbstreams", filter_header([pattern]))

    records = [each for page in read_all(everything, url) for each in page["Records"]]
    pages = read_all(filtered, url, Limit=1)

    found = [each for page in pages for each in page["Records"]]
    assert found == [
        each for each in records if each["dynamodb"]["NewImage"]["entity"]["S"] == "wanted"
    ]
    assert all(len(page["Records"]) <= 1 for page in pages)
    # Binary values are Base64, as in the events of Lambda.
    assert found[0]["dynamodb"]["NewImage"]["raw"] == {"B": "AP8="}
    assert pages[-1][LAST_NUMBER] == records[-1]["dynamodb"]["SequenceNumber"]


def test_an_iterator_that_is_not_valid_is_refused_with_a_filter_too(
    client: Callable[..., EngineClient],
):
    streams = client("dynamodbstreams", filter_header([{}]))
    with pytest.raises(ClientError, match="ShardIterator is not valid"):
        streams.get_records(ShardIterator="nonsense")


def test_a_filter_by_what_an_event_has_otherwise_is_left_to_the_reader():
    """A record of the stream has a type of the identity in capitals, and an event has not."""
    pattern = {"eventName": ["REMOVE"], "userIdentity": {"type": ["Service"]}}
    (header,) = filter_header([pattern]).values()
    assert json.loads(header) == [{"eventName": ["REMOVE"]}]
