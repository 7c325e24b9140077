"""What commands on a table share: options, client, error messages and columns on the console."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from local.command_line import CommandParser
from local.database import make_client
from local.failure import LocalApiError
from local.names import printable
from local.template import DEFAULT_TABLE_NAME
from shared.domain.errors import Unavailable
from shared.table.dynamo import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def add_command(
    verbs: argparse._SubParsersAction[CommandParser],
    name: str,
    explanation: str,
    run: Callable[[Table, argparse.Namespace], None],
) -> CommandParser:
    """Add a command that runs on the table of its options."""
    parser = verbs.add_parser(
        name, help=explanation, description=f"{explanation[0].upper()}{explanation[1:]}."
    )
    parser.set_defaults(run=run)
    add_table_options(parser)
    return parser


def add_account_option(*parsers: argparse.ArgumentParser) -> None:
    """Add the option for the account to commands."""
    for parser in parsers:
        parser.add_argument("--account", required=True, help="the account's id")


def print_columns(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows in aligned columns, without control characters."""
    shown = [header, *(tuple(map(printable, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


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
