"""Messages are in the log as long as they are in their queues."""

import contextlib
import errno
import json
from pathlib import Path

import pytest
from ministack.services import sqs

from local.engines.line_log import DataError
from local.engines.queue_log import QueueLog


@pytest.fixture(autouse=True)
def queues(monkeypatch: pytest.MonkeyPatch):
    sqs.reset()
    yield
    sqs.reset()


def make(name: str) -> dict:
    url = sqs._act_create_queue({"QueueName": name}, "")["QueueUrl"]
    return sqs._queues[url]


def send(queue: dict, body: str) -> str:
    return sqs._act_send_message({"QueueUrl": queue["url"], "MessageBody": body}, "")["MessageId"]


def bodies(queue: dict) -> list[str]:
    return [message["body"] for message in queue["messages"]]


def started_again(folder: Path, name: str) -> dict:
    """Return the queue of a new process, once the log has seen it."""
    sqs.reset()
    with contextlib.closing(QueueLog(folder)) as log:
        queue = make(name)
        log.record()
    return queue


@pytest.fixture
def log(tmp_path: Path):
    with contextlib.closing(QueueLog(tmp_path)) as opened:
        yield opened


def test_messages_are_there_again_in_their_order_and_those_that_are_done_are_not(
    tmp_path: Path, log: QueueLog
):
    queue = make("q")
    for body in ("one", "two", "three"):
        send(queue, body)
    log.record()
    del queue["messages"][1]
    log.record()

    again = started_again(tmp_path, "q")

    assert bodies(again) == ["one", "three"]
    assert all(message["visible_at"] == 0 for message in again["messages"])
    assert bodies(started_again(tmp_path, "q")) == ["one", "three"]


class Backlog(list):
    """A queue with many pending messages."""

    def __iter__(self):
        pytest.fail("All messages were gone through.")


def test_a_backlog_is_not_gone_through_when_messages_only_come(tmp_path: Path, log: QueueLog):
    queue = make("q")
    send(queue, "one")
    send(queue, "two")
    log.record()
    queue["messages"] = Backlog(queue["messages"])

    log.record()
    send(queue, "three")
    log.record()

    assert bodies(started_again(tmp_path, "q")) == ["one", "two", "three"]


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_message_that_comes_does_not_hide_one_that_goes(tmp_path: Path, log: QueueLog, gone: int):
    queue = make("q")
    for body in ("one", "two", "three"):
        send(queue, body)
    log.record()
    del queue["messages"][gone]
    send(queue, "four")
    log.record()

    left = bodies(queue)
    assert len(left) == 3
    assert bodies(started_again(tmp_path, "q")) == left


def test_a_queue_that_is_not_made_again_keeps_its_messages_in_the_log(
    tmp_path: Path, log: QueueLog
):
    send(make("q"), "one")
    log.record()

    started_again(tmp_path, "other")

    assert bodies(started_again(tmp_path, "q")) == ["one"]


def test_a_line_that_was_torn_by_a_kill_is_as_if_not_written(tmp_path: Path, log: QueueLog):
    queue = make("q")
    send(queue, "one")
    log.record()
    with (tmp_path / "queues.jsonl").open("a") as file:
        file.write('["message", "q", {"id')

    assert bodies(started_again(tmp_path, "q")) == ["one"]


@pytest.mark.parametrize("line", ["{", '["message"]', "[1, 2, 3]"])
def test_a_broken_log_is_told_in_a_sentence(tmp_path: Path, line: str):
    (tmp_path / "queues.jsonl").write_text(line + "\n")

    with pytest.raises(DataError, match=r"queues\.jsonl is broken"):
        QueueLog(tmp_path)


def test_what_did_not_fit_on_the_disk_is_written_the_next_time(
    tmp_path: Path, log: QueueLog, monkeypatch: pytest.MonkeyPatch
):
    queue = make("q")
    send(queue, "one")
    whole = log._file

    class FullDisk:
        tell, truncate, seek = whole.tell, whole.truncate, whole.seek

        def write(self, lines: bytes) -> int:
            return whole.write(lines[:5])

    monkeypatch.setattr(log, "_file", FullDisk())
    with pytest.raises(OSError, match="No space") as full:
        log.record()
    assert full.value.errno == errno.ENOSPC
    monkeypatch.setattr(log, "_file", whole)
    log.record()

    assert bodies(started_again(tmp_path, "q")) == ["one"]


def test_the_log_is_written_anew_before_it_grows_without_end(
    tmp_path: Path, log: QueueLog, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("local.engines.queue_log._MIN_ENTRIES", 10)
    queue = make("q")
    for number in range(50):
        send(queue, str(number))
        log.record()
        queue["messages"].clear()
        log.record()
    send(queue, "last")
    log.record()

    lines = (tmp_path / "queues.jsonl").read_text().splitlines()
    assert len(lines) <= 11
    assert json.loads(lines[-1])[2]["body"] == "last"
    assert bodies(started_again(tmp_path, "q")) == ["last"]
