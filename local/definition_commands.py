"""`python -m local.admin definition`: list variables and who gets them, count and sweep values."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from local.failure import LocalApiError
from local.names import printable
from local.progress import ProgressLines
from local.table_command import add_account_option, add_command, print_columns
from shared.domain.definitions import ContextType, Definition
from shared.domain.disclosure import EVERY_PURPOSE, Purpose, Sensitivity
from shared.domain.errors import DefinitionNotFound
from shared.services.accounts.administration import get_account
from shared.services.variables.disclosure import change_disclosure, list_disclosures
from shared.table.accounts import AccountTable
from shared.table.definitions import DefinitionTable
from shared.table.expired_values import Count, ExpiredValues, SubjectsRead, Sweep
from shared.table.value_counts import ValueCountTable
from shared.validation.instants import to_the_second

if TYPE_CHECKING:
    import argparse

    from local.command_line import CommandParser
    from shared.table.dynamo import Table

_COLUMNS = ("NAME", "SUBJECT", "TYPE", "SENSITIVITY", "PURPOSES", "OWNER", "TEAM")


def add_definition_commands(things: argparse._SubParsersAction[CommandParser]) -> None:
    """Add `definition` and its verbs to the command line."""
    thing = things.add_parser("definition", help="list variables, change who gets their values")
    verbs = thing.add_subparsers(required=True, metavar="list|disclose|count|sweep")
    listed = add_command(verbs, "list", "list the variables of an account", _list)
    changed = add_command(
        verbs, "disclose", "change the sensitivity and the purposes of a variable", _disclose
    )
    changed.add_argument("name", metavar="NAME", help="the variable's name")
    changed.add_argument(
        "--context-type",
        type=ContextType,
        default=ContextType.CONTACT,
        choices=list(ContextType),
        help="what the variable belongs to (contact)",
    )
    changed.add_argument(
        "--sensitivity",
        type=Sensitivity,
        choices=list(Sensitivity),
        help="the clearance that a key needs to get the values",
    )
    purposes = changed.add_mutually_exclusive_group()
    purposes.add_argument(
        "--purpose",
        action="append",
        type=Purpose,
        choices=list(Purpose),
        help="what the values may be read for; may be repeated",
    )
    purposes.add_argument(
        "--every-purpose", action="store_true", help="the values may be read for every purpose"
    )
    counted = add_command(verbs, "count", "count who has a value of each", _count)
    swept = add_command(verbs, "sweep", "remove expired values", _sweep)
    add_account_option(listed, changed, counted, swept)


def _list(table: Table, given: argparse.Namespace) -> None:
    found = list_disclosures(AccountTable(table), DefinitionTable(table), given.account)
    if not found:
        print(f"The account '{given.account}' has no variables.", file=sys.stderr)
        return
    print_columns(_COLUMNS, map(_row, found))


def _disclose(table: Table, given: argparse.Namespace) -> None:
    purposes = EVERY_PURPOSE if given.every_purpose else given.purpose
    if given.sensitivity is None and purposes is None:
        raise LocalApiError("Give --sensitivity, --purpose or --every-purpose.")
    try:
        changed = change_disclosure(
            AccountTable(table),
            DefinitionTable(table),
            given.account,
            given.context_type,
            given.name,
            given.sensitivity,
            purposes,
        )
    except DefinitionNotFound:
        subject, name = given.context_type, printable(given.name)
        words = f"The account '{given.account}' has no {subject} variable '{name}'."
        raise LocalApiError(words) from None
    who = f"{changed.sensitivity}, for {_purposes(changed)}"
    print(f"The values of '{changed.name}' are {who}. Values that were sent before stay sent.")


def _count(table: Table, given: argparse.Namespace) -> None:
    found = list_disclosures(AccountTable(table), DefinitionTable(table), given.account)
    counted_at, progress = datetime.now(UTC), ProgressLines()
    types = {each.context_type for each in found}
    done = Count(SubjectsRead(), {each: Counter() for each in types})
    for done in ExpiredValues(table).count(given.account, counted_at, types):
        progress.show(f"Counted {_words(done.read)}.")
    counts: dict[ContextType, dict[int, int]] = {each: {} for each in types}
    for each in found:
        counts[each.context_type][each.slot] = done.by_slot[each.context_type][each.slot]
    ValueCountTable(table).replace(given.account, counts, counted_at)
    rows = [
        (each.name, each.context_type, str(counts[each.context_type][each.slot])) for each in found
    ]
    print_columns(("NAME", "SUBJECT", "COUNT"), rows)
    print(f"Counted {_words(done.read)} from {to_the_second(counted_at)} on.", file=sys.stderr)


def _sweep(table: Table, given: argparse.Namespace) -> None:
    get_account(AccountTable(table), given.account)
    done, progress = Sweep(SubjectsRead()), ProgressLines()
    for done in ExpiredValues(table).sweep(given.account, lambda: datetime.now(UTC)):
        progress.show(f"Read {_words(done.read)}, removed {done.removed} expired values.")
    print(f"Removed {done.removed} expired values of {_words(done.read)}.")
    if done.skipped:
        words = f"{done.skipped} of them were being written: run the command again."
        raise LocalApiError(words)


def _words(read: SubjectsRead) -> str:
    parts = [
        words
        for number, words in (
            (read.contacts, f"{read.contacts} contacts"),
            (read.conversations, f"{read.conversations} conversations"),
            (read.business, "the business"),
        )
        if number
    ]
    *first, last = parts or ["0 contacts"]
    return f"{', '.join(first)} and {last}" if first else last


def _row(definition: Definition) -> tuple[str, ...]:
    return (
        definition.name,
        definition.context_type,
        definition.variable_type,
        definition.sensitivity,
        _purposes(definition),
        definition.owner or "-",
        "-" if definition.team is None else str(definition.team),
    )


def _purposes(definition: Definition) -> str:
    if definition.purposes == EVERY_PURPOSE:
        return "every purpose"
    return ",".join(purpose for purpose in Purpose if purpose in definition.purposes) or "none"
