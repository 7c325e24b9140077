"""Convert records of streams and queues to the records of Lambda events."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_STREAM_FIELDS = ("eventID", "eventName", "eventVersion", "eventSource", "awsRegion")
_IMAGES = ("Keys", "NewImage", "OldImage")


def stream_record(record: Mapping[str, Any], stream_arn: str) -> dict[str, Any]:
    """Convert a record of `GetRecords`, as botocore returns it, to one of a Lambda event."""
    content = dict(record["dynamodb"])
    for name in _IMAGES:
        if name in content:
            content[name] = _plain(content[name])
    if "ApproximateCreationDateTime" in content:
        content["ApproximateCreationDateTime"] = created_at(record)
    return json_stream_record({**record, "dynamodb": content}, stream_arn)


def json_stream_record(record: Mapping[str, Any], stream_arn: str) -> dict[str, Any]:
    """Convert a record of `GetRecords`, in the JSON of the response, to one of a Lambda event.

    The result shares the keys and images of the record.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
    """
    made = {name: record[name] for name in _STREAM_FIELDS if name in record}
    identity = record.get("userIdentity")
    if identity:
        made["userIdentity"] = {"type": identity["Type"], "principalId": identity["PrincipalId"]}
    return {**made, "dynamodb": record["dynamodb"], "eventSourceARN": stream_arn}


def created_at(record: Mapping[str, Any]) -> float:
    """Return the creation time of a stream record, in epoch seconds."""
    made = record["dynamodb"].get("ApproximateCreationDateTime", 0)
    return made.timestamp() if isinstance(made, datetime) else float(made)


def queue_record(message: Mapping[str, Any], queue_arn: str) -> dict[str, Any]:
    """Convert a message of `ReceiveMessage` to a record of a Lambda event.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    """
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {name: _attribute(each) for name, each in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _attribute(attribute: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": attribute["DataType"],
    }
    if "StringValue" in attribute:
        made["stringValue"] = attribute["StringValue"]
    if "BinaryValue" in attribute:
        made["binaryValue"] = _plain(attribute["BinaryValue"])
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | set | tuple):
        return [_plain(each) for each in value]
    return value
