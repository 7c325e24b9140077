"""The records of a table's stream as Lambda hands them over, read from the engine itself."""

from typing import Any

from tests.aws_resources import service_client

_ARN = (
    "arn:aws:dynamodb:us-east-1:123456789012:table/contact-context/stream/2026-11-22T00:00:00.000"
)


class Stream:
    """What was written to a table, record by record."""

    def __init__(self, engine_url: str, table_name: str) -> None:
        self._streams: Any = service_client("dynamodbstreams", engine_url)
        self._table_name = table_name
        self._seen: set[str] = set()

    def new_records(self) -> list[dict[str, Any]]:
        """The records since the last time, in the order in which they were written."""
        found = [record for record in self._all() if record["eventID"] not in self._seen]
        self._seen |= {record["eventID"] for record in found}
        return found

    def _all(self) -> list[dict[str, Any]]:
        streams = self._streams.list_streams(TableName=self._table_name)["Streams"]
        records = []
        for stream in streams:
            arn = stream["StreamArn"]
            described = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]
            for shard in described["Shards"]:
                records += self._of_shard(arn, shard["ShardId"])
        return [_as_lambda_has_it(record) for record in records]

    def _of_shard(self, arn: str, shard_id: str) -> list[dict[str, Any]]:
        iterator = self._streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records: list[dict[str, Any]] = []
        while iterator:
            answer = self._streams.get_records(ShardIterator=iterator)
            records += answer["Records"]
            iterator = answer.get("NextShardIterator") if answer["Records"] else None
        return records


def _as_lambda_has_it(record: dict[str, Any]) -> dict[str, Any]:
    told = dict(record["dynamodb"])
    told["ApproximateCreationDateTime"] = told["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": told, "eventSourceARN": _ARN}
