"""A replay answers each request as it was answered when it was recorded."""

import json

from benchmarks.replay import Replay

READ, WRITE = "dynamodb_20120810.getitem", "dynamodb_20120810.updateitem"


def call(target: str, body: object, answer: str) -> tuple[str, str, str]:
    return target, json.dumps(body), answer


def answers(replay: Replay, *requests: tuple[str, str]) -> list[str]:
    found = (replay.response(target, body) for target, body in requests)
    return [each.partition(b"\r\n\r\n")[2].decode() for each in found]


def test_reads_get_their_own_responses_in_any_order_and_however_often():
    replay = Replay([], [call(READ, {"a": 1, "b": 2}, "1"), call(READ, {"a": 2}, "2")])
    requests = [(READ, '{"a":2}'), (READ, '{"b":2, "a":1}'), (READ, '{"a":2}'), (READ, '{"a":2}')]
    assert answers(replay, *requests) == ["2", "1", "2", "2"]


def test_a_read_whose_response_changes_gets_them_in_turn():
    replay = Replay([call(READ, {}, "cold")], [call(READ, {}, "before"), call(READ, {}, "after")])
    found = answers(replay, *[(READ, "{}")] * 4)
    assert found == ["cold", "before", "after", "before"]


def test_a_read_of_the_first_requests_alone_is_answered_for_ever():
    replay = Replay([call(READ, {}, "cold")], [])
    assert answers(replay, (READ, "{}"), (READ, "{}")) == ["cold", "cold"]


def test_writes_with_another_time_get_the_next_response_of_their_operation():
    replay = Replay([call(WRITE, {"at": 1}, "first")], [call(WRITE, {"at": 2}, "again")])
    assert answers(replay, (WRITE, '{"at": 7}'), (WRITE, '{"at": 8}')) == ["first", "again"]
