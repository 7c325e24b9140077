"""Functions run by streams and queues, as Lambda runs them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.database import make_local_client
from tests.local.running_api import PATIENCE_SECONDS, ROOT, TRIGGERS, LocalApi, running

pytestmark = pytest.mark.enable_socket


class LocalRun:
    """A running service whose functions record their events."""

    def __init__(self, api: LocalApi, notes: Path, engine: str) -> None:
        self.api = api
        self._notes = notes
        # An engine with tables only runs beside another one.
        port = api.engine_port + (engine != "ministack")
        self.queues_url = f"http://127.0.0.1:{port}"

    def write(self, where: str, name: str, body: str = "") -> str:
        reply = self.api.request(
            "POST", f"/write/{where}/{name}", body.encode(), {"Content-Type": "text/plain"}
        )
        assert reply.status in {200, 204}
        return reply.body.decode()

    def notes(self, function: str) -> list[dict]:
        if not self._notes.exists():
            return []
        lines = [json.loads(line) for line in self._notes.read_text().splitlines()]
        return [line["event"] for line in lines if line["function"] == function]

    def calls(self, function: str, text: str, at_least: int = 1) -> list[dict]:
        """Return the events of a function that have a text in them, once there are enough."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = [each for each in self.notes(function) if text in json.dumps(each)]
            if len(found) >= at_least:
                return found
            if time.monotonic() > deadline:
                pytest.fail(
                    f"{function} was called {len(found)} times with {text!r}, not "
                    f"{at_least}:\n{self.api.printed()}"
                )
            time.sleep(0.02)

    def messages(self, queue: str) -> list[dict]:
        client = make_local_client("sqs", "us-east-1", self.queues_url)
        url = client.get_queue_url(QueueName=f"local-{queue}")["QueueUrl"]
        for _ in range(PATIENCE_SECONDS):
            got = client.receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10)
            if "Messages" in got:
                return got["Messages"]
        pytest.fail(f"{queue} stayed empty:\n{self.api.printed()}")


StartLocalRun = Callable[..., contextlib.AbstractContextManager[LocalRun]]


@pytest.fixture(scope="module")
def local_run(request: pytest.FixtureRequest) -> StartLocalRun:
    """Return a function that runs the service in a folder, on the chosen engine."""
    engine = request.config.getoption("--engine")

    @contextlib.contextmanager
    def start(folder: Path, *arguments: str) -> Iterator[LocalRun]:
        notes = folder / "notes.jsonl"
        options = ("--engine", engine, *arguments)
        environment = {"NOTES": str(notes)}
        with running(folder, *options, template=TRIGGERS, environment=environment) as api:
            yield LocalRun(api, notes, engine)

    return start


@pytest.fixture(scope="module")
def shared(
    local_run: StartLocalRun, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalRun]:
    with local_run(tmp_path_factory.mktemp("triggers")) as started:
        yield started


def test_a_change_of_the_table_reaches_the_function_on_its_stream(shared: LocalRun) -> None:
    shared.write("table", "one", "hello")

    (event,) = shared.calls("OnStream", '"one"')
    (record,) = event["Records"]
    assert record["eventSource"] == "aws:dynamodb"
    assert record["eventName"] == "INSERT"
    assert record["dynamodb"]["Keys"] == {"pk": {"S": "one"}}
    assert record["dynamodb"]["NewImage"]["body"] == {"S": "hello"}
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], int | float)
    assert record["eventSourceARN"].endswith(record["eventSourceARN"].split("/stream/")[1])
    assert "STREAM OnStream 1 of 1 record " in shared.api.printed()


def test_a_record_that_no_filter_lets_through_is_not_seen(shared: LocalRun) -> None:
    shared.write("table", "hidden-one")
    shared.write("table", "seen-after-it")

    shared.calls("OnStream", "seen-after-it")
    assert "hidden-one" not in json.dumps(shared.notes("OnStream"))


