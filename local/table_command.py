"""The options, client and error messages of commands that use a table."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from local.database import make_client
from local.failure import LocalApiError
from local.template import DEFAULT_TABLE_NAME
from shared.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def add_table_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for the table to a command."""
    parser.add_argument(
        "--table",
        default=os.environ.get("TABLE_NAME") or DEFAULT_TABLE_NAME,
        help="name of the table (%(default)s, from TABLE_NAME if that is set)",
    )
    parser.add_argument("--region", help="AWS region of the table (as AWS's own tools choose it)")
    parser.add_argument(
        "--endpoint-url",
        default=os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or None,
        help="address of a local engine, such as http://127.0.0.1:3010 "
        "(AWS_ENDPOINT_URL_DYNAMODB if that is set, else AWS itself)",
    )


def table_client(given: argparse.Namespace) -> DynamoDBClient:
    """Create a DynamoDB client from the options.

    Raises:
        LocalApiError: The region is missing, or the endpoint is not a URL.
    """
    try:
        return make_client(region=given.region, endpoint_url=given.endpoint_url)
    except (BotoCoreError, ValueError) as error:
        raise LocalApiError(f"The table {given.table} can't be used: {error}") from error


@contextmanager
def storage_faults(table_name: str) -> Iterator[None]:
    """Convert errors of a table to one sentence.

    Raises:
        LocalApiError: In place of the errors of the adapter.
    """
    try:
        yield
    except Unavailable as error:
        reason = error.__cause__ or "it does not answer"
        raise LocalApiError(f"The table {table_name} can't be used: {reason}") from error
    except ClientError as error:
        raise LocalApiError(f"The table {table_name} can't be used: {error}") from error
