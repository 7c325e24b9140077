"""`python -m local.admin`: manage accounts, their API keys, variables and conversations.

It works on a local engine and on a table on AWS. `docs/api-keys.md` has examples.
Messages for people go to stderr when scripts parse stdout.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from local.admin_webhooks import add_webhook_commands
from local.command_line import CommandParser
from local.contact_commands import add_contact_commands
from local.conversation_commands import add_conversation_commands
from local.definition_commands import add_definition_commands
from local.failure import LocalApiError
from local.instants import parse_instant
from local.names import name_fault, printable
from local.seed_file import MAX_TEAM
from local.table_command import (
    add_account_option,
    add_command,
    print_columns,
    storage_faults,
    table_client,
)
from shared.domain.accounts import Account, ApiKey, ApiKeyDraft, Grant
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.errors import InvalidField
from shared.domain.sources import Source
from shared.services.accounts import administration
from shared.services.accounts.account_limits import limit_account
from shared.services.accounts.administration import AdministrationError
from shared.table.accounts import AccountTable
from shared.table.credentials import CredentialTable
from shared.table.definitions import DefinitionTable
from shared.table.dynamo import Table
from shared.validation.api_keys import KEY_PURPOSES, from_grant, to_grant
from shared.validation.instants import to_the_second

_DIGITS = re.compile(r"[0-9]{1,19}")
"""Maximum of digits of a team id. int() rejects thousands of digits with another message."""

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_MAX_DURATION = 100_000

_SOURCE_HELP = "the source of the values that it sets, unless their channel has a weaker one (api)"


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Returns:
        The exit status: 0, or 2 with one sentence on stderr.
    """
    try:
        given = _parser().parse_args(arguments)
        table = Table(table_client(given), given.table)
        with storage_faults(given.table):
            given.run(table, given)
    except LocalApiError as error:
        print(error, file=sys.stderr)
    except AdministrationError as error:
        print(_sentence(error), file=sys.stderr)
    except InvalidField as error:
        print(f"The {error.field} is not valid: {error.reason}.", file=sys.stderr)
    else:
        return 0
    return 2


def _sentence(error: AdministrationError) -> str:
    match error:
        case administration.AccountNotFound(account_id):
            return f"There is no account '{account_id}'."
        case administration.AccountExists(account_id):
            return f"There is an account '{account_id}' already."
        case administration.KeyNotFound(account_id, key_id):
            return f"The account '{account_id}' has no API key with the id '{key_id}'."
        case administration.KeyNotActive(key_id):
            return f"The API key '{key_id}' is revoked or has expired."
        case administration.ContactNotInAccount(account_id, contact_id):
            return f"The account '{account_id}' has no contact with the id {contact_id}."
        case administration.ConversationNotInAccount(account_id, conversation_id):
            return f"The account '{account_id}' has no conversation '{printable(conversation_id)}'."
        case administration.ConversationExists(account_id, conversation_id):
            return f"The account '{account_id}' has a conversation '{conversation_id}' already."
    return "This API key is in use already."


def _create_account(table: Table, given: argparse.Namespace) -> None:
    account = Account(given.id, given.name, tuple(given.chatbot), given.locale)
    administration.create_account(AccountTable(table), account)
    print(f"Made the account '{account.account_id}'.")


def _show_account(table: Table, given: argparse.Namespace) -> None:
    account = administration.get_account(AccountTable(table), given.id)
    known = administration.list_keys(AccountTable(table), CredentialTable(table), given.id)
    active = sum(_state(key, datetime.now(UTC)) == "active" for key in known)
    print(f"id        {account.account_id}")
    print(f"name      {printable(account.name) or '-'}")
    print(f"chatbots  {printable(', '.join(account.chatbots)) or '-'}")
    print(f"locale    {account.locale or '-'}")
    print(f"API keys  {len(known)}, {active} of them active")
    if account.requests_per_second:
        print(f"limit     {account.requests_per_second} requests a second")


def _index_account(table: Table, given: argparse.Namespace) -> None:
    count = administration.index_audiences(AccountTable(table), DefinitionTable(table), given.id)
    print(f"Indexed {count} definitions that have an owner or a team.")


def _flush_account(table: Table, given: argparse.Namespace) -> None:
    count = administration.flush_definitions(AccountTable(table), DefinitionTable(table), given.id)
    print(f"Every function reads the {count} definitions of '{given.id}' again.")


