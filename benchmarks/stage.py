"""An account with typical data for one scenario."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks.client import TEMPLATE
from benchmarks.crowd import index_items
from benchmarks.snapshot import put_items
from local.database import ensure_table, make_client
from local.engines.engine import running_engine
from local.environment import set_environment
from local.functions import function_environment
from local.ports import free_ports
from local.provisioning import make_resources
from local.template import DEFAULT_REGION, DEFAULT_TABLE_NAME, read_template
from shared.domain.accounts import (
    EVERYTHING,
    KEY_PERMISSIONS,
    Account,
    ApiKey,
    Attribution,
    Caller,
    Grant,
)
from shared.domain.agents import Agent, DeclaredVariable, Origin
from shared.domain.calls import Resolution, ResolvedVariable, VariableState
from shared.domain.changes import EventReference, PageWrite, VariableChange
from shared.domain.contacts import Contact, Conversation, IdentifierKind, PhoneNumber
from shared.domain.definitions import ContextType, Definition, DefinitionDraft, VariableType
from shared.domain.deliveries import Attempt, Delivery, DeliveryStatus, delivery_id
from shared.domain.disclosure import Purpose
from shared.domain.errors import UnknownName
from shared.domain.hooks import Hook
from shared.domain.imports import FileFormat, ImportJob, ImportStatus, SourceFile
from shared.domain.resolutions import CallerMatch, ResolvedCall, ValueOrigin
from shared.domain.sources import DEFAULT_PRECEDENCE, Source, key_fingerprint
from shared.domain.tags import Tag
from shared.domain.values import BUSINESS, Assignment, Subject
from shared.domain.webhooks import Webhook
from shared.services.accounts.access import hash_api_key
from shared.services.agents.hook_tokens import hash_token, new_token
from shared.services.variables.assignments import make_assignment
from shared.services.variables.definitions import allocate_definitions
from shared.table import keys
from shared.table.account_items import tag_item
from shared.table.accounts import AccountTable, TagTable
from shared.table.activity import ActivityTable
from shared.table.agent_memory import AgentMemory
from shared.table.agents import AgentTable
from shared.table.calls import CallTable
from shared.table.contact_items import contact_item
from shared.table.contacts import ContactTable
from shared.table.credentials import CredentialTable
from shared.table.definition_memory import DefinitionMemory
from shared.table.definitions import DefinitionTable
from shared.table.dynamo import Table
from shared.table.hooks import HookTable
from shared.table.imports import ImportTable
from shared.table.operations import Item
from shared.table.seen_heads import seeing_heads
from shared.table.unknown_names import UnknownNameTable
from shared.table.variables import VariableTable
from shared.table.webhooks import DeliveryTable, WebhookTable
from shared.validation.names import display_name
from shared.wiring import agents as agent_wiring
from shared.wiring import endpoints as wiring

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

CONTACT_ID = 123
UUID = f"df980fc8-b6db-4820-bf22-{CONTACT_ID:012d}"
EXTERNAL_ID = f"external-id-{CONTACT_ID:08d}"
CONVERSATION_ID = "conversation-id-0001"
CHATBOT = "bot_1"
WEBHOOK_ID = "wh_0018d0e2b3c40000000000000000"
AGENT_ID = "agent_018f9c5b2a4012345678900000"
HOOK_ID = "hook_018f9c5b2a4012345678900000"
CALL_ID = "call_0123456789abcdef0123456789abcdef"
IMPORT_ID = "imp_0018d0e2b3c40000000000000000"
WAITING_IMPORT_ID = "imp_0018d0e2b3c40000000000000001"

DELIVERIES = 100
"""Deliveries of a webhook. The last one has failed."""

MANY = 1000
"""A large number of definitions, contacts or fields."""

LONG_AGO = datetime(2024, 1, 1, 10, 30, 15, 123000, tzinfo=UTC)
"""The creation time. It has no trailing zeros, which would take no space in a number."""

_NEVER = datetime(2100, 1, 1, tzinfo=UTC)

FAILED_DELIVERY = delivery_id(
    LONG_AGO + timedelta(minutes=DELIVERIES - 1), f"evt_{DELIVERIES - 1:032x}"
)

TYPICAL = Attribution(LONG_AGO, "klen", "key-0001", "request-id-00001")
"""The actor of the prepared data."""

VALUE = "fifteen letters"
"""A typical value of 15 characters."""

NEW_VALUE = "fifteen changes"
"""Another one."""

HELD = (10, 32, 100, 400)
"""Numbers of variables on a contact."""

SIZES = {"9 KB": 9_000, "100 KB": 100_000, "900 KB": 900_000}
"""Sizes in bytes of values that are too large for a page."""

LARGE = "100 KB"
"""One of them."""

EMBEDDED = "ministack"
"""The engine that keeps its data in memory. Others get a folder."""

_DEFINITIONS_PER_WRITE = 30
_VALUES_PER_WRITE = 90 * keys.VALUES_PER_PAGE


class Stage:
    """An account in a table with a key and the data of a scenario."""

    def __init__(self, client: DynamoDBClient, table_name: str, account: str) -> None:
        self._client = client
        self._table_name = table_name
        table = Table(client, table_name)
        self.account = account
        self._accounts = AccountTable(table)
        self._credentials = CredentialTable(table)
        self._contacts = ContactTable(table)
        self._definitions = DefinitionTable(table)
        self._unknown_names = UnknownNameTable(table)
        self._tags = TagTable(table)
        self._variables = VariableTable(table)
        self._webhooks = WebhookTable(table)
        self._activity = ActivityTable(table)
        self._imports = ImportTable(table)
        self._deliveries = DeliveryTable(table)
        self._agents = AgentTable(table, DefinitionMemory(0), AgentMemory())
        self._calls = CallTable(table)
        self._hooks = HookTable(table)

    def open(self, requests_per_minute: int | None = None) -> str:
        """Add the account with a chatbot, and return a key with all permissions."""
        self._accounts.add(Account(self.account, "Example Company", (CHATBOT,), "en-US"))
        secret = self._secret
        key_hash = hash_api_key(secret)
        self._credentials.add(
            ApiKey(
                key_id=key_hash[:12],
                account_id=self.account,
                key_hash=key_hash,
                hint=secret[-4:],
                created_at=LONG_AGO,
                grants=tuple(map(Grant, (EVERYTHING, *sorted(KEY_PERMISSIONS)))),
                requests_per_minute=requests_per_minute,
            )
        )
        return secret

    @property
    def _secret(self) -> str:
        return f"klen_benchmark_{self.account}"

    def define(
        self, count: int, context_type: ContextType = ContextType.CONTACT
    ) -> list[Definition]:
        """Create text definitions with names of 17 characters, in order of slot."""
        return self._add_definitions([_draft(name, context_type) for name in names(count)])

    def define_one(
        self, name: str, shown_as: str, variable_type: VariableType = VariableType.TEXT
    ) -> Definition:
        """Create one definition for contacts."""
        draft = _draft(name, ContextType.CONTACT)
        typed = replace(draft, display_name=shown_as, variable_type=variable_type)
        (made,) = self._add_definitions([typed])
        return made

    def delete_definitions(self, definitions: Sequence[Definition]) -> None:
        """Delete definitions without their values."""
        for definition in definitions:
            self._definitions.delete(self.account, definition)

    def archive(self, definition: Definition) -> None:
        """Archive a definition."""
        archived = replace(definition, archived=True, version=definition.version + 1)
        self._definitions.replace(self.account, definition, archived)

    def note_unknown_names(self, count: int) -> None:
        """Record this many names that writes were refused for."""
        for number in range(count):
            name = UnknownName(ContextType.CONTACT, f"unknown_name_{number:03d}")
            self._unknown_names.note(self.account, [name], datetime.now(UTC))

    def add_contact(
        self, variables: Sequence[Definition] = (), contact_id: int = CONTACT_ID, **more: Any
    ) -> None:
        """Add a contact with typical fields, four identifiers and a value of each variable.

        `more` has further fields.
        """
        contact = replace(typical_contact(contact_id), **more)
        self._contacts.add(self.account, contact, TYPICAL, _assignments(variables))

    def add_listed_contacts(self, count: int, first: int = 1) -> None:
        """Add contacts without values and identifiers, which lists do not read."""
        contacts = (typical_contact(number) for number in range(first, first + count))
        self._put(contact_item(self.account, each, TYPICAL) for each in contacts)

    def index_contacts(self, count: int) -> None:
        """Store the contact index of so many contacts, as `index_contacts` would store it."""
        numbers = range(CONTACT_ID, CONTACT_ID + count)
        self._put(index_items(self.account, map(typical_contact, numbers)))

    def add_conversation(
        self, variables: Sequence[Definition] = (), conversation_id: str = CONVERSATION_ID
    ) -> None:
        """Add a conversation of the contact with a value of each variable."""
        self._contacts.add_conversation(self.account, Conversation(conversation_id, CONTACT_ID))
        if variables:
            self._save(Subject.conversation(conversation_id), _assignments(variables))

    def add_tags(self, count: int) -> list[Tag]:
        """Add tags of contacts."""
        tags = [Tag(number, f"tag-number-{number:04d}") for number in range(1, count + 1)]
        by_id = [(keys.tag(self.account, tag.tag_id), tag) for tag in tags]
        by_value = [(keys.tag_value(self.account, tag.entity_type, tag.value), tag) for tag in tags]
        self._put([tag_item(key, tag) for key, tag in (*by_id, *by_value)])
        self._tags.reserve(self.account, count)
        return tags

    def add_activity(self, variables: Sequence[Definition], count: int) -> None:
        """Add changes of the contact's variables in turn, one for each write."""
        for number in range(1, count + 1):
            changed = variables[number % len(variables)]
            change = VariableChange(
                changed.slot, changed.name, changed.variable_type, VALUE, f"{VALUE}{number}"
            )
            write = PageWrite(self.account, CONTACT_ID, 0, number, TYPICAL, (change,))
            self._activity.record(self.account, CONTACT_ID, [write], _NEVER)

    def add_webhooks(self, count: int, form: str = "native") -> None:
        """Add webhooks for all variable changes. The first one is `WEBHOOK_ID`."""
        for number in range(count):
            webhook = Webhook(
                webhook_id=f"{WEBHOOK_ID[:-4]}{number:04d}",
                url="https://hooks.example.com/contact-context",
                topics=("contact.updated", "contact.context.updated"),
                form=form,
                secret="whsec_dGhlIHNlY3JldCBvZiB0aGUgYmVuY2htYXJrcyE=",  # noqa: S106 - of nobody
                key_hash=hash_api_key(self._secret),
                key_id=hash_api_key(self._secret)[:12],
                created_at=LONG_AGO,
                updated_at=LONG_AGO,
            )
            self._webhooks.add(self.account, webhook)

    def add_api_keys(self, count: int) -> str:
        """Add API keys that read contacts, and return the id of the first one."""
        for number in range(count):
            key_hash = hash_api_key(f"another_key_of_{self.account}_{number:04d}")
            key = ApiKey(
                key_id=f"659293a7{number:08x}",
                account_id=self.account,
                key_hash=key_hash,
                hint=f"ctx_...{number:04d}",
                name="nightly import",
                created_at=LONG_AGO,
                grants=(Grant("contacts:read"),),
            )
            self._credentials.add(key)
        return f"659293a7{0:08x}"

    def add_imports(self, count: int) -> None:
        """Add imports that wait for their files, and the completed import `IMPORT_ID`."""
        for number in range(count):
            is_first = number == 0
            job = ImportJob(
                import_id=f"{IMPORT_ID[:-4]}{number:04d}",
                key_id="",
                file_format=FileFormat.CSV,
                identifier_kind=IdentifierKind.EMAIL,
                identifier_column="email",
                created_at=LONG_AGO,
                updated_at=LONG_AGO,
                expires_at=_NEVER,
                status=ImportStatus.COMPLETED if is_first else ImportStatus.AWAITING_FILE,
                file=SourceFile(0, "") if is_first else None,
            )
            self._imports.add(self.account, job)

    def add_deliveries(self) -> None:
        """Add deliveries of the first webhook, one a minute. The last one has failed."""
        for number in range(DELIVERIES):
            at = LONG_AGO + timedelta(minutes=number)
            last = number == DELIVERIES - 1
            delivery = Delivery(
                webhook_id=WEBHOOK_ID,
                event_id=f"evt_{number:032x}",
                topic="contact.context.updated",
                occurred_at=at,
                created_at=at,
                expires_at=_NEVER,
                status=DeliveryStatus.FAILED if last else DeliveryStatus.DELIVERED,
                attempts=(Attempt(at, 204, None, 84),),
                event=EventReference(contact_id=CONTACT_ID, by=TYPICAL, sequence=number + 1),
            )
            self._deliveries.add(self.account, delivery)

    def add_agents(
        self,
        count: int,
        variables: Sequence[Definition],
        deadline_ms: int = 10_000,
        purpose: Purpose | None = None,
    ) -> None:
        """Add agents that declare the variables, or all of a purpose. The first is `AGENT_ID`.

        Machines that run the suite can be busy, so the deadline is long by default.
        """
        declared = tuple(
            DeclaredVariable(
                f"{each.context_type[0]}_{each.name}", Origin(each.context_type, each.name), VALUE
            )
            for each in variables
        )
        for number in range(count):
            agent = Agent(
                agent_id=f"{AGENT_ID[:-4]}{number:04d}",
                name="Reception",
                variables=() if purpose else declared,
                purpose=purpose,
                first_message="Hello, how can I help you?",
                deadline_ms=deadline_ms,
                created_at=LONG_AGO,
                updated_at=LONG_AGO,
            )
            self._agents.add(self.account, agent)

    def add_hook(self) -> str:
        """Add a hook of the agent for Retell; return its token."""
        token = new_token(self.account, "retell", HOOK_ID)
        hook = Hook(
            agent_id=AGENT_ID,
            platform="retell",
            hook_id=HOOK_ID,
            token_hash=hash_token(token),
            key_id=hash_api_key(self._secret)[:12],
            created_at=LONG_AGO,
            updated_at=LONG_AGO,
        )
        self._hooks.add(self.account, hook)
        return token

    def add_call(self, variables: Sequence[Definition]) -> None:
        """Add the call `CALL_ID` of the contact, with a value of each variable."""
        key_id = hash_api_key(self._secret)[:12]
        origins = {
            each.name: ValueOrigin(
                Origin(each.context_type, each.name), Source.API, LONG_AGO, key_fingerprint(key_id)
            )
            for each in variables
        }
        resolved = tuple(
            ResolvedVariable(each.name, VALUE, VariableState.SET) for each in variables
        )
        resolution = Resolution(CALL_ID, f"contact_{CONTACT_ID}", resolved)
        self._calls.pin(
            self.account,
            ResolvedCall(
                AGENT_ID,
                CallerMatch(CONTACT_ID, known=True),
                resolution,
                origins,
                as_of=datetime.now(UTC),
            ),
        )

    def set_business(self, variables: Sequence[Definition]) -> None:
        """Set a value of each variable on the business."""
        self._save(BUSINESS, _assignments(variables))

    def set_values(self, variables: Sequence[Definition]) -> None:
        """Set a value of each variable on the contact, in as many writes as necessary."""
        for start in range(0, len(variables), _VALUES_PER_WRITE):
            some = variables[start : start + _VALUES_PER_WRITE]
            self._save(Subject.contact(CONTACT_ID), _assignments(some))

    def add_suggestion(self, variable: Definition) -> str:
        """Suggest another value of a variable that the contact has; return the suggestion's id."""
        draft = replace(variable, precedence=DEFAULT_PRECEDENCE)
        agent = Attribution(datetime.now(UTC), TYPICAL.channel, value_source=Source.AI)
        (made,) = self._variables.save(
            self.account,
            Subject.contact(CONTACT_ID),
            [make_assignment(draft, NEW_VALUE)],
            [],
            agent,
        )
        return made.suggestion_id

    def set_text(self, variable: Definition, text: str) -> None:
        """Set a text value on the contact."""
        self._save(Subject.contact(CONTACT_ID), _assignments([variable], text))

    def warm_up(self, api_key: str) -> None:
        """Let the functions of this process read the definitions of the account.

        Afterwards they have in memory what earlier requests leave there.
        """
        with seeing_heads():
            key = wiring.credentials().find(hash_api_key(api_key), self.account)
            if key is not None:
                caller = Caller(key.account_id, key.key_id, datetime.now(UTC))
                wiring.credentials().note_use(caller)
            for context_type in ContextType:
                named = [
                    each.name
                    for each in self._definitions.list(self.account)
                    if each.context_type is context_type
                ]
                wiring.definitions().find_by_names(self.account, context_type, named)
            conversation = Subject.conversation(CONVERSATION_ID)
            for subject in (BUSINESS, Subject.contact(CONTACT_ID), conversation):
                wiring.variables().list(self.account, subject)
            for agent in agent_wiring.agents().page(self.account, None, 10).agents:
                agent_wiring.agents().find_compiled(self.account, agent.agent_id)

    def _add_definitions(self, drafts: Sequence[DefinitionDraft]) -> list[Definition]:
        made = allocate_definitions(self._definitions, self.account, drafts, {})
        for start in range(0, len(made), _DEFINITIONS_PER_WRITE):
            self._definitions.add(self.account, made[start : start + _DEFINITIONS_PER_WRITE])
        return made

    def _save(self, subject: Subject, assignments: Sequence[Assignment]) -> None:
        self._variables.save(self.account, subject, assignments, [], TYPICAL)

    def _put(self, items: Iterable[Item]) -> None:
        put_items(self._client, self._table_name, items)


