"""A minimal handler as baseline: boto3, one client, one GetItem."""

import os
from typing import Any

import boto3  # type: ignore[import-untyped]

client = boto3.client("dynamodb", region_name=os.environ["AWS_REGION"])


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Return the item with the key in the event."""
    answer = client.get_item(TableName=os.environ["TABLE_NAME"], Key=event["key"])
    return {"statusCode": 200 if "Item" in answer else 404}
