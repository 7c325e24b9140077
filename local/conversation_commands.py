"""`python -m local.admin conversation`: create, list and delete conversations of contacts.

Of the APIs that set variables of conversations, only the native one creates them.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from local.command_line import CommandParser
from local.names import name_fault, printable
from local.seed_file import MAX_ID
from local.table_command import add_account_option, add_command
from shared.services.accounts import conversations
from shared.table.accounts import AccountTable
from shared.table.contacts import ContactTable
from shared.table.dynamo import Table


def add_conversation_commands(things: argparse._SubParsersAction[CommandParser]) -> None:
    """Add `conversation create`, `list` and `delete` to the admin command."""
    conversation = things.add_parser("conversation", help="create, list or delete conversations")
    verbs = conversation.add_subparsers(required=True, metavar="create|list|delete")
    created = add_command(verbs, "create", "create a conversation and print its id", _create)
    created.add_argument("--id", type=_id, help="the conversation's id (made up)")
    listed = add_command(verbs, "list", "print the ids of a contact's conversations", _list)
    for each in (created, listed):
        each.add_argument("--contact", required=True, type=_contact, help="the contact's number")
    deleted = add_command(verbs, "delete", "delete a conversation with its variables", _delete)
    deleted.add_argument("id", metavar="CONVERSATION_ID", help="the conversation's id")
    add_account_option(created, listed, deleted)


def _create(table: Table, given: argparse.Namespace) -> None:
    made = conversations.create_conversation(
        AccountTable(table),
        ContactTable(table),
        given.account,
        given.contact,
        datetime.now(UTC),
        given.id,
    )
    print(f"Made a conversation with contact {made.contact_id}:", file=sys.stderr, flush=True)
    print(made.conversation_id)


def _list(table: Table, given: argparse.Namespace) -> None:
    found = conversations.list_conversations(
        AccountTable(table), ContactTable(table), given.account, given.contact
    )
    if not found:
        print(f"Contact {given.contact} has no conversations.", file=sys.stderr)
    for each in found:
        print(printable(each.conversation_id))


def _delete(table: Table, given: argparse.Namespace) -> None:
    gone = conversations.delete_conversation(
        AccountTable(table), ContactTable(table), given.account, given.id
    )
    print(f"Deleted the conversation '{printable(gone.conversation_id)}' and its variables.")


def _id(text: str) -> str:
    reason = name_fault(text)
    if reason or not text:
        raise argparse.ArgumentTypeError(reason or "it is empty")
    return text


def _contact(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:20]) <= MAX_ID:
        raise argparse.ArgumentTypeError(f"{printable(text)!r} is no contact's number")
    return int(text)
