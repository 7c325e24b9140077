"""`python -m local.seed`: load a seed file into a table.

`docs/seed-file.md` describes the format.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from local.command_line import CommandParser
from local.database import ensure_table
from local.failure import LocalApiError
from local.seed_fault import SeedError, fault
from local.seed_file import SeedFile, read_seed
from local.seed_plan import SHORT_KEY_LIMIT, AccountPlan, is_limited, plan_accounts
from local.seed_writer import write_account
from local.table_command import add_table_options, storage_faults, table_client
from local.template import SERVICE_TEMPLATE, read_template
from shared.domain.errors import Unavailable, WriteConflict
from shared.services.accounts.access import MIN_UNLIMITED_KEY_CHARS, hash_api_key
from shared.table.accounts import AccountTable
from shared.table.credentials import CredentialTable
from shared.table.dynamo import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["LoadReport", "SeedError", "load_file", "load_seed", "main"]

_REMAINS = "; what is written of it stays, without API keys"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The counts of a load."""

    accounts: int
    keys: int
    definitions: int
    contacts: int
    values: int
    limited_keys: int = 0

    @property
    def summary(self) -> str:
        """Describe the counts, and the keys that got a default limit."""
        loaded = (
            f"Loaded {_counted(self.accounts, 'account')}, {_counted(self.keys, 'API key')}, "
            f"{_counted(self.definitions, 'definition')}, {_counted(self.contacts, 'contact')} "
            f"and {_counted(self.values, 'value')}."
        )
        if not self.limited_keys:
            return loaded
        return (
            f"{loaded}\n{_counted(self.limited_keys, 'API key')} of fewer than "
            f"{MIN_UNLIMITED_KEY_CHARS} characters got a limit of {SHORT_KEY_LIMIT} requests per "
            "minute: give requests_per_minute in the file for another."
        )


def load_file(path: Path, client: DynamoDBClient, table_name: str) -> LoadReport:
    """Load a seed file into a table, after the whole file has been validated.

    Args:
        path: The file.
        client: A DynamoDB client.
        table_name: The table. It must not have any of the accounts and keys of the file.

    Raises:
        SeedError: A part of the file is not valid. The message has its JSON path.
        LocalApiError: The table is not usable.
        OSError: The file is not readable.
    """
    now = datetime.now(UTC)
    seed = read_seed(path)
    plans = plan_accounts(seed, now)
    table = Table(client, table_name)
    with storage_faults(table_name):
        _check_new(table, seed)
        for plan in plans:
            _write(table, plan, now)
    return _report(seed, plans)


def load_seed(path: Path, client: DynamoDBClient, table_name: str) -> LoadReport:
    """Load a seed file like `load_file`, with errors for a command line.

    Raises:
        LocalApiError: The file is not readable or valid. The message has its path and JSON path.
    """
    try:
        return load_file(path, client, table_name)
    except SeedError as error:
        raise LocalApiError(f"The seed {path} can't be loaded: {error}.") from error
    except OSError as error:
        raise LocalApiError(f"The seed {path} can't be read: {error.strerror}.") from error


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Returns:
        The exit status: 0, or 2 with one sentence on stderr.
    """
    try:
        given = _parser().parse_args(arguments)
        if given.create_table:
            _create_table(given)
        print(load_seed(given.file, table_client(given), given.table).summary)
    except LocalApiError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped: what is written stays.", file=sys.stderr)
        return 130
    return 0


def _create_table(given: argparse.Namespace) -> None:
    # On AWS the stack creates the table with backups, encryption and deletion protection.
    if not given.endpoint_url:
        raise LocalApiError(
            "--create-table needs the --endpoint-url of a local engine: "
            "on AWS, sam deploy makes the table."
        )
    table = read_template(SERVICE_TEMPLATE).table
    ensure_table(table_client(given), given.table, table, create=True)


def _check_new(table: Table, seed: SeedFile) -> None:
    for i, account in enumerate(seed.accounts):
        if AccountTable(table).find(account.id):
            raise fault(("accounts", i, "id"), f"account '{account.id}' is already in the table")
        for j, key in enumerate(account.api_keys):
            if CredentialTable(table).find(hash_api_key(key.key)):
                place = ("accounts", i, "api_keys", j, "key")
                raise fault(place, "this API key is already in the table")


def _write(table: Table, plan: AccountPlan, now: datetime) -> None:
    account = f"account '{plan.account.account_id}'"
    try:
        write_account(table, plan, now)
    except WriteConflict as error:
        raise SeedError(f"somebody else wrote to {account} meanwhile{_REMAINS}") from error
    except Unavailable as error:
        raise SeedError(f"the table stopped answering amid {account}{_REMAINS}") from error


def _report(seed: SeedFile, plans: Sequence[AccountPlan]) -> LoadReport:
    return LoadReport(
        accounts=len(plans),
        keys=sum(len(plan.keys) for plan in plans),
        definitions=sum(len(plan.definitions) for plan in plans),
        contacts=sum(len(plan.contacts) for plan in plans),
        values=sum(plan.value_count for plan in plans),
        limited_keys=sum(is_limited(key) for account in seed.accounts for key in account.api_keys),
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="python -m local.seed",
        description="Load a seed file into a table; its accounts must not be there yet.",
    )
    parser.add_argument("file", type=Path, help="the seed file")
    parser.add_argument(
        "--create-table",
        action="store_true",
        help="first make the table of template.yaml on a local engine, unless it is there",
    )
    add_table_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
