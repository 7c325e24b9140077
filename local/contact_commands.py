"""`python -m local.admin contacts`: build the contact index of an account again."""

from __future__ import annotations

import argparse
import sys

from local.command_line import CommandParser
from local.table_command import add_account_option, add_command
from shared.services.accounts.administration import get_account
from shared.table.accounts import AccountTable
from shared.table.dynamo import Table
from shared.table.index_updates import IndexUpdates

_CHUNKS_PER_LINE = 10


def add_contact_commands(things: argparse._SubParsersAction[CommandParser]) -> None:
    """Add `contacts index` to the admin command."""
    contacts = things.add_parser("contacts", help="build the index of an account's contacts")
    verbs = contacts.add_subparsers(required=True, metavar="index")
    index = add_command(
        verbs, "index", "compare the index with every contact, and repair it", _index
    )
    add_account_option(index)


def _index(table: Table, given: argparse.Namespace) -> None:
    get_account(AccountTable(table), given.account)
    updates, compared = IndexUpdates(table), 0
    for number, compared in enumerate(updates.rebuild(given.account)):
        if not number % _CHUNKS_PER_LINE:
            print(f"Compared {compared} contacts.", file=sys.stderr, flush=True)
    if updates.is_complete(given.account):
        print(f"Indexed {compared} contacts of '{given.account}'.")
    else:
        print(f"'{given.account}' has too many stages and statuses: lists do without an index.")
