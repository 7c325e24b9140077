"""The table: found or made, and filled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from local.failure import LocalApiError
from local.template import TableDefinition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef


def make_client() -> DynamoDBClient:
    """Return a DynamoDB client as the environment says: credentials, region and endpoint."""
    session = botocore.session.get_session()
    return cast("DynamoDBClient", session.create_client("dynamodb"))


def ensure_table(
    client: DynamoDBClient, name: str, definition: TableDefinition, *, create: bool
) -> None:
    """Make sure that the table is there, with the indexes that the template gives it.

    Args:
        client: a DynamoDB client.
        name: the table's name.
        definition: the table as the template has it.
        create: whether to make the table when it is absent.

    Raises:
        LocalApiError: the table is absent and not to be made, has other indexes, or can't be
            reached.

    """
    try:
        _ensure_table(client, name, definition, create=create)
    except (BotoCoreError, ClientError) as error:
        raise LocalApiError(f"The table {name} can't be used: {error}") from error


def is_empty(client: DynamoDBClient, name: str) -> bool:
    """Tell whether a table holds no item."""
    return not client.scan(TableName=name, Limit=1)["Items"]


def load_seed(path: Path, client: DynamoDBClient, name: str) -> str:
    """Load a seed file into a table.

    Returns: one sentence of what was loaded.

    Raises:
        LocalApiError: the file can't be read, or does not fit; the message names the place in it.

    """
    # The seed is read with the whole service behind it, which other uses of this module don't need.
    from local.seed import SeedError, load_file  # noqa: PLC0415

    try:
        return load_file(path, client, name).summary
    except SeedError as error:
        raise LocalApiError(f"The seed {path} can't be loaded: {error}") from error
    except OSError as error:
        raise LocalApiError(f"The seed {path} can't be read: {error.strerror}.") from error


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
    if _index_names(found) != _wanted_index_names(definition):
        raise LocalApiError(
            f"The table {name} has other indexes than the template: use an empty --data folder."
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


def _index_names(found: TableDescriptionTypeDef) -> set[str]:
    return {
        *(index["IndexName"] for index in found.get("GlobalSecondaryIndexes", [])),
        *(index["IndexName"] for index in found.get("LocalSecondaryIndexes", [])),
    }


def _wanted_index_names(definition: TableDefinition) -> set[str]:
    return {
        index["IndexName"]
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        for index in definition.arguments.get(kind, [])
    }