def _limit_account(table: Table, given: argparse.Namespace) -> None:
    limit = None if given.no_limit else given.requests_per_second
    count = limit_account(AccountTable(table), CredentialTable(table), given.id, limit)
    words = f"{limit} requests a second" if limit else "no limit of requests"
    print(f"The account '{given.id}' has {words} now, with each of its {count} API keys.")


def _create_key(table: Table, given: argparse.Namespace) -> None:
    draft = ApiKeyDraft(
        name=given.name,
        grants=tuple(given.permission),
        requests_per_minute=given.requests_per_minute,
        valid_until=given.expires,
        user=given.user,
        teams=frozenset(given.team),
        read_only=given.read_only,
        source=given.source,
        purpose=given.purpose,
        sensitivity=given.sensitivity,
    )
    secret, key = administration.create_key(
        AccountTable(table),
        CredentialTable(table),
        given.account,
        draft,
        datetime.now(UTC),
        imported=_read_key() if given.import_key else None,
    )
    if given.import_key:
        print(f"Stored the hash of the key as key {key.key_id}.", file=sys.stderr)
        return
    print(f"Made key {key.key_id}. This is the only time it is shown:", file=sys.stderr, flush=True)
    print(secret)


def _rotate_key(table: Table, given: argparse.Namespace) -> None:
    secret, key, ends_at = administration.rotate_key(
        AccountTable(table),
        CredentialTable(table),
        given.account,
        given.key_id,
        given.overlap,
        datetime.now(UTC),
    )
    print(f"Key {given.key_id} ends at {to_the_second(ends_at)}.", file=sys.stderr)
    print("Its webhooks stay with it: assign them to the new key before.", file=sys.stderr)
    print(f"Made key {key.key_id}. This is the only time it is shown:", file=sys.stderr, flush=True)
    print(secret)


def _list_keys(table: Table, given: argparse.Namespace) -> None:
    known = administration.list_keys(AccountTable(table), CredentialTable(table), given.account)
    if not known:
        print(f"The account '{given.account}' has no API keys.", file=sys.stderr)
        return
    uses = CredentialTable(table).last_uses(known)
    now = datetime.now(UTC)
    print_columns(_COLUMNS, (_row(key, uses.get(key.key_id), now) for key in known))


def _revoke_key(table: Table, given: argparse.Namespace) -> None:
    key = administration.revoke_key(
        AccountTable(table), CredentialTable(table), given.account, given.key_id
    )
    print(f"Revoked key {key.key_id} ({key.hint}): the next request with it is refused.")


_COLUMNS = (
    *("ID", "KEY", "NAME", "STATE", "READ-ONLY", "PER MINUTE", "EXPIRES", "CREATED"),
    *("LAST USED", "SOURCE", "PURPOSE", "SENSITIVITY", "USER", "TEAMS", "PERMISSIONS"),
)


def _row(key: ApiKey, last_used: datetime | None, now: datetime) -> tuple[str, ...]:
    return (
        key.key_id,
        key.hint,
        key.name or "-",
        _state(key, now),
        "yes" if key.read_only else "-",
        str(key.requests_per_minute or "-"),
        to_the_second(key.valid_until) if key.valid_until else "-",
        to_the_second(key.created_at),
        f"{last_used:%Y-%m-%dT%H}" if last_used else "-",
        key.source,
        key.purpose or "-",
        key.sensitivity,
        key.user or "-",
        " ".join(map(str, sorted(key.teams))) or "-",
        " ".join(map(from_grant, key.grants)) or "-",
    )


def _state(key: ApiKey, now: datetime) -> str:
    if not key.active:
        return "revoked"
    return "expired" if key.valid_until and key.valid_until <= now else "active"