def forget_definitions() -> None:
    """Clear the memory of the functions of this process, as if they had just started."""
    wiring.memory().clear()
    agent_wiring.agent_memory().clear()


_SYLLABLES = [
    f"{start}{vowel}{end}"
    for start in ("b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "w", "th")
    for vowel in "aeiou"
    for end in ("", "n", "r", "s", "l", "t")
]
_WORDS = 6_000


def names(count: int, word: str = "variable") -> list[str]:
    """Return sorted variable names of 17 characters, a typical length."""
    width = 17 - len(word) - len("_name_")
    return [f"{word}_name_{number:0{width}d}" for number in range(count)]


def changes(of: Sequence[str]) -> dict[str, str]:
    """Return a new value of 15 characters for each name."""
    return dict.fromkeys(of, NEW_VALUE)


def text_of(size: int, seed: int = 1) -> str:
    """Return a text of `size` bytes, which zlib compresses to about 35%, as English text."""
    random = Random(seed)  # noqa: S311 - the same text in every run
    words = ["".join(random.choices(_SYLLABLES, k=random.randint(1, 3))) for _ in range(_WORDS)]
    # Few words are frequent: the frequency of a word is inverse to its rank.
    weights = [1 / (rank + 3) for rank in range(_WORDS)]
    return " ".join(random.choices(words, weights, k=size // 2))[:size]


@contextmanager
def local_table(engine: str = EMBEDDED) -> Iterator[tuple[DynamoDBClient, str]]:
    """Create a table on a local engine and set the environment for handlers.

    The environment of this process stays changed.
    """
    template = read_template(TEMPLATE)
    with ExitStack() as running:
        services = url = running.enter_context(_running(EMBEDDED))
        if engine != EMBEDDED:
            url = running.enter_context(_running(engine))
        set_environment(
            os.environ,
            function_environment(template.functions),
            endpoint_url=url,
            region=DEFAULT_REGION,
            services_url=services,
        )
        if services:
            make_resources(template.resources, services)
        client = make_client()
        ensure_table(client, DEFAULT_TABLE_NAME, template.table, create=True)
        yield client, DEFAULT_TABLE_NAME


def _running(engine: str) -> AbstractContextManager[str | None]:
    (port,) = free_ports(1)
    return running_engine(engine, port=port, data_folder=None)


def _draft(name: str, context_type: ContextType) -> DefinitionDraft:
    return DefinitionDraft(
        name=name,
        display_name=display_name(name),
        variable_type=VariableType.TEXT,
        context_type=context_type,
        description="What a typical account writes here",
    )


def _assignments(variables: Sequence[Definition], value: str = VALUE) -> list[Assignment]:
    return [Assignment(each.slot, each.name, each.variable_type, value) for each in variables]


def typical_contact(contact_id: int = CONTACT_ID) -> Contact:
    """Return a contact with the typical fields and four identifiers."""
    return Contact(
        contact_id=contact_id,
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
        uuid=f"df980fc8-b6db-4820-bf22-{contact_id:012d}",
        external_id=f"external-id-{contact_id:08d}",
        first_name="Alexandra",
        last_name="Johnson",
        full_name="Alexandra Johnson",
        email=f"alexandra{contact_id:06d}@example.com",
        company="Example Company",
        time_zone="America/New_York",
        phone_numbers=(PhoneNumber(1, f"+1555{contact_id:07d}", primary=True),),
        tags=("vip", "newsletter"),
    )
