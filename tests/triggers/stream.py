"""Read the records of a table's stream from the engine, in the format of Lambda."""

from typing import Any

from tests.aws_resources import service_client

_ARN = (
    "arn:aws:dynamodb:us-east-1:123456789012:table/contact-context/stream/2026-11-22T00:00:00.000"
)


class Stream:
    """The stream of a table.

    Engines keep the streams of deleted tables with the same name, so only the current one is read.
    Each record is read once, because DynamoDB Local takes long to skip earlier ones.
    """

    def __init__(self, engine_url: str, table_name: str) -> None:
        self._streams: Any = service_client("dynamodbstreams", engine_url)
        tables: Any = service_client("dynamodb", engine_url)
        self._arn = tables.describe_table(TableName=table_name)["Table"]["LatestStreamArn"]
        self._iterators: dict[str, str | None] = {}

    def new_records(self) -> list[dict[str, Any]]:
        """Return the records since the last call, oldest first."""
        described = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]
        found = []
        for shard in described["Shards"]:
            found += self._of_shard(shard["ShardId"])
        return [_as_lambda_has_it(record) for record in found]

    def _of_shard(self, shard_id: str) -> list[dict[str, Any]]:
        if shard_id not in self._iterators:
            self._iterators[shard_id] = self._streams.get_shard_iterator(
                StreamArn=self._arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
        records: list[dict[str, Any]] = []
        while iterator := self._iterators[shard_id]:
            answer = self._streams.get_records(ShardIterator=iterator)
            self._iterators[shard_id] = answer.get("NextShardIterator")
            if not answer["Records"]:
                break
            records += answer["Records"]
        return records


def _as_lambda_has_it(record: dict[str, Any]) -> dict[str, Any]:
    told = dict(record["dynamodb"])
    told["ApproximateCreationDateTime"] = told["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": told, "eventSourceARN": _ARN}