def _read_key() -> str:
    # An argument would leave the key in the shell's history and in process lists.
    try:
        return sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        raise LocalApiError("The key on stdin is not UTF-8.") from None


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="python -m local.admin", description="Manage accounts, API keys and conversations."
    )
    things = parser.add_subparsers(
        required=True, metavar="account|key|definition|contacts|conversation|webhook"
    )
    account = things.add_parser("account", help="make or show an account")
    account_verbs = account.add_subparsers(required=True, metavar="create|show|index|flush|limit")
    _add_account_creation(add_command(account_verbs, "create", "make an account", _create_account))
    shown = add_command(account_verbs, "show", "show an account", _show_account)
    index = add_command(
        account_verbs,
        "index",
        "hide the values of definitions with an owner or a team in data of an earlier version",
        _index_account,
    )
    flush = add_command(
        account_verbs,
        "flush",
        "make every function read the account's definitions again",
        _flush_account,
    )
    limit = add_command(
        account_verbs, "limit", "limit the requests of all API keys together", _limit_account
    )
    for each in (shown, index, flush, limit):
        each.add_argument("id", help="the account's id")
    quota = limit.add_mutually_exclusive_group(required=True)
    quota.add_argument(
        "--requests-per-second", type=_positive, metavar="N", help="the most in a second"
    )
    quota.add_argument("--no-limit", action="store_true", help="remove the limit")
    key = things.add_parser("key", help="make, list, rotate or revoke API keys")
    key_verbs = key.add_subparsers(required=True, metavar="create|list|revoke|rotate")
    created = add_command(key_verbs, "create", "make an API key and print it once", _create_key)
    listed = add_command(
        key_verbs, "list", "list an account's API keys, none in the clear", _list_keys
    )
    revoked = add_command(key_verbs, "revoke", "make an API key inactive at once", _revoke_key)
    rotated = add_command(
        key_verbs,
        "rotate",
        "make a key with the properties of another, which ends after an overlap",
        _rotate_key,
    )
    for each in (revoked, rotated):
        each.add_argument("key_id", metavar="KEY_ID", help="the key's id, from the list")
    rotated.add_argument(
        "--overlap",
        type=_duration,
        default=timedelta(hours=24),
        metavar="TIME",
        help="how long the old key works on, such as 30m, 24h or 7d (24h)",
    )
    add_account_option(created, listed, revoked, rotated)
    _add_key_creation(created)
    add_definition_commands(things)
    add_contact_commands(things)
    add_conversation_commands(things)
    add_webhook_commands(things)
    return parser


def _add_account_creation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", help="1 to 64 lowercase letters, digits, - and _")
    parser.add_argument("--name", type=_name, default="", help="what people call it")
    parser.add_argument(
        "--chatbot", action="append", default=[], help="id of a chatbot of it; may be repeated"
    )
    parser.add_argument(
        "--locale", default="", help="how its people write numbers and dates, such as es-CL"
    )


def _add_key_creation(parser: argparse.ArgumentParser) -> None:
    # Required, because APIs without permissions give full access to a key that has none.
    permissions = parser.add_mutually_exclusive_group(required=True)
    permissions.add_argument(
        "--permission",
        action="append",
        default=[],
        type=_grant,
        metavar="PERMISSION[@RESOURCE]",
        help="a word of any of the APIs, or '*'; may be repeated",
    )
    permissions.add_argument(
        "--no-permissions",
        action="store_true",
        help="a key of the APIs that know no permissions, and of no other",
    )
    parser.add_argument(
        "--read-only", action="store_true", help="refuse every request that may change data"
    )
    parser.add_argument(
        "--source", type=Source, default=Source.API, choices=list(Source), help=_SOURCE_HELP
    )
    parser.add_argument(
        "--purpose",
        type=Purpose,
        choices=KEY_PURPOSES,
        help="what it reads values for (anything)",
    )
    parser.add_argument(
        "--sensitivity",
        type=Sensitivity,
        default=Sensitivity.SENSITIVE,
        choices=list(Sensitivity),
        help="the most sensitive values that it reads (sensitive)",
    )
    parser.add_argument("--name", type=_name, default="", help="what the key is for")
    parser.add_argument(
        "--requests-per-minute", type=_positive, metavar="N", help="its limit (none)"
    )
    parser.add_argument(
        "--expires", type=_instant, metavar="TIME", help="when it ends: an ISO date or time, UTC"
    )
    parser.add_argument("--user", help="the user it speaks for (the whole account)")
    parser.add_argument(
        "--team", action="append", type=_team, default=[], help="a team's number; may be repeated"
    )
    parser.add_argument(
        "--import-key", action="store_true", help="bring over the key on stdin instead of a new one"
    )


def _grant(text: str) -> Grant:
    if text.startswith("@") or text.endswith("@") or not text:
        raise argparse.ArgumentTypeError(f"{text!r} is no PERMISSION or PERMISSION@RESOURCE")
    return to_grant(text)


def _name(text: str) -> str:
    reason = name_fault(text)
    if reason:
        raise argparse.ArgumentTypeError(reason)
    return text


def _team(text: str) -> int:
    if not _DIGITS.fullmatch(text) or int(text) > MAX_TEAM:
        raise argparse.ArgumentTypeError(f"{text!r} is no team's number from 0 to {MAX_TEAM}")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10**9:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _duration(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if not _DIGITS.fullmatch(number) or unit not in _UNITS or int(number) > _MAX_DURATION:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 30m, 24h or 7d")
    return int(number) * _UNITS[unit]


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}: {error}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