def test_a_record_that_failed_is_tried_again_and_those_before_it_are_not(shared: LocalRun) -> None:
    shared.write("table", "failing", "fail once")
    shared.write("table", "next")

    shared.calls("OnStream", '"failing"', at_least=2)
    shared.calls("OnStream", '"next"')
    assert len(shared.calls("OnStream", '"failing"')) == 2


@pytest.mark.parametrize("body", ["fail always", "crash"])
def test_a_record_that_is_never_processed_is_given_up_alone_and_told(
    shared: LocalRun, body: str
) -> None:
    name = body.replace(" ", "-")
    shared.write("table", name, body)
    shared.write("table", f"after-{name}")

    (message,) = shared.messages("StreamDeadLetters")
    told = json.loads(message["Body"])
    shared.calls("OnStream", f"after-{name}")
    tries = shared.calls("OnStream", f'"{name}"')
    assert len(tries) >= 3
    alone = [each for each in tries if len(each["Records"]) == 1]
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    batch = told["DDBStreamBatchInfo"]
    number = alone[0]["Records"][0]["dynamodb"]["SequenceNumber"]
    assert (batch["startSequenceNumber"], batch["batchSize"]) == (number, 1)
    empty(shared, "StreamDeadLetters")


def empty(shared: LocalRun, queue: str) -> None:
    client = make_local_client("sqs", "us-east-1", shared.queues_url)
    client.purge_queue(QueueUrl=client.get_queue_url(QueueName=f"local-{queue}")["QueueUrl"])


def test_a_message_reaches_the_function_on_its_queue(shared: LocalRun) -> None:
    shared.write("queue", "two", "hello")

    (event,) = shared.calls("OnQueue", "two hello")
    (record,) = event["Records"]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == "arn:aws:sqs:us-east-1:123456789012:local-Queue"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"


def test_only_the_message_that_failed_comes_again(shared: LocalRun) -> None:
    shared.write("queue", "again", "fail once")
    shared.write("queue", "done")

    shared.calls("OnQueue", "done")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(shared.calls("OnQueue", "again fail once")) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(shared.calls("OnQueue", "again fail once")) == 2
    assert len(shared.calls("OnQueue", "done")) == 1


def test_a_message_that_always_fails_ends_with_the_dead_letters(shared: LocalRun) -> None:
    shared.write("queue", "doomed", "fail always")

    (message,) = shared.messages("DeadLetters")
    assert message["Body"] == "doomed fail always"
    assert len(shared.calls("OnQueue", "doomed")) == 2


def test_an_event_goes_by_its_rule_and_no_other_way(shared: LocalRun) -> None:
    shared.write("bus", "unwanted", "not this")
    shared.write("bus", "wanted-one", "by a queue")

    (event,) = shared.calls("OnBus", "by a queue")
    body = json.loads(event["Records"][0]["body"])
    assert (body["source"], body["detail-type"]) == ("test", "wanted-one")
    assert "not this" not in json.dumps(shared.notes("OnBus"))
    shared.api.wait_for('EVENT unwanted {"body": "not this"}')


def test_a_file_that_is_put_to_a_presigned_address_reaches_its_function(shared: LocalRun) -> None:
    for name in ("ignored.txt", "rows.csv"):
        address = shared.write("file", name)
        request = urllib.request.Request(address, data=b"a,b\n", method="PUT")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200

    (event,) = shared.calls("OnFile", "rows.csv")
    (message,) = event["Records"]
    (record,) = json.loads(message["body"])["Records"]
    assert record["s3"]["bucket"]["name"] == "local-bucket"
    assert record["s3"]["object"]["size"] == 4
    assert "ignored.txt" not in json.dumps(shared.notes("OnFile"))


