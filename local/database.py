"""Connect to the table, and create it if it is missing."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.environment import LOCAL_CREDENTIAL
from local.failure import LocalApiError
from local.template import DEFAULT_REGION, TableDefinition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


_CONFIG = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 10},
)
"""Long timeouts and many retries, because loading much data should not start over."""

_LOCAL_CONFIG = Config(retries={"mode": "standard", "max_attempts": 2})
"""Few retries: a local engine responds immediately or not at all."""


def make_client(*, region: str | None = None, endpoint_url: str | None = None) -> DynamoDBClient:
    """Return a DynamoDB client.

    A local engine gets placeholder credentials, so it works without an AWS account.

    Args:
        region: The region of the table. By default botocore chooses it.
        endpoint_url: The endpoint of a local engine. By default botocore chooses it.

    Raises:
        BotoCoreError: No region is configured.
        ValueError: The endpoint is not a URL.
    """
    if endpoint_url and _is_loopback(endpoint_url):
        client = make_local_client("dynamodb", region or DEFAULT_REGION, endpoint_url)
        return cast("DynamoDBClient", client)
    client = botocore.session.get_session().create_client(
        "dynamodb", region_name=region, endpoint_url=endpoint_url, config=_CONFIG
    )
    return cast("DynamoDBClient", client)


def ensure_table(
    client: DynamoDBClient, name: str, definition: TableDefinition, *, create: bool
) -> None:
    """Ensure that the table exists with the indexes of the template.

    Args:
        client: A DynamoDB client.
        name: The name of the table.
        definition: The table definition of the template.
        create: Whether to create a missing table.

    Raises:
        LocalApiError: The table is missing and `create` is false, it has other indexes, or it is
            not reachable.
    """
    try:
        _ensure_table(client, name, definition, create=create)
    except (BotoCoreError, ClientError) as error:
        raise LocalApiError(f"The table {name} can't be used: {error}") from error


def is_empty(client: DynamoDBClient, name: str) -> bool:
    """Return whether a table has no items."""
    return not client.scan(TableName=name, Limit=1)["Items"]


def make_local_client(service: str, region: str, endpoint_url: str) -> Any:
    """Return a client of a service of the local engine."""
    # Ignore profiles and configuration files, which may be broken.
    nothing: Any = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
    }
    return botocore.session.Session(session_vars=nothing).create_client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=LOCAL_CREDENTIAL,
        aws_secret_access_key=LOCAL_CREDENTIAL,
        config=_LOCAL_CONFIG,
    )


def _is_loopback(endpoint_url: str) -> bool:
    host = urlsplit(endpoint_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _ensure_table(
    client: DynamoDBClient, name: str, definition: TableDefinition, *, create: bool
) -> None:
    try:
        found = client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        if not create:
            raise LocalApiError(
                f"There is no table {name}: give the name of a deployed one with --table."
            ) from None
        _create_table(client, name, definition)
        return
    if _index_names(found) != _index_names(definition.arguments):
        raise LocalApiError(
            f"The table {name} has other indexes than the template: "
            "use another table, or an empty --data folder."
        )


def _create_table(client: DynamoDBClient, name: str, definition: TableDefinition) -> None:
    client.create_table(TableName=name, **definition.arguments)
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    if definition.time_to_live_attribute:
        client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={
                "Enabled": True,
                "AttributeName": definition.time_to_live_attribute,
            },
        )


def _index_names(table: Mapping[str, Any]) -> set[str]:
    return {index["IndexName"] for index in table.get("GlobalSecondaryIndexes", ())}
