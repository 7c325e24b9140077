"""Load the seed of a local API, once and completely."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.database import ensure_table, is_empty
from local.failure import LocalApiError
from local.options import Options
from local.seed import load_seed
from local.table_command import storage_faults
from local.template import TableDefinition
from shared.table.accounts import AccountTable
from shared.table.dynamo import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DEMO_SEED = Path(__file__).parent / "demo-seed.json"


@dataclass(frozen=True, slots=True)
class Served:
    """The served data: a sentence about it, and one of its accounts if known."""

    summary: str
    account: str | None = None


def prepare_data(options: Options, client: DynamoDBClient, definition: TableDefinition) -> Served:
    """Create the table, and load the seed if it is empty.

    A table on AWS never gets the demo data, because its API key is public.
    A table that an earlier run filled only in part is created again. It holds no other data,
    because the API does not start before the seed is complete.

    Args:
        options: The options of the command line.
        client: A DynamoDB client.
        definition: The table definition of the template.

    Raises:
        LocalApiError: The table, the data folder or the seed is not usable.
    """
    is_local = options.engine != "aws"
    ensure_table(client, options.table, definition, create=is_local)
    mark = _mark(options)
    if mark and mark.exists():
        with storage_faults(options.table):
            client.delete_table(TableName=options.table)
        gone = client.get_waiter("table_not_exists")
        gone.wait(TableName=options.table, WaiterConfig={"Delay": 1})
        ensure_table(client, options.table, definition, create=True)
        _remove(mark)
    seed = options.seed or (DEMO_SEED if is_local else None)
    if seed is None or options.no_seed:
        return Served("Nothing was loaded into the table.")
    if not is_empty(client, options.table):
        note = f"; {seed} was not loaded: python -m local.seed does that." if options.seed else "."
        summary = f"The table already holds data, which was kept{note}"
    else:
        summary = _load(seed, client, options.table, mark)
    return Served(summary, _account(seed, client, options.table))


def _load(seed: Path, client: DynamoDBClient, table_name: str, mark: Path | None) -> str:
    if mark is None:
        return load_seed(seed, client, table_name).summary
    try:
        mark.touch()
    except OSError as error:
        raise LocalApiError(f"The data file {mark} can't be written: {error.strerror}.") from error
    summary = load_seed(seed, client, table_name).summary
    _remove(mark)
    return summary


def _mark(options: Options) -> Path | None:
    """Return the marker file that exists while the table has an incomplete seed."""
    if options.data is None:
        return None
    return options.data / options.engine / f"{options.table}.loading"


def _remove(mark: Path) -> None:
    try:
        mark.unlink()
    except OSError as error:
        raise LocalApiError(f"The data file {mark} can't be removed: {error.strerror}.") from error


def _account(seed: Path, client: DynamoDBClient, table_name: str) -> str | None:
    """Return the first account of a seed if the table has it."""
    # A pipe is readable only once, and a seed that was not loaded may be invalid.
    if not seed.is_file():
        return None
    try:
        account = json.loads(seed.read_bytes())["accounts"][0]["id"]
    except (OSError, ValueError, TypeError, LookupError):
        return None
    with storage_faults(table_name):
        known = isinstance(account, str) and AccountTable(Table(client, table_name)).find(account)
    return account if known else None