def test_what_was_not_yet_processed_is_processed_after_a_kill_and_nothing_else(
    local_run: StartLocalRun, tmp_path: Path
) -> None:
    """A record in the middle of its tries, under its old name; and a message that is in work."""
    arguments = ("--data", str(tmp_path / "data"))
    with local_run(tmp_path, *arguments) as first:
        first.write("table", "done")
        first.calls("OnStream", '"done"')
        first.write("table", "open", "crash")
        first.write("queue", "waiting", "fail once")
        (message,) = first.calls("OnQueue", "waiting")
        before = first.calls("OnStream", '"open"')[0]["Records"][0]
        os.kill(first.api.process.pid, signal.SIGKILL)
        first.api.process.wait(PATIENCE_SECONDS)
        tries = len(first.notes("OnStream"))
    time.sleep(0.5)
    with local_run(tmp_path, *arguments) as second:
        second.write("table", "last")
        second.calls("OnStream", '"last"')
        again = [
            record for event in second.notes("OnStream")[tries:] for record in event["Records"]
        ]
        assert {record["dynamodb"]["Keys"]["pk"]["S"] for record in again} == {"open", "last"}
        assert before["eventID"] in {record["eventID"] for record in again}
        assert before["dynamodb"]["SequenceNumber"] == again[0]["dynamodb"]["SequenceNumber"]
        message_id = message["Records"][0]["messageId"]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(second.calls("OnQueue", message_id)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(second.calls("OnQueue", message_id)) >= 2


def test_a_stop_and_a_start_bring_nothing_again(local_run: StartLocalRun, tmp_path: Path) -> None:
    arguments = ("--data", str(tmp_path / "data"))
    with local_run(tmp_path, *arguments) as first:
        first.write("table", "once")
        first.calls("OnStream", '"once"')
        first.write("queue", "once")
        first.calls("OnQueue", "once ")
        # The position is kept after the call.
        first.api.wait_for("QUEUE OnQueue 1 of 1 record")
        time.sleep(0.2)
        assert first.api.stop() == 0
    with local_run(tmp_path, *arguments) as second:
        second.write("table", "later")
        second.calls("OnStream", "later")
        assert len(second.calls("OnStream", '"once"')) == 1
        assert len(second.calls("OnQueue", "once ")) == 1


def dead_letters(here: LocalRun, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on the engine of a local_run."""
    engine = f"http://127.0.0.1:{here.api.engine_port}"
    verb, *rest = arguments
    options = ["--endpoint-url", engine, "--queues-url", here.queues_url]
    options += ["--template", str(TRIGGERS)]
    return subprocess.run(
        [sys.executable, "-m", "local.dead_letters", verb, *rest, *options],
        cwd=ROOT,
        env={**os.environ, "NOTES": str(here._notes)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def until(here: LocalRun, queue: str, count: int) -> str:
    """Return the list of a queue once it has so many dead letters."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        listed = dead_letters(here, "list", queue)
        if f"{queue}: {count}\n" in listed.stdout:
            return listed.stdout
    pytest.fail(f"{listed.stdout}{listed.stderr}{here.api.printed()}")


def test_dead_letters_are_shown_and_sent_back_to_where_they_failed(
    local_run: StartLocalRun, tmp_path: Path
) -> None:
    """A message into its queue; records of the stream to their function."""
    with local_run(tmp_path) as here:
        here.write("queue", "twice", "fail always")
        here.write("table", "broken", "fail always")

        assert "twice fail always" in until(here, "local-DeadLetters", 1)
        assert "RetryAttemptsExhausted" in until(here, "local-StreamDeadLetters", 1)
        tries = len(here.calls("OnQueue", "twice"))

        sent = dead_letters(here, "redrive", "local-DeadLetters")
        assert (sent.returncode, sent.stdout) == (0, "local-DeadLetters: 1 sent again\n")
        until(here, "local-DeadLetters", 1)
        assert len(here.calls("OnQueue", "twice")) == tries + 2

        failed = dead_letters(here, "redrive", "Stream")
        assert (failed.returncode, failed.stdout) == (1, "local-StreamDeadLetters: 0 sent again\n")
        assert "the function OnStream failed again" in failed.stderr
        until(here, "local-StreamDeadLetters", 1)


def test_a_record_of_the_stream_is_done_when_its_function_takes_it_at_last(
    local_run: StartLocalRun, tmp_path: Path
) -> None:
    """After a stop as well."""
    arguments = ("--data", str(tmp_path / "data"))
    with local_run(tmp_path, *arguments) as before:
        before.write("table", "mended", "fail always unless mended")
        until(before, "local-StreamDeadLetters", 1)
        before.api.stop()
    with local_run(tmp_path, *arguments) as here:
        until(here, "local-StreamDeadLetters", 1)
        (tmp_path / "notes.jsonl.mended").touch()

        sent = dead_letters(here, "redrive")

        assert (sent.returncode, sent.stderr) == (0, "")
        assert sent.stdout.splitlines() == [
            "local-DeadLetters: 0 sent again",
            "local-StreamDeadLetters: 1 sent again",
        ]
        last = here.calls("OnStream", "mended")[-1]
        assert [each["dynamodb"]["Keys"]["pk"]["S"] for each in last["Records"]] == ["mended"]
        until(here, "local-StreamDeadLetters", 0)


def test_a_stack_whose_name_begins_another_ones_has_its_own_dead_letters_only(
    shared: LocalRun,
) -> None:
    client = make_local_client("sqs", "us-east-1", shared.queues_url)
    for name in ("DeadLetters-1A2B3C4D5E6F", "prod-DeadLetters-6F5E4D3C2B1A", "AllDeadLetters"):
        url = client.create_queue(QueueName=f"shop-{name}")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="left alone")

    listed = dead_letters(shared, "list", "--stack", "shop")

    assert listed.stderr == ""
    names = [line for line in listed.stdout.splitlines() if not line.startswith(" ")]
    assert names == ["shop-DeadLetters-1A2B3C4D5E6F: 1"]


def test_dead_letters_are_dropped_and_sent_back_one_by_one_or_all(shared: LocalRun) -> None:
    client = make_local_client("sqs", "us-east-1", shared.queues_url)
    letters = client.create_queue(QueueName="mart-DeadLetters-1A2B3C4D5E6F")["QueueUrl"]
    arn = client.get_queue_attributes(QueueUrl=letters, AttributeNames=["QueueArn"])
    policy = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": 3}
    source = client.create_queue(
        QueueName="mart-Queue-6F5E4D3C2B1A", Attributes={"RedrivePolicy": json.dumps(policy)}
    )["QueueUrl"]
    sent = [
        client.send_message(QueueUrl=letters, MessageBody=f"number {number}")["MessageId"]
        for number in range(14)
    ]
    stack = ("--stack", "mart")

    dropped = dead_letters(shared, "drop", "Dead", "--message", sent[3], *stack)
    assert dropped.stdout == "mart-DeadLetters-1A2B3C4D5E6F: 1 dropped\n"
    named = ("--message", sent[12], "--message", sent[13])
    back = dead_letters(shared, "redrive", "Dead", *named, *stack)
    assert back.stdout == "mart-DeadLetters-1A2B3C4D5E6F: 2 sent again\n"
    answer = client.receive_message(QueueUrl=source, MaxNumberOfMessages=10)
    assert {each["Body"] for each in answer["Messages"]} == {"number 12", "number 13"}
    listed = dead_letters(shared, "list", "Dead", *stack).stdout
    assert listed.startswith("mart-DeadLetters-1A2B3C4D5E6F: 11\n")
    assert sent[3] not in listed
    assert dead_letters(shared, "drop", *stack).returncode == 2
    assert dead_letters(shared, "drop", "Dead", *stack).stdout.endswith(": 11 dropped\n")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(["list"], "--stack"), (["forget"], "forget"), (["list", "--nowhere"], "nowhere")],
)
def test_a_command_line_that_names_nothing_is_refused_in_a_sentence(arguments, named) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "local.dead_letters", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert named in ran.stderr
    assert ran.stderr.count("\n") == 1
