"""What the commands that work on a table share: its options, its client, its faults."""

from __future__ import annotations

import argparse
import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, cast
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.failure import LocalApiError
from local.template import DEFAULT_REGION, DEFAULT_TABLE_NAME
from shared.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CONFIG = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 10},
)
"""Seconds and tries: whoever loads much data would rather wait than begin again."""

_LOCAL_CONFIG = Config(retries={"mode": "standard", "max_attempts": 2})
"""An engine on this machine answers at once or not at all."""

_LOCAL_CREDENTIAL = "local"


class CommandParser(argparse.ArgumentParser):
    """A parser of command lines that refuses with one sentence.

    Raises:
        LocalApiError: where argparse would end the process.

    """

    def error(self, message: str) -> NoReturn:
        """Refuse a command line."""
        raise LocalApiError(f"{message[0].upper()}{message[1:]}.")


def add_table_options(parser: argparse.ArgumentParser) -> None:
    """Give a command the options that name its table."""
    parser.add_argument(
        "--table",
        default=os.environ.get("TABLE_NAME") or DEFAULT_TABLE_NAME,
        help="name of the table (%(default)s, from TABLE_NAME if that is set)",
    )
    parser.add_argument("--region", help="AWS region of the table (as AWS's own tools choose it)")
    parser.add_argument(
        "--endpoint-url",
        default=os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or None,
        help="address of a local engine, such as http://127.0.0.1:3001 "
        "(AWS_ENDPOINT_URL_DYNAMODB if that is set, else AWS itself)",
    )


def make_client(given: argparse.Namespace) -> DynamoDBClient:
    """Return a DynamoDB client for the options.

    An engine on this machine gets made-up credentials, so that it works without an AWS account.

    Raises:
        LocalApiError: there is no region, or the address is none.

    """
    try:
        if given.endpoint_url and _is_loopback(given.endpoint_url):
            return _local_client(given)
        session = botocore.session.get_session()
        client = session.create_client(
            "dynamodb",
            region_name=given.region,
            endpoint_url=given.endpoint_url,
            config=_CONFIG,
        )
    except (BotoCoreError, ValueError) as error:
        raise LocalApiError(f"The table {given.table} can't be used: {error}") from error
    return cast("DynamoDBClient", client)


@contextmanager
def storage_faults(table_name: str) -> Iterator[None]:
    """Say in a sentence what is wrong with a table.

    Raises:
        LocalApiError: in place of what the table's adapter raises.

    """
    try:
        yield
    except Unavailable as error:
        reason = error.__cause__ or "it does not answer"
        raise LocalApiError(f"The table {table_name} can't be used: {reason}") from error
    except ClientError as error:
        raise LocalApiError(f"The table {table_name} can't be used: {error}") from error


def _local_client(given: argparse.Namespace) -> DynamoDBClient:
    # No profile and no configuration file, so that a broken one is no hindrance.
    nothing: Any = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
    }
    session = botocore.session.Session(session_vars=nothing)
    client = session.create_client(
        "dynamodb",
        region_name=given.region or DEFAULT_REGION,
        endpoint_url=given.endpoint_url,
        aws_access_key_id=_LOCAL_CREDENTIAL,
        aws_secret_access_key=_LOCAL_CREDENTIAL,
        config=_LOCAL_CONFIG,
    )
    return cast("DynamoDBClient", client)


def _is_loopback(endpoint_url: str) -> bool:
    host = urlsplit(endpoint_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
