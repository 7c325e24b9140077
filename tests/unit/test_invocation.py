"""What a function's answer to a batch means."""

import pytest

from local.triggers.bus_printer import EventLines
from local.triggers.import_printer import ImportPrinter
from local.triggers.invocation import reported_failures
from local.triggers.records import queue_record, stream_record
from shared.table.codec import encode


@pytest.mark.parametrize(
    "answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, {"other": 1}, ""]
)
def test_an_answer_without_failures_is_a_success(answer):
    assert reported_failures(answer, ["1", "2"]) == set()


def test_the_named_records_failed():
    answer = {"batchItemFailures": [{"itemIdentifier": "2"}]}

    assert reported_failures(answer, ["1", "2"]) == {"2"}


@pytest.mark.parametrize(
    "answer",
    [
        True,
        ["2"],
        {"batchItemFailures": "2"},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"id": "2"}]},
        {"batchItemFailures": ["2"]},
        {"batchItemFailures": [{"itemIdentifier": "3"}]},
    ],
)
def test_an_answer_that_lambda_does_not_take_says_nothing_of_any_record(answer):
    assert reported_failures(answer, ["1", "2"]) is None


def test_bytes_of_a_record_come_as_base64_as_in_an_event():
    record = {
        "eventID": "1",
        "eventName": "REMOVE",
        "userIdentity": {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"},
        "dynamodb": {"Keys": {"pk": {"S": "a"}}, "OldImage": {"b": {"L": [{"B": b"\x00"}]}}},
    }

    made = stream_record(record, "arn")

    assert made["dynamodb"]["OldImage"] == {"b": {"L": [{"B": "AA=="}]}}
    assert made["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert made["eventSourceARN"] == "arn"


def test_attributes_of_a_message_are_named_as_in_an_event():
    message = {
        "MessageId": "1",
        "ReceiptHandle": "2",
        "Body": "{}",
        "MD5OfBody": "3",
        "Attributes": {"ApproximateReceiveCount": "1"},
        "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": b"\x00"}},
    }

    made = queue_record(message, "arn:aws:sqs:eu-west-1:1:q")

    assert made["awsRegion"] == "eu-west-1"
    assert made["messageAttributes"]["a"] == {
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": "Binary",
        "binaryValue": "AA==",
    }


def test_in_a_rush_the_first_events_are_told_and_the_others_counted():
    lines: list[str] = []
    told = EventLines(lines.append)
    events = [{"detail-type": "contact.created", "detail": {"n": n}} for n in range(12)]

    told.print(events[:3], 100)
    told.print(events[3:], 100.5)
    assert lines == [f'EVENT contact.created {{"n": {n}}}' for n in range(10)]
    told.print([], 101.1)
    assert lines[10:] == ["EVENTS 2 more x contact.created"]
    told.print(events[:1], 102.5)
    assert lines[11:] == ['EVENT contact.created {"n": 0}']


def test_a_large_event_is_cut_short():
    lines: list[str] = []
    event = {"detail-type": "contact.created", "detail": {"text": "x" * 1000}}

    EventLines(lines.append).print([event], 0)

    assert lines[0].startswith('EVENT contact.created {"text": "xxx')
    assert len(lines[0]) < 600


def test_an_import_is_told_step_by_step_and_no_step_twice():
    lines: list[str] = []
    printer = ImportPrinter(lines.append)
    steps = [
        ("awaiting_file", None, {}),
        ("running", [2000, "etag"], {"imported": 0, "failed": 0, "offset": 0}),
        ("running", [2000, "etag"], {"imported": 490, "failed": 3, "offset": 500}),
        ("running", [2000, "etag"], {"imported": 490, "failed": 3, "offset": 500}),
        ("completed", [2000, "etag"], {"imported": 1990, "failed": 3, "offset": 2000}),
    ]
    for status, file, progress in steps:
        plain = {"import_id": "imp_1", "status": status, "file": file, "progress": progress}
        image = {name: encode(value) for name, value in plain.items()}
        record = {"dynamodb": {"NewImage": {**image, "sk": {"S": "IMPORT#1"}}}}
        assert printer.call({"Records": [record]}, ["1"]) == set()

    assert lines == [
        "IMPORT imp_1 running: 0 imported, 0 failed, 0 % of the file",
        "IMPORT imp_1 running: 490 imported, 3 failed, 25 % of the file",
        "IMPORT imp_1 completed: 1990 imported, 3 failed, 100 % of the file",
    ]


def test_events_that_the_engine_has_only_counted_are_counted():
    lines: list[str] = []
    told = EventLines(lines.append)
    told.print([{"detail-type": "a", "detail": {}}], 0, {"a": 7, "b": 2})
    told.print([], 1)
    assert lines == ["EVENT a {}", "EVENTS 7 more x a", "EVENTS 2 more x b"]
