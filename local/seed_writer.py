"""Write the records of a seed file through the adapters of the service."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from tqdm import tqdm

from local.seed_plan import AccountPlan
from shared.domain.accounts import Attribution
from shared.domain.contacts import Contact, Conversation
from shared.domain.definitions import ContextType, Definition
from shared.domain.errors import WriteConflict
from shared.domain.sources import Source
from shared.domain.values import BUSINESS, Assignment, Subject
from shared.table.accounts import AccountTable, TagTable
from shared.table.agent_memory import AgentMemory
from shared.table.agents import AgentTable
from shared.table.contacts import ContactTable
from shared.table.credentials import CredentialTable
from shared.table.definition_memory import DefinitionMemory
from shared.table.definitions import DefinitionTable
from shared.table.dynamo import Table
from shared.table.hooks import HookTable
from shared.table.imports import ImportTable
from shared.table.value_items import is_large
from shared.table.variables import VariableTable
from shared.table.webhooks import WebhookTable

Record = TypeVar("Record")

CHANNEL = "seed"
"""The channel of the writes of a seed file."""

_DEFINITIONS_AT_ONCE = 20
"""With texts and options of maximum length, these stay below the 4 MB of a transaction."""

_VALUES_AT_ONCE = 32
"""With values of the maximum length in a page, these stay below the 4 MB of a transaction."""

_THREADS = 8
_RECORDS_PER_THREAD = 25
_SECONDS_BEFORE_PROGRESS = 2.0


def write_account(table: Table, plan: AccountPlan, now: datetime) -> None:
    """Store a new account, in an order that makes it usable only when complete.

    The account is first, so that one of two concurrent loads fails. The keys are last, so that no
    client can authenticate before all data is stored.

    Args:
        table: The table.
        plan: The records of the account.
        now: The time of business and conversation values.

    Raises:
        WriteConflict: The account or a key was written concurrently.
        Unavailable: The table is not reachable. Completed writes stay.
    """
    account_id = plan.account.account_id
    AccountTable(table).add(plan.account)
    if plan.tags:
        TagTable(table).reserve(account_id, max(tag.tag_id for tag in plan.tags))
    for tag in plan.tags:
        TagTable(table).add(account_id, tag)
    for webhook in plan.webhooks:
        WebhookTable(table).add(account_id, webhook)
    for job in plan.imports:
        ImportTable(table).add(account_id, job)
    _write_definitions(table, account_id, plan.definitions)
    _write_values(table, account_id, BUSINESS, plan.business, now)
    _write_contacts(table, account_id, plan.contacts)
    _write_conversations(table, account_id, plan.conversations, now)
    _write_agents(table, plan)
    for key in plan.keys:
        CredentialTable(table).add(key)


def _write_agents(table: Table, plan: AccountPlan) -> None:
    account_id = plan.account.account_id
    for agent in plan.agents:
        AgentTable(table, DefinitionMemory(), AgentMemory()).add(account_id, agent)
    for hook in plan.hooks:
        HookTable(table).add(account_id, hook)


def _write_definitions(table: Table, account_id: str, planned: Sequence[Definition]) -> None:
    definitions = DefinitionTable(table)
    if planned:
        definitions.reserve(account_id, max(each.definition_id for each in planned))
    for context_type in ContextType:
        count = sum(each.context_type is context_type for each in planned)
        # The plan counts slots from 0. In an account with values, they would collide.
        if count and definitions.allocate_slots(account_id, context_type, count):
            raise WriteConflict
    for start in range(0, len(planned), _DEFINITIONS_AT_ONCE):
        definitions.add(account_id, planned[start : start + _DEFINITIONS_AT_ONCE])


def _write_contacts(
    table: Table, account_id: str, planned: Sequence[tuple[Contact, Sequence[Assignment]]]
) -> None:
    contacts = ContactTable(table)
    if planned:
        contacts.reserve(account_id, max(contact.contact_id for contact, _ in planned))

    def write(record: tuple[Contact, Sequence[Assignment]]) -> None:
        contact, assignments = record
        by = Attribution(contact.created_at, CHANNEL, value_source=Source.SYSTEM)
        if len(assignments) <= _VALUES_AT_ONCE and not any(
            is_large(each.value) for each in assignments
        ):
            contacts.add(account_id, contact, by, assignments)
            return
        contacts.add(account_id, contact, by)
        subject = Subject.contact(contact.contact_id)
        _write_values(table, account_id, subject, assignments, contact.created_at)

    _write_each("Contacts", write, planned)


def _write_conversations(
    table: Table,
    account_id: str,
    planned: Sequence[tuple[Conversation, Sequence[Assignment]]],
    now: datetime,
) -> None:
    def write(record: tuple[Conversation, Sequence[Assignment]]) -> None:
        conversation, assignments = record
        ContactTable(table).add_conversation(account_id, conversation)
        subject = Subject.conversation(conversation.conversation_id)
        _write_values(table, account_id, subject, assignments, now)

    _write_each("Conversations", write, planned)


def _write_values(
    table: Table,
    account_id: str,
    subject: Subject,
    assignments: Sequence[Assignment],
    now: datetime,
) -> None:
    if assignments:
        by = Attribution(now, CHANNEL, value_source=Source.SYSTEM)
        VariableTable(table).save(
            account_id, subject, assignments, [], by, several_transactions=True
        )


def _write_each(what: str, write: Callable[[Record], None], records: Sequence[Record]) -> None:
    pool = ThreadPoolExecutor(min(_THREADS, 1 + len(records) // _RECORDS_PER_THREAD))
    try:
        written = tqdm(
            pool.map(write, records),
            total=len(records),
            desc=what,
            delay=_SECONDS_BEFORE_PROGRESS,
            disable=None,
            leave=False,
        )
        for _ in written:
            pass
    finally:
        # The first failure or Ctrl-C cancels the writes that have not started.
        pool.shutdown(cancel_futures=True)
